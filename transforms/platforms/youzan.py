"""Youzan: a file of orders, one of their articles, and customers."""

from transforms.platforms.layout import NOTHING, Layout, State

STATUS, PAID_AT = "订单状态", "买家付款时间"
PAID = ("待发货", "已发货", "交易完成", "交易成功")
CLOSED = ("交易关闭",)

ORDERS = Layout(
    name="youzan_orders",
    kind="purchase_order",
    columns={
        "order_id": "订单号",
        "happened_at": "订单创建时间",
        "account_id": "买家手机号",
        "order_state": STATUS,
        "customer_paid": "订单实付金额",
        "refunded_amount": "订单已退款金额",
        "shipping": "运费",
        "order_discount": "店铺优惠合计",
        "region": "收货人省份",
        "acquired_by": "订单来源",
        "customer_name": "买家昵称",
        "phone": "买家手机号",
    },
    required=("订单号", STATUS, "订单创建时间", PAID_AT, "订单实付金额", "买家手机号"),
    may_be_blank=("customer_paid",),
    states={
        "order_state": (
            State("unpaid", {STATUS: ("待付款",)}),
            State("unpaid", {STATUS: (*PAID, *CLOSED), PAID_AT: NOTHING}),
            State("refunded", {STATUS: CLOSED}),
            State("paid", {STATUS: PAID}),
        )
    },
)

ITEMS = Layout(
    name="youzan_order_items",
    kind="order_line",
    columns={
        "order_id": "订单号",
        "product_id": "商品编码",
        "product_name": "商品名称",
        "category": "商品类目",
        "quantity": "商品数量",
        "unit_price": "商品单价",
        "discount": "店铺优惠（分摊）",
    },
    required=("订单号", "商品名称", "商品编码", "商品单价", "商品数量"),
)

CUSTOMERS = Layout(
    name="youzan_customers",
    kind="customer_account",
    columns={
        "account_id": "客户手机号",
        "happened_at": "成为客户时间",
        "customer_name": ("客户姓名", "客户昵称"),
        "phone": "客户手机号",
        "region": ("微信地域", "所属区域"),
        "acquired_by": "来源渠道",
    },
    required=("客户手机号", "客户昵称", "成为客户时间"),
    may_be_blank=("account_id",),
)

LAYOUTS = (ORDERS, ITEMS, CUSTOMERS)
