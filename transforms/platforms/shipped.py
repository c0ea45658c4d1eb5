"""Every layout that comes with Regulars, in the order in which a header is tried."""

from transforms.platforms import generic, shopify, taobao, youzan

OF_PLATFORMS = (*shopify.LAYOUTS, *taobao.LAYOUTS, *youzan.LAYOUTS)
LAYOUTS = (*generic.LAYOUTS, *OF_PLATFORMS)
