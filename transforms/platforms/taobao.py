"""Taobao and Tmall: a file of orders and one of their articles, joined on the order number."""

from transforms.platforms import unused
from transforms.platforms.layout import ANYTHING, NOTHING, Always, Layout, Platform, State

STATUS, CLOSED_FOR, PAID_AT = "订单状态", "订单关闭原因", "订单付款时间"
NEVER_PAID = ("等待买家付款", "交易被淘宝关闭", "没有创建外部交易", "外卡支付付款确认中")
PAID = (
    "买家已付款，等待卖家发货",
    "等待卖家发货",
    "卖家部分发货",
    "等待买家确认收货",
    "卖家已发货，等待买家确认",
    "买家已签收",
    "交易成功",
    "余额宝0元购合约中",
)
CLOSED = ("交易关闭",)
ORDER_STATES = (
    State("unpaid", {STATUS: NEVER_PAID}),
    State("unpaid", {STATUS: CLOSED, CLOSED_FOR: ("买家未付款",)}),
    State("unpaid", {STATUS: (*PAID, *CLOSED), PAID_AT: NOTHING}),
    State("refunded", {STATUS: CLOSED}),
    State("paid", {STATUS: PAID}),
)
YUAN = Always("CNY")
BEIJING = "Asia/Shanghai"

ORDERS = Layout(
    name="taobao_orders",
    kind="purchase_order",
    columns={
        "order_id": "订单编号",
        "happened_at": "订单创建时间",
        "account_id": "买家会员名",
        "order_state": STATUS,
        "customer_paid": "买家实际支付金额",
        "refunded_amount": "退款金额",
        "order_total": "总金额",
        "shipping": "买家应付邮费",
        "original_currency": YUAN,
        "phone": "联系手机",
    },
    required=("订单编号", "买家会员名", "买家实际支付金额", STATUS, "订单创建时间", PAID_AT),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    timezone=BEIJING,
    exported_at=r"ExportOrderList(\d{12})",
    where="千牛 (Qianniu), 已卖出的宝贝 (items sold), 批量导出 (export): the order report",
    unused={
        unused.RECIPIENT: ("收货人姓名", "收货地址", "联系电话"),
        unused.DELIVERY: ("运送方式", "物流单号", "物流公司"),
    },
)

ORDER_REPORT = Layout(
    name="tmall_order_report",
    kind="purchase_order",
    columns={
        "order_id": "订单编号",
        "happened_at": "订单创建时间",
        "order_state": PAID_AT,
        "customer_paid": "买家实际支付金额",
        "refunded_amount": "退款金额",
        "order_total": "总金额",
        "original_currency": YUAN,
    },
    required=("订单编号", "总金额", "买家实际支付金额", "订单创建时间", PAID_AT, "退款金额"),
    may_be_blank=("customer_paid",),
    states={"order_state": (State("paid", {PAID_AT: ANYTHING}), State("unpaid", {PAID_AT: NOTHING}))},
    timezone=BEIJING,
    anonymous="The report has no column for the buyer.",
    unused={unused.ADDRESS: ("收货地址",)},
)

ITEMS = Layout(
    name="taobao_order_items",
    kind="order_line",
    columns={
        "order_id": "订单编号",
        "product_id": "商家编码",
        "product_name": "标题",
        "quantity": "购买数量",
        "unit_price": "价格",
        "original_currency": YUAN,
    },
    required=("订单编号", "标题", "价格", "购买数量", "商家编码"),
    timezone=BEIJING,
    exported_at=r"ExportOrderDetailList(\d{12})",
)

PLATFORM = Platform(
    name="taobao",
    title="Taobao, Tmall",
    layouts=(ORDERS, ORDER_REPORT, ITEMS),
    buyer="买家会员名, the member name. The recipient is somebody else at times and is not read.",
    money="`customer_paid` is 买家实际支付金额. Where the export prints it less refunds, the refund is put back.",
)
