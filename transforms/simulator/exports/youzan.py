"""Youzan's order, item and customer exports.

Arithmetic of an order, prices with tax: 商品金额合计 = sum of 商品单价 x 商品数量; 应收订单金额 = 商品金额合计 + 运费 -
店铺优惠合计; 订单实付金额 = 应收订单金额 once paid, else 0.00; 店铺优惠合计 is the sum of the items' 店铺优惠（分摊）.
订单已退款金额 is part of what was paid.
"""

import polars as pl

from transforms.simulator.accounts import masked
from transforms.simulator.damage import MISSING_PRODUCT, NEGATIVE_QUANTITY, UNREADABLE_DATE, ZERO_DATE
from transforms.simulator.exports.cells import header, local, money, text

ORDERS_HEADER = header(
    "订单号,销售渠道,归属店铺,订单类型,订单状态,推广方式,订单来源,订单创建时间,买家付款时间,交易成功时间,付款方式,"
    "支付流水号,商品金额合计,运费,店铺优惠合计,应收订单金额,订单实付金额,支付优惠合计,订单实收金额,订单抵用积分数,"
    "店铺优惠方式,支付优惠方式,全部商品名称,商品种类数,订单配送方式,同城送达时间/提货时间,收货人省份,收货人城市,"
    "收货人地区,详细收货地址/提货地址,收货人/提货人,收货人手机号/提货人手机号,买家备注,订单星级,买家昵称,"
    "买家是否会员,买家手机号,下单网点,收银员,分销员,销售导购,专属导购,订单退款状态,订单已退款金额,商家订单备注,桌号,"
    "挂账主体,挂账手机号,团长订单,订单风险标签,分销员,分销员手机号,分销员所属店铺,分销员所属团队,分销员所属分组,"
    "分销员等级,订单佣金类型,订单佣金金额,订单下级卖货提成类型,订单下级卖货提成金额"
)
"""分销员 stands twice, as in the platform's file."""
ITEMS_HEADER = header(
    "订单号,外部订单号,订单商品状态,交易成功时间,商品名称,商品类型,商品类目,商品规格,规格编码,商品编码,商品单价,"
    "商品成本价,商品优惠方式,商品优惠后价格,商品数量,商品金额小计,店铺优惠（分摊）,商品实际成交金额,商品抵用积分数,"
    "商品留言,收货人/提货人,收货人手机号/提货人手机号,收货人省份,收货人城市,收货人地区,详细收货地址/提货地址,"
    "买家备注,商品发货状态,商品发货方式,商品发货物流公司,商品发货物流单号,发货员工,商品发货时间,商品退款状态,"
    "商品已退款金额,商家订单备注,入住时间"
)
CUSTOMERS_HEADER = header(
    "客户姓名,客户昵称,客户手机号,客户生日,客户性别,标签,是否会员,成长值,免费等级,付费等级,权益卡,客户积分,"
    "客户储值余额,消费次数,消费金额,累计退款金额,累计退款订单数,笔单价,上次消费时间,分销员,导购员,企微好友,来源渠道,"
    "来源方式,成为客户时间,成为会员时间,成为会员店铺,公众号,公众号关注时间,最近浏览时间,微信地域,所属区域,"
    "指定时间消费次数,指定时间消费金额,"
)
"""Ends with a nameless column, as the platform's file does."""
SHOP = "示例店铺"


