"""Taobao and Tmall: a file of orders and one of their articles, joined on the order number."""

from transforms.platforms.layout import ANYTHING, NOTHING, Layout, Status

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
        "phone": "联系手机",
    },
    required=("订单编号", "买家会员名", "买家实际支付金额", STATUS, "订单创建时间", PAID_AT),
    may_be_blank=("customer_paid",),
    statuses=(
        Status("unpaid", {STATUS: NEVER_PAID}),
        Status("unpaid", {STATUS: CLOSED, CLOSED_FOR: ("买家未付款",)}),
        Status("unpaid", {STATUS: (*PAID, *CLOSED), PAID_AT: NOTHING}),
        Status("refunded", {STATUS: CLOSED}),
        Status("paid", {STATUS: PAID}),
    ),
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
    },
    required=("订单编号", "总金额", "买家实际支付金额", "订单创建时间", PAID_AT, "退款金额"),
    may_be_blank=("customer_paid",),
    statuses=(Status("paid", {PAID_AT: ANYTHING}), Status("unpaid", {PAID_AT: NOTHING})),
)
"""Names no buyer: orders and amounts are read, customers cannot be told."""

ITEMS = Layout(
    name="taobao_order_items",
    kind="order_line",
    columns={
        "order_id": "订单编号",
        "product_id": "商家编码",
        "product_name": "标题",
        "quantity": "购买数量",
        "unit_price": "价格",
    },
    required=("订单编号", "标题", "价格", "购买数量", "商家编码"),
)

LAYOUTS = (ORDERS, ORDER_REPORT, ITEMS)
