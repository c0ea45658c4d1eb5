"""Every layout that comes with Regulars."""

from transforms.platforms import (
    alibaba,
    amazon,
    bigcommerce,
    douyin,
    etsy,
    freshdesk,
    generic,
    jd,
    klaviyo,
    magento,
    mailchimp,
    pinduoduo,
    reviews,
    shopify,
    square,
    squarespace,
    stripe,
    taobao,
    woocommerce,
    youzan,
)

PLATFORMS = (
    taobao.PLATFORM,
    alibaba.PLATFORM,
    jd.PLATFORM,
    pinduoduo.PLATFORM,
    douyin.PLATFORM,
    youzan.PLATFORM,
    shopify.PLATFORM,
    squarespace.PLATFORM,
    woocommerce.PLATFORM,
    magento.PLATFORM,
    bigcommerce.PLATFORM,
    etsy.PLATFORM,
    amazon.PLATFORM,
    square.PLATFORM,
    stripe.PLATFORM,
    reviews.JUDGEME,
    reviews.SHOPIFY_REVIEWS,
    freshdesk.PLATFORM,
    klaviyo.PLATFORM,
    mailchimp.PLATFORM,
)
OF_PLATFORMS = tuple(layout for platform in PLATFORMS for layout in platform.layouts)
LAYOUTS = (*generic.LAYOUTS, *OF_PLATFORMS)
