"""Douyin's shops: a file of orders with a row an article, and one of after-sales requests; without a buyer."""

from transforms.platforms import unused
from transforms.platforms.china import BEIJING, YUAN
from transforms.reading.layout import ANYTHING, NOTHING, Layout, Platform, State

STATUS, AFTER_SALES, PAID_AT = "订单状态", "售后状态", "支付完成时间"
NEVER_PAID = ("待支付", "待付款")
SOLD = ("待发货", "备货中", "待发货(备货中)", "部分发货", "已发货", "已完成")
CLOSED = ("已关闭", "已取消")
GIVEN_BACK = ("退款成功",)
NO_BUYER = (
    "Douyin's exports name no buyer and hide the recipient behind cipher text. Articles and totals are read; "
    "customers, segments and contact lists cannot be made of them."
)

ORDERS = Layout(
    name="douyin_orders",
    kind="order_line",
    columns={
        "order_id": "主订单编号",
        "happened_at": "订单提交时间",
        "product_id": ("商品ID", "商家编码"),
        "product_name": "选购商品",
        "quantity": "商品数量",
        "unit_price": "商品单价",
        # Of the sub-order, not of the order: rows of one order carry amounts of their own, presents 0.00.
        "line_paid": "订单应付金额",
        "line_state": STATUS,
        "original_currency": YUAN,
    },
    # Without 售后状态, what was given back after delivery would count as kept.
    required=(
        "主订单编号",
        ("商品ID", "商家编码"),
        "商品数量",
        "订单应付金额",
        "订单提交时间",
        PAID_AT,
        STATUS,
        AFTER_SALES,
    ),
    states={
        "line_state": (
            State("unpaid", {STATUS: NEVER_PAID}),
            State("unpaid", {STATUS: (*SOLD, *CLOSED), PAID_AT: NOTHING}),
            State("refunded", {STATUS: (*SOLD, *CLOSED), AFTER_SALES: GIVEN_BACK}),
            # Such as a present whose article was sent back.
            State("cancelled", {STATUS: CLOSED}),
            # Any other word in 售后状态 is a request still open, or one closed without money.
            State("paid", {STATUS: SOLD}),
        )
    },
    timezone=BEIJING,
    exported_at=r"^(\d{10})_",
    anonymous=NO_BUYER,
    where="抖店 (Douyin shop) back office, 订单管理 (orders), 导出 (export), with every column that is offered",
    unused={
        unused.RECIPIENT: ("收件人", "收件人手机号"),
        unused.ADDRESS: ("省", "市", "区", "街道", "详细地址", "是否修改过地址", "地址修改时段"),
        unused.DELIVERY: (
            "快递信息",
            "发货主体",
            "发货主体明细",
            "是否平台仓自流转",
            "发货SN码",
            "发货IMEI码*",
            "物流SN码",
            "物流IMEI码*",
            "序列号",
        ),
        unused.STAFF: ("所属门店ID", "仓库ID", "仓库名称", "旗帜颜色"),
        # What the platform and its partners bear is paid to the shop on top, but a line has no place for it.
        unused.INVOICE: ("平台实际承担优惠金额", "商家实际承担优惠金额", "达人实际承担优惠金额"),
        unused.PAYMENT: ("支付方式", "手续费", "红包抵扣", "支付优惠"),
        unused.FOLLOWS: (
            "商品金额",
            "运费",
            "税费",
            "优惠总金额",
            "平台优惠",
            "商家优惠",
            "达人优惠",
            "教育优惠",
            "降价类优惠",
            "商家改价",
        ),
        unused.NOTE: ("买家留言", "商家备注"),
        unused.PLATFORM: ("子订单编号", "APP渠道", "订单类型", "是否安心购", "取消原因"),
        unused.STAGE: (
            "订单完成时间",
            "承诺发货时间",
            "预约发货时间",
            "发货时间",
            "预计送达时间",
            "预约送达时间",
            "建议发货时间（起）",
            "建议发货时间（止）",
        ),
        unused.CAMPAIGN: (
            "流量来源",
            "流量类型",
            "流量体裁",
            "流量渠道",
            "广告渠道",
            "鲁班落地页ID",
            "达人ID",
            "达人昵称",
        ),
        unused.LATER: ("商品规格", "货号", "车型", "商品69码"),
    },
)

AFTER_SALES_REQUESTS = Layout(
    name="douyin_after_sales",
    kind="refund",
    columns={
        "order_id": "订单号",
        "refund_id": "售后单号",
        "happened_at": ("商家退款时间", "用户到账时间"),
        "product_id": "商品ID",
        "refunded_amount": ("退商品金额（元）", "退运费金额（元）"),
        "refund_state": AFTER_SALES,
        "reason": "售后原因",
        "original_currency": YUAN,
    },
    required=("售后单号", "订单号", "退商品金额（元）", AFTER_SALES),
    added=("refunded_amount",),
    may_be_blank=("happened_at",),
    states={
        "refund_state": (
            State("done", {AFTER_SALES: (*GIVEN_BACK, "售后成功")}),
            # Words differ; an instant at which money went back, or the request was closed, says the same.
            State("done", {"商家退款时间": ANYTHING}),
            State("done", {"用户到账时间": ANYTHING}),
            State("closed", {"售后关闭时间": ANYTHING}),
        )
    },
    timezone=BEIJING,
    anonymous=NO_BUYER,
    where="抖店 (Douyin shop) back office, the list of after-sales requests (售后), 导出 (export)",
    unused={
        unused.OTHER_FILE: ("商品单号", "商品名称", "应付金额（元）", "商品运费（元）"),
        unused.PAYMENT: ("支付优惠（元）", "商品税费（元）", "退支付优惠（元）", "退税费金额（元）", "退款方式"),
        unused.DELIVERY: ("商品发货状态", "退货物流单号"),
        unused.STAGE: ("售后申请时间",),
        unused.LATER: ("售后类型", "售后原因标签"),
    },
)

PLATFORM = Platform(
    name="douyin",
    title="Douyin",
    layouts=(ORDERS, AFTER_SALES_REQUESTS),
    buyer="Nobody: the exports have no column for the buyer.",
    money="What a line brought is 订单应付金额 of its sub-order, shipping included. A line with 退款成功 in 售后状态 "
    "is given back whole, although it may have been less: the sum may be too low, never too high. What a request gave "
    "back is 退商品金额 and 退运费金额 together.",
    lacks=(
        "Customers",
        "What Douyin and its partners pay the shop on top (平台实际承担优惠金额, 达人实际承担优惠金额)",
        "Shipping told apart",
        "Single articles where an export joins several sub-orders in one row: their numbers stand there joined by ;",
    ),
)
