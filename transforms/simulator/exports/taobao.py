"""Taobao's order and item exports, vintage C: order numbers as ="...", phones behind an apostrophe, every cell quoted.

Arithmetic of an order, prices with tax: 买家应付货款 = sum of 价格 x 购买数量 less the discount, which no cell names;
总金额 = 买家应付货款 + 买家应付邮费; 买家实际支付金额 = 总金额 once paid, else 0.00. 退款金额 is part of it.
联系手机 is the buyer's own, also where the parcel goes to somebody else.
"""

import polars as pl

from transforms.simulator.accounts import masked
from transforms.simulator.damage import MISSING_PRODUCT, NEGATIVE_QUANTITY, UNREADABLE_DATE, ZERO_DATE
from transforms.simulator.exports.cells import header, local, money, text

ORDERS_HEADER = header(
    "订单编号,买家会员名,买家支付宝账号,支付单号,支付详情,买家应付货款,买家应付邮费,买家支付积分,总金额,返点积分,"
    "买家实际支付金额,买家实际支付积分,订单状态,买家留言,收货人姓名,收货地址 ,运送方式,联系电话 ,联系手机,"
    "订单创建时间,订单付款时间 ,宝贝标题 ,宝贝种类 ,物流单号 ,物流公司,订单备注,宝贝总数量,店铺Id,店铺名称,"
    "订单关闭原因,卖家服务费,买家服务费,发票抬头,是否手机订单,分阶段订单信息,特权订金订单id,是否上传合同照片,"
    "是否上传小票,是否代付,定金排名,修改后的sku,修改后的收货地址,异常信息,天猫卡券抵扣,集分宝抵扣,是否是O2O交易,"
    "新零售交易类型,新零售导购门店名称,新零售导购门店id,新零售发货门店名称,新零售发货门店id,退款金额,预约门店,"
    "确认收货时间,打款商家金额,含应开票给个人的个人红包,是否信用购,体验期结束时间,前N有礼,配送类型,主订单编号"
)
ITEMS_HEADER = header("订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码")
ITEMS_TAIL = "tail"
"""The item export ends every row with one comma too many: a nameless column."""
SHOP = "示例店铺"


