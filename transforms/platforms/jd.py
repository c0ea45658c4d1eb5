"""JD: orders with a row an article, each telling of the order as well."""

from dataclasses import replace

from transforms.platforms import unused
from transforms.platforms.china import BEIJING, YUAN
from transforms.reading.layout import ANYTHING, Layout, Part, Platform, State

STATUS, PAID_BY, PAID_AT = "订单状态", "支付方式", "付款确认时间"
NEVER_PAID = ("等待付款", "未付款", "等待付款确认")
TAKEN_BACK = ("已取消", "(删除)*")
"""An order that JD has parted is deleted as well; its parts have numbers of their own."""
HELD = ("(锁定)等待出库", "锁定", "锁定订单", "暂停订单")
ON_ITS_WAY = ("等待出库", "等待确认收货")
FINISHED = ("完成", "已完成")
BUYER = "下单帐号"

ORDERS = Layout(
    name="jd_orders",
    kind="order_line",
    is_order_too=True,
    columns={
        "order_id": "订单号",
        "happened_at": "下单时间",
        "account_id": BUYER,
        "buyer_key": Part(BUYER, r"^\s*(\S.*?)\s*$", "jd/${1}"),
        "recipient_name": "客户姓名",
        "product_id": "商品ID",
        "product_name": "商品名称",
        "quantity": "订购数量",
        "unit_price": "京东价",
        "order_state": STATUS,
        "customer_paid": "应付金额",
        "shipping": "运费金额",
        "original_currency": YUAN,
    },
    # Without the way of payment, cash that nobody has collected yet would count as paid.
    required=("订单号", "商品ID", "订购数量", PAID_BY, "下单时间", "京东价", "应付金额", STATUS, BUYER),
    may_be_blank=("customer_paid",),
    states={
        "order_state": (
            State("unpaid", {STATUS: (*NEVER_PAID, "(删除)等待付款", "(删除)未付款")}),
            State("cancelled", {STATUS: TAKEN_BACK}),
            State("unpaid", {STATUS: (*ON_ITS_WAY, *HELD), PAID_BY: ("货到付款",)}),
            # Who holds an order may be about to take it back, so the payment must be told.
            State("paid", {STATUS: HELD, PAID_AT: ANYTHING}),
            State("unpaid", {STATUS: HELD}),
            State("paid", {STATUS: (*ON_ITS_WAY, *FINISHED)}),
        )
    },
    timezone=BEIJING,
    where="京东商家后台 (JD seller back office), 订单管理 (orders), the search for orders, 导出 (export)",
    unused={
        unused.RECIPIENT: ("联系电话",),
        unused.ADDRESS: ("客户地址",),
        unused.STAFF: ("商家备注等级（等级1-5为由高到低）", "仓库id", "仓库名称", "店铺ID", "店铺名称"),
        unused.INVOICE: ("结算金额", "商家应收", "发票类型", "发票抬头", "发票内容", "增值税发票"),
        # Whether 应付金额 holds it, nobody documents: added, it might count twice.
        unused.PAYMENT: ("余额支付",),
        unused.FOLLOWS: ("订单金额",),
        unused.NOTE: ("订单备注", "商家备注"),
        unused.PLATFORM: ("订单类型", "订单来源", "订单渠道"),
        unused.STAGE: ("订单完成时间",),
        unused.TWIN: ("货号",),
    },
)

_WHO = ("account_id", "buyer_key", "recipient_name")
ORDERS_WITHOUT_ACCOUNT = replace(
    ORDERS,
    name="jd_orders_without_account",
    columns={name: told for name, told in ORDERS.columns.items() if name not in _WHO},
    required=tuple(header for header in ORDERS.required if header != BUYER),
    anonymous="The file has no column for the account that ordered (下单帐号), and phones of recipients are masked.",
    unused=ORDERS.unused | {unused.RECIPIENT: (*ORDERS.unused[unused.RECIPIENT], "客户姓名")},
)

PLATFORM = Platform(
    name="jd",
    title="JD",
    layouts=(ORDERS, ORDERS_WITHOUT_ACCOUNT),
    buyer="下单帐号, the account that ordered. The recipient may be somebody else and is not read.",
    money="`customer_paid` is 应付金额, what the buyer pays for the order; 订单金额 is before discounts. What was paid "
    "from a balance (余额支付) is not added, for nobody documents whether 应付金额 holds it: the sum may be too low, "
    "never too high. Cash on delivery counts once the order is finished.",
    lacks=(
        "Refunds: they stand in a file whose layout is unknown here. An order deleted or cancelled is no purchase",
        "Discounts of a single article",
        "Consent to marketing",
    ),
)
