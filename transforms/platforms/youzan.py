"""Youzan: a file of orders, one of their articles, and customers."""

from transforms.platforms import unused
from transforms.platforms.china import BEIJING, YUAN
from transforms.reading.layout import NOTHING, Always, Layout, Platform, State

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
        "original_currency": YUAN,
        "region": "收货人省份",
        "acquired_by": "订单来源",
        "customer_name": "买家昵称",
        "phone": "买家手机号",
        "recipient_name": "收货人/提货人",
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
    timezone=BEIJING,
    where="有赞 (Youzan) back office, the list of orders, 导出 (export): the report of orders",
    unused={
        unused.RECIPIENT: ("收货人城市", "收货人地区", "收货人手机号/提货人手机号"),
        unused.ADDRESS: ("详细收货地址/提货地址",),
        unused.DELIVERY: ("订单配送方式", "同城送达时间/提货时间"),
        unused.STAFF: ("归属店铺", "下单网点", "收银员", "销售导购", "专属导购", "桌号"),
        unused.PAYMENT: ("付款方式", "支付流水号", "订单抵用积分数", "支付优惠方式", "挂账主体", "挂账手机号"),
        unused.FOLLOWS: ("商品金额合计", "应收订单金额", "支付优惠合计", "订单实收金额", "订单退款状态"),
        unused.OTHER_FILE: ("全部商品名称", "商品种类数", "买家是否会员"),
        unused.NOTE: ("买家备注", "商家订单备注"),
        unused.PLATFORM: ("销售渠道", "订单类型", "订单星级", "团长订单", "订单风险标签"),
        unused.STAGE: ("交易成功时间",),
        unused.CAMPAIGN: (
            "推广方式",
            "店铺优惠方式",
            "优惠券码名称",
            "分销员*",
            "订单佣金*",
            "订单下级卖货提成*",
        ),
    },
)

ITEMS = Layout(
    name="youzan_order_items",
    kind="order_line",
    columns={
        "order_id": "订单号",
        "product_id": ("商品编码", "商品名称"),
        "product_name": "商品名称",
        "category": "商品类目",
        "quantity": "商品数量",
        "unit_price": "商品单价",
        "discount": "店铺优惠（分摊）",
        "line_refunded": "商品已退款金额",
        "original_currency": YUAN,
    },
    required=("订单号", ("商品编码", "商品名称"), "商品单价", "商品数量"),
    timezone=BEIJING,
    where="有赞 (Youzan) back office, the list of orders, 导出 (export): the report of items",
    unused={
        unused.RECIPIENT: ("收货人*",),
        unused.ADDRESS: ("详细收货地址/提货地址",),
        unused.DELIVERY: ("商品发货*",),
        unused.STAFF: ("发货员工",),
        unused.PAYMENT: ("商品抵用积分数",),
        unused.FOLLOWS: ("商品优惠后价格", "商品金额小计", "商品实际成交金额"),
        unused.OTHER_FILE: (
            "订单创建时间",
            "运费",
            "订单实付金额",
            "买家姓名",
            "买家手机号",
            "订单商品状态",
            "商品退款状态",
        ),
        unused.NOTE: ("商品留言", "买家备注", "商家订单备注"),
        unused.PLATFORM: ("外部订单号", "商品类型"),
        unused.STAGE: ("交易成功时间", "入住时间"),
        unused.CAMPAIGN: ("商品优惠方式",),
        unused.LATER: ("商品规格", "规格编码", "商品成本价"),
    },
)

NOTED = {
    "birthday": "客户生日",
    "sex": "客户性别",
    "tags": "标签",
    "wechat_friend": "企微好友",
    "stored_value": "客户储值余额",
    "paid_level": "付费等级",
}
"""What Youzan notes of a customer -> its header. The values stand in Youzan's words; a friend is no word of consent."""

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
    required=("客户手机号", "成为客户时间"),
    may_be_blank=("account_id",),
    also=tuple(
        Layout(
            name=f"youzan_{attribute}",
            kind="customer_attribute",
            columns={
                "account_id": "客户手机号",
                "attribute": Always(attribute),
                "attribute_value": header,
                "source": Always("youzan"),
            },
            required=(),
            may_be_blank=("happened_at",),
            told_by=("account_id", "attribute_value"),
        )
        for attribute, header in NOTED.items()
    ),
    timezone=BEIJING,
    where="有赞 (Youzan) back office, the list of customers, 导出 (export)",
    unused={
        unused.FOLLOWS: (
            "消费次数",
            "消费金额",
            "累计退款金额",
            "累计退款订单数",
            "笔单价",
            "上次消费时间",
            "指定时间消费次数",
            "指定时间消费金额",
        ),
        unused.STAFF: ("导购员", "成为会员店铺"),
        unused.CAMPAIGN: ("分销员",),
        unused.LATER: (
            "是否会员",
            "成长值",
            "免费等级",
            "权益卡",
            "客户积分",
            "来源方式",
            "成为会员时间",
            "公众号",
            "公众号关注时间",
            "最近浏览时间",
        ),
        unused.EMPTY: ("",),
    },
)

PLATFORM = Platform(
    name="youzan",
    title="Youzan",
    layouts=(ORDERS, ITEMS, CUSTOMERS),
    buyer="买家手机号, the buyer's phone number; nobody where it is masked. The recipient may be somebody else: only "
    "the province is read of it.",
    money="`customer_paid` is 订单实付金额, refunds (订单已退款金额) not deducted. An order closed after payment is "
    "given back in full unless 订单已退款金额 says less.",
    lacks=("When money was given back", "Consent to marketing: a friend on WeChat (企微好友) can be reached, not more"),
)