def orders(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of the order export, quoted, every column of `ORDERS_HEADER`. Frames as in `exports.shopify.orders`."""
    is_broken = pl.col("damage") == UNREADABLE_DATE
    total = pl.col("goods_cents") + pl.col("shipping_cents")
    paid = pl.when("is_paid").then(total).otherwise(0)
    titles = lines.group_by("place", maintain_order=True).agg(
        titles=pl.col("product_name").str.join("，"), pieces=pl.col("quantity").sum()
    )
    phone = pl.when("is_masked").then(masked(pl.col("phone"))).otherwise("phone")
    cells: dict[str, pl.Expr] = {
        "买家会员名": pl.col("nickname"),
        "买家支付宝账号": pl.col("email"),
        "支付单号": pl.when("is_paid").then(pl.concat_str(pl.lit("2"), "order_id")),
        "买家应付货款": money("goods_cents"),
        "买家应付邮费": money("shipping_cents"),
        "买家支付积分": text("0"),
        "总金额": money(total),
        "返点积分": text("0"),
        "买家实际支付金额": money(paid),
        "买家实际支付积分": text("0"),
        "订单状态": _state(),
        "买家留言": pl.col("note").str.replace_all('"', '""', literal=True),
        "收货人姓名": pl.col("recipient_name"),
        # Abroad there is no province or district to print.
        "收货地址 ": pl.concat_str(
            "recipient_province", "recipient_city", "recipient_district", "recipient_street", separator=" "
        )
        .str.replace_all("  ", " ", literal=True)
        .str.strip_chars(),
        "运送方式": text("快递"),
        "联系手机": pl.concat_str(pl.lit("'"), phone),
        "订单创建时间": pl.when(is_broken).then(pl.lit(ZERO_DATE)).otherwise(local("ordered_at")),
        "订单付款时间 ": pl.when(is_broken).then(pl.lit(ZERO_DATE)).otherwise(local("paid_at")),
        "宝贝标题 ": pl.lit(titles["titles"]),
        "宝贝种类 ": pl.col("lines").cast(pl.String),
        "宝贝总数量": pl.lit(titles["pieces"].cast(pl.String)),
        "店铺Id": text("0"),
        "店铺名称": text(SHOP),
        "订单关闭原因": pl.when(~pl.col("is_paid") & ~pl.col("is_waiting"))
        .then(pl.lit("买家未付款"))
        .when(_is_refunded_whole())
        .then(pl.lit("退款"))
        .otherwise(pl.lit("订单未关闭")),
        "卖家服务费": text("0"),
        "买家服务费": text("0元"),
        "是否手机订单": text("手机订单"),
        "是否上传合同照片": text("否"),
        "是否上传小票": text("否"),
        "是否代付": text("否"),
        "退款金额": money("refunded_cents"),
        "确认收货时间": local(pl.when("is_received").then("shipped_at")),
        "打款商家金额": pl.concat_str(money(paid - pl.col("refunded_cents")), pl.lit("元")),
        "是否信用购": text("否"),
    }
    quoted = orders.select(**{name: _quoted(cell) for name, cell in cells.items()})
    rest = [text('""').alias(name) for name in ORDERS_HEADER if name not in cells]
    return quoted.with_columns(rest).with_columns(_wrapped(orders["order_id"])).select(ORDERS_HEADER)


def items(orders: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of the item export, quoted: `ITEMS_HEADER` and the nameless last column."""
    number = pl.col("quantity").cast(pl.String)
    code = pl.when(pl.col("damage").ne_missing(MISSING_PRODUCT)).then("product_id")
    cells: dict[str, pl.Expr] = {
        "标题": pl.when(pl.col("damage").ne_missing(MISSING_PRODUCT)).then("product_name"),
        "价格": money("unit_price_cents"),
        "购买数量": pl.when(pl.col("damage") == NEGATIVE_QUANTITY)
        .then(pl.concat_str(pl.lit("-"), number))
        .otherwise(number),
        "外部系统编号": code,
        "商品属性": pl.concat_str(pl.lit("类目："), "category"),
        "订单状态": pl.lit(orders.select(_state()).to_series().gather(lines["place"])),
        "商家编码": code,
    }
    quoted = lines.select(**{name: _quoted(cell) for name, cell in cells.items()})
    rest = [text('""').alias(name) for name in ITEMS_HEADER if name not in cells and name != "订单编号"]
    wrapped = _wrapped(orders["order_id"].gather(lines["place"]))
    return quoted.with_columns(*rest, wrapped, text("").alias(ITEMS_TAIL)).select(*ITEMS_HEADER, ITEMS_TAIL)


def _state() -> pl.Expr:
    return (
        pl.when(~pl.col("is_paid") & pl.col("is_waiting"))
        .then(pl.lit("等待买家付款"))
        .when(~pl.col("is_paid") | _is_refunded_whole())
        .then(pl.lit("交易关闭"))
        .when("is_received")
        .then(pl.lit("交易成功"))
        .otherwise(pl.lit("卖家已发货，等待买家确认"))
    )


def _is_refunded_whole() -> pl.Expr:
    return pl.col("is_paid") & (pl.col("refunded_cents") == pl.col("goods_cents") + pl.col("shipping_cents"))


def _quoted(cell: pl.Expr) -> pl.Expr:
    """The cell in quotes; one that holds quotes comes with them doubled."""
    return pl.concat_str(pl.lit('"'), cell, pl.lit('"'), ignore_nulls=True)


def _wrapped(order_id: pl.Series) -> pl.Expr:
    return pl.concat_str(pl.lit('="'), order_id, pl.lit('"')).alias("订单编号")
