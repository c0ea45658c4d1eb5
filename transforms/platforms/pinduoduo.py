"""Pinduoduo: a row an order, each of one article, without a buyer."""

from transforms.platforms import unused
from transforms.platforms.china import BEIJING, YUAN
from transforms.reading.layout import Layout, Part, Platform, State

STATUS, AFTER_SALES = "订单状态", "售后状态"
PAID = ("待发货", "已发货，待签收", "已签收", "已收货")
GIVEN_BACK = ("未发货，退款成功", "已发货，退款成功")

ORDERS = Layout(
    name="pinduoduo_orders",
    kind="order_line",
    is_order_too=True,
    columns={
        "order_id": "订单号",
        # Some files leave every time blank; the number begins with the day of the order.
        "happened_at": ("订单成交时间", "支付时间", Part("订单号", r"^(\d\d)(\d\d)(\d\d)-.*$", "20${1}-${2}-${3}")),
        "product_id": ("商品id", "商家编码-规格维度", "商家编码-商品维度"),
        "product_name": "商品",
        "category": ("商品四级类目", "商品三级类目", "商品二级类目", "商品一级类目"),
        "quantity": "商品数量(件)",
        "line_price": "商品总价(元)",
        "discount": "店铺优惠折扣(元)",
        "order_state": STATUS,
        "customer_paid": "用户实付金额(元)",
        "refunded_amount": ("退款金额", "已退款金额"),
        "shipping": "邮费(元)",
        "platform_paid": "平台优惠折扣(元)",
        "original_currency": YUAN,
    },
    # Without 售后状态, what was given back after delivery would count as kept.
    required=(
        "订单号",
        STATUS,
        "商品总价(元)",
        "用户实付金额(元)",
        ("商品id", "商家编码-规格维度", "商家编码-商品维度"),
        "商品数量(件)",
        AFTER_SALES,
    ),
    may_be_blank=("customer_paid",),
    states={
        "order_state": (
            State("unpaid", {STATUS: ("待支付",)}),
            State("cancelled", {STATUS: ("已取消",)}),
            State("refunded", {STATUS: GIVEN_BACK}),
            State("refunded", {STATUS: PAID, AFTER_SALES: ("退款成功",)}),
            # Any other word there is a request still open, or one closed without money.
            State("paid", {STATUS: PAID}),
        )
    },
    timezone=BEIJING,
    anonymous="Pinduoduo's export names no buyer and masks the recipient. Articles and totals are read; customers, "
    "segments and contact lists cannot be made of it.",
    where="拼多多商家后台 (Pinduoduo seller back office), 订单查询 (search orders), 批量导出 (export)",
    unused={
        unused.ADDRESS: ("省", "市", "区", "街道/镇"),
        unused.DELIVERY: (
            "快递单号",
            "快递公司",
            "是否已开始配送",
            "配送员是否已送达",
            "配送状态",
            "配送员手机号",
            "同城是否普通快递",
            "是否顺丰加价",
            "是否社区团购",
            "小区送达情况",
        ),
        unused.STAFF: ("是否门店自提", "门店名称", "门店自定义编码", "仓库名称", "仓库所在地址", "保税仓"),
        # Nobody documents who bears 多多支付立减金额, so it is not added to what the platform pays.
        unused.PAYMENT: ("支付ID", "支付方式", "分期方式", "多多支付立减金额(元)"),
        unused.FOLLOWS: ("商家实收金额(元)", "上门安装费(元)", "送货入户费(元)", "送货入户并安装费(元)"),
        unused.NOTE: ("商家备注", "买家留言"),
        unused.PLATFORM: ("海淘清关订单号", "消费者资料上传时间", "订单来源"),
        unused.STAGE: ("是否审核中", "承诺发货时间", "承诺送达时间", "发货时间", "确认收货时间"),
        unused.CAMPAIGN: ("团ID", "团身份", "是否抽奖或0元试用", "是否直播间成交"),
        unused.PERSON: ("消费者资料", "用户购买手机号", "旅行类信息", "充值号码"),
        unused.TWIN: ("关联货品编码", "货品名称", "货品类型", "子货品"),
        unused.LATER: ("商品规格", "样式ID", "赠品*"),
    },
)

PLATFORM = Platform(
    name="pinduoduo",
    title="Pinduoduo",
    layouts=(ORDERS,),
    buyer="Nobody: the export has no column for the buyer.",
    money="`customer_paid` is 用户实付金额, what the buyer paid; `platform_paid` is 平台优惠折扣, the discount that "
    "Pinduoduo pays the shop. Together they are 商家实收金额 where nothing else was deducted; 多多支付立减金额 is not "
    "added, for nobody documents who bears it. An order with 退款成功 in 订单状态 or 售后状态 is given back whole, "
    "unless the file has a column 退款金额 or 已退款金额.",
    lacks=(
        "Customers",
        "How much was given back, and when",
        "The time of orders whose 订单成交时间 is blank: only the day",
    ),
)
