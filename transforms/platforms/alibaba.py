"""1688, Alibaba's wholesale market in China: a file of orders in Taobao's words."""

from transforms.platforms import unused
from transforms.platforms.china import BEIJING, YUAN
from transforms.platforms.taobao import ORDER_STATES, PAID_AT, STATUS
from transforms.reading.layout import Always, Layout, Platform

BUYER, FIRM, PAID = "买家会员名", "买家公司名", ("实付款", "实付款(元)")

ORDERS = Layout(
    name="alibaba_1688_orders",
    kind="purchase_order",
    columns={
        "order_id": "订单编号",
        "happened_at": "订单创建时间",
        "account_id": BUYER,
        "order_state": STATUS,
        "customer_paid": PAID,
        "shipping": ("运费", "运费(元)"),
        "original_currency": YUAN,
    },
    required=("订单编号", BUYER, PAID, STATUS, "订单创建时间", PAID_AT),
    may_be_blank=("customer_paid",),
    states={"order_state": ORDER_STATES},
    also=(
        Layout(
            name="alibaba_1688_firms",
            kind="customer_account",
            columns={"account_id": BUYER, "customer_name": FIRM, "is_business": Always("yes")},
            required=(),
            told_by=("account_id", "customer_name"),
        ),
    ),
    timezone=BEIJING,
    where="1688卖家工作台 (1688 seller workbench), 已卖出的货品 (goods sold), export",
    unused={
        unused.RECIPIENT: ("收货人姓名", "联系电话", "联系手机"),
        unused.ADDRESS: ("收货地址", "邮编"),
        unused.DELIVERY: ("发货方",),
        unused.STAFF: ("卖家公司名", "卖家会员名"),
        unused.FOLLOWS: ("货品总价(元)", "涨价或折扣(元)"),
    },
)

PLATFORM = Platform(
    name="alibaba",
    title="1688",
    layouts=(ORDERS,),
    buyer="买家会员名, the member name; nobody where it is masked. A buyer with a 买家公司名 buys as a firm. The "
    "recipient may be somebody else and is not read.",
    money="`customer_paid` is 实付款, shipping (运费) included. An order closed after payment is given back in full.",
    lacks=("Articles", "Refunds in part", "Consent to marketing"),
)
