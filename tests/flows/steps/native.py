"""What tests of native files share: their headers, and what a night made of them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from tests.flows.steps.conftest import Shop
from transforms.contracts.quality import QUARANTINE, ROW_ACCOUNT
from transforms.contracts.table import Table

SETTINGS = '[shop]\ncurrency = "{currency}"\ntimezone = "{zone}"\n' + "".join(
    f'[[stores]]\nid = "{store}"\n' for store in ("shopify", "taobao", "youzan")
)
ORDER = ("order_key", "account_key", "happened_at", "customer_paid", "discount", "line_count", "units")
LINE = ("order_key", "product_key", "quantity", "unit_price", "discount", "amount", "is_goods")
ACCOUNT = ("account_key", "happened_at", "first_order_at", "customer_name", "email", "phone", "region", "acquired_by")

SHOPIFY = (
    "Name,Email,Financial Status,Fulfillment Status,Currency,Shipping,Total,Discount Amount,Created at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku,Lineitem discount,Cancelled at,Refunded Amount,Phone"
)
TAOBAO_ORDERS = (
    "订单编号,买家会员名,买家应付邮费,总金额,买家实际支付金额,订单状态,订单创建时间,订单付款时间 ,订单关闭原因,退款金额"
)
TAOBAO_ITEMS = "订单编号,标题,价格,购买数量,外部系统编号,商品属性,套餐信息,备注,订单状态,商家编码"
YOUZAN_ORDERS = (
    "订单号,订单状态,订单创建时间,买家付款时间,运费,订单实付金额,买家昵称,买家手机号,分销员,"
    "订单退款状态,订单已退款金额,分销员"
)
YOUZAN_ITEMS = "订单号,商品名称,商品类目,商品编码,商品单价,商品数量,店铺优惠（分摊）"


def utc(*when: int) -> datetime:
    return datetime(*when, tzinfo=UTC)  # type: ignore[misc, arg-type]


def rows(shop: Shop, table: Table, columns: Iterable[str], shards: int = 1) -> list[tuple[object, ...]]:
    return shop.stage(shards).scan(table).sort(table.key).select(columns).collect().rows()


def account(shop: Shop) -> dict[str, tuple[int, ...]]:
    """Lines read, loaded, merged and quarantined by file; they add up."""
    found = shop.stage().scan(ROW_ACCOUNT).collect()
    columns = ("file_name", "lines_read", "loaded", "merged", "quarantined")
    fates = {name: (read, *fates) for name, read, *fates in found.select(columns).iter_rows()}
    assert all(read == sum(fates) for read, *fates in fates.values())
    return fates


def rejects(shop: Shop) -> list[tuple[object, ...]]:
    found = shop.stage().scan(QUARANTINE).sort("file_name", "line_number")
    return found.select("file_name", "line_number", "rule", "rules_broken").collect().rows()


def dummy_order(shop: Shop) -> None:
    """A night wants an order; this one is years before those under test."""
    shop.export("shopify/first.csv", "0,2012-01-01 00:00:00,,P,1,1")


def export_taobao(shop: Shop, name: str, *lines: str) -> None:
    header = TAOBAO_ITEMS if "Detail" in name else TAOBAO_ORDERS
    shop.export(f"taobao/{name}", *lines, header=header, encoding="gb18030")


def export_youzan(shop: Shop, name: str, *lines: str) -> None:
    header = YOUZAN_ITEMS if "items" in name else YOUZAN_ORDERS
    shop.export(f"youzan/{name}", *lines, header=header, encoding="utf-8-sig")