def orders(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of the order export, a column for every one of `ORDERS_HEADER`, by position: 分销员 stands there twice.

    Frames as in `exports.shopify.orders`.
    """
    is_broken = pl.col("damage") == UNREADABLE_DATE
    due = pl.col("goods_cents") + pl.col("shipping_cents")
    paid = pl.when("is_paid").then(due).otherwise(0)
    names = lines.group_by("place", maintain_order=True).agg(pl.col("product_name").str.join("，"))["product_name"]
    cells: dict[str, pl.Expr] = {
        "订单号": pl.col("order_id"),
        "销售渠道": text("网店"),
        "归属店铺": text(SHOP),
        "订单类型": text("普通订单"),
        "订单状态": _state(),
        "订单来源": text("商家小程序"),
        "订单创建时间": pl.when(is_broken).then(pl.lit(ZERO_DATE)).otherwise(local("ordered_at")),
        "买家付款时间": pl.when(is_broken).then(pl.lit(ZERO_DATE)).otherwise(local("paid_at")),
        "交易成功时间": local(pl.when("is_received").then("shipped_at")),
        "付款方式": text("微信支付"),
        "商品金额合计": money("gross_cents"),
        "运费": money("shipping_cents"),
        "店铺优惠合计": money("discount_cents"),
        "应收订单金额": money(due),
        "订单实付金额": money(paid),
        "支付优惠合计": text("0.00"),
        "订单实收金额": money(paid - pl.col("refunded_cents")),
        "订单抵用积分数": text("0"),
        "全部商品名称": pl.lit(names),
        "商品种类数": pl.col("lines").cast(pl.String),
        "订单配送方式": text("快递发货"),
        "收货人省份": pl.col("recipient_province"),
        "收货人城市": pl.col("recipient_city"),
        "收货人地区": pl.col("recipient_district"),
        "详细收货地址/提货地址": pl.col("recipient_street"),
        "收货人/提货人": pl.col("recipient_name"),
        "收货人手机号/提货人手机号": pl.col("recipient_phone"),
        "买家备注": pl.col("note"),
        "买家昵称": pl.col("nickname"),
        "买家是否会员": text("是"),
        "买家手机号": _own_phone(),
        "订单退款状态": _refund_state(),
        "订单已退款金额": money("refunded_cents"),
        "团长订单": text("否"),
        "订单风险标签": text("——"),
    }
    return _by_position(orders.select(**cells), ORDERS_HEADER)


def items(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of the item export, every column of `ITEMS_HEADER`."""
    number = pl.col("quantity").cast(pl.String)
    amount = pl.col("quantity") * pl.col("unit_price_cents")
    cells = {
        "商品名称": pl.when(pl.col("damage").ne_missing(MISSING_PRODUCT)).then("product_name"),
        "商品类型": text("实物商品"),
        "商品类目": pl.col("category"),
        "商品编码": pl.when(pl.col("damage").ne_missing(MISSING_PRODUCT)).then("product_id"),
        "商品单价": money("unit_price_cents"),
        "商品数量": pl.when(pl.col("damage") == NEGATIVE_QUANTITY)
        .then(pl.concat_str(pl.lit("-"), number))
        .otherwise(number),
        "商品金额小计": money(amount),
        "店铺优惠（分摊）": money("discount_cents"),
        "商品实际成交金额": money(amount - pl.col("discount_cents")),
        "商品抵用积分数": text("0"),
        "商品发货方式": text("快递发货"),
    }
    of_order = {
        "订单号": pl.col("order_id"),
        "订单商品状态": _state(),
        "收货人/提货人": pl.col("recipient_name"),
        "收货人手机号/提货人手机号": pl.col("recipient_phone"),
        "收货人省份": pl.col("recipient_province"),
        "收货人城市": pl.col("recipient_city"),
        "商品发货状态": pl.when("is_shipped").then(pl.lit("已发货")).otherwise(pl.lit("未发货")),
    }
    facts = orders.select(**of_order).select(pl.all().gather(lines["place"]))
    return _by_position(pl.concat([facts, lines.select(**cells)], how="horizontal"), ITEMS_HEADER)


def customers(accounts: pl.DataFrame) -> pl.DataFrame:
    """Rows of the customer export. `accounts` are facts as of `transforms.simulator.facts.account_facts`."""
    each = pl.when(pl.col("orders") > 0).then(pl.col("paid_cents") // pl.max_horizontal("orders", 1)).otherwise(0)
    cells = {
        "客户姓名": pl.col("customer_name"),
        "客户昵称": pl.col("nickname"),
        "客户手机号": _own_phone(),
        "客户生日": pl.when("tells_birthday").then(pl.col("birthday").cast(pl.String)),
        "是否会员": text("是"),
        "成长值": pl.col("orders").cast(pl.String),
        "权益卡": text(" "),
        "客户积分": text("0"),
        "客户储值余额": text("0.00"),
        "消费次数": pl.col("orders").cast(pl.String),
        "消费金额": money("paid_cents"),
        "累计退款金额": money("refunded_cents"),
        "累计退款订单数": pl.col("refunds").cast(pl.String),
        "笔单价": money(each),
        "上次消费时间": local("last_order_at"),
        "企微好友": pl.when("accepts_wechat").then(pl.lit("是")).otherwise(pl.lit("否")),
        "来源渠道": text("微信小程序"),
        "来源方式": text("登录创建客户"),
        "成为客户时间": local("opened_at"),
        "微信地域": pl.col("province"),
        "所属区域": pl.col("district"),
    }
    return _by_position(accounts.select(**cells), CUSTOMERS_HEADER)


def _own_phone() -> pl.Expr:
    return pl.when("is_masked").then(masked(pl.col("phone"))).otherwise("phone")


def _state() -> pl.Expr:
    return (
        pl.when(~pl.col("is_paid") & pl.col("is_waiting"))
        .then(pl.lit("待付款"))
        .when(~pl.col("is_paid") | _is_refunded_whole())
        .then(pl.lit("交易关闭"))
        .when("is_received")
        .then(pl.lit("交易完成"))
        .otherwise(pl.lit("已发货"))
    )


def _refund_state() -> pl.Expr:
    return (
        pl.when(_is_refunded_whole())
        .then(pl.lit("全额退款"))
        .when(pl.col("refunded_cents") > 0)
        .then(pl.lit("部分退款"))
    )


def _is_refunded_whole() -> pl.Expr:
    return pl.col("is_paid") & (pl.col("refunded_cents") == pl.col("goods_cents") + pl.col("shipping_cents"))


def _by_position(cells: pl.DataFrame, header: list[str]) -> pl.DataFrame:
    """Columns in the order of the header; one without a cell is blank, also the second of a name."""
    placed = [
        pl.col(name) if name in cells.columns and name not in header[:position] else pl.lit(None, dtype=pl.String)
        for position, name in enumerate(header)
    ]
    return cells.select(cell.alias(str(position)) for position, cell in enumerate(placed))
