"""Every layout that comes with Regulars."""

from transforms.platforms import generic, shopify, taobao, youzan

PLATFORMS = (taobao.PLATFORM,)
OF_PLATFORMS = (*shopify.LAYOUTS, *taobao.PLATFORM.layouts, *youzan.LAYOUTS)
LAYOUTS = (*generic.LAYOUTS, *OF_PLATFORMS)
