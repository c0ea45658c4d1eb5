"""The corrections file: what it puts right, what it drops, and what it refuses."""

import json

import pytest

from flows.check import check
from flows.faults import CheckFailed, InputError
from flows.steps.collect import collect
from flows.steps.corrections import HEADER as CORRECTIONS_HEADER
from flows.steps.corrections import refuse_wrong_counts
from flows.steps.read import read
from flows.steps.stage import stage
from tests.flows.steps.conftest import Shop
from tests.flows.steps.native import SHOPIFY, account, dummy_order, export_taobao, rejects, rows
from transforms.contracts import staged
from transforms.contracts.quality import QUARANTINE

ORDERS = (
    "1,2026-03-01 10:00,7,P,1,2.50",
    "1,2026-03-01 10:00,7,Q,x,1",
    "2,2026-03-01 11:00,7,P,1,1000000",
    "3,2026-03-01 11:00,7,P,1,1",
)
COLUMNS = ("order_key", "customer_paid", "line_count")
QUANTITY = {
    "store_id": "main",
    "kind": "order_line",
    "subject_id": "1",
    "column": "Quantity",
    "wrong": "x",
    "right": "2",
}


def correct(shop: Shop, *entries: dict[str, object]) -> None:
    """Write the corrections file beside the settings."""
    told = {"action": "set", "rows": 1, "reason": "typing error", "author": "Ann", "date": "2026-03-02"}
    lines = [",".join(str({**told, **entry}.get(name, "")) for name in CORRECTIONS_HEADER) for entry in entries]
    (shop.folder / "corrections.csv").write_text("\n".join([",".join(CORRECTIONS_HEADER), *lines]) + "\n")


def counts_hold(shop: Shop) -> None:
    """Read, and hold the corrections to what they say they touch."""
    night = shop.night()
    refuse_wrong_counts(night, *read(night, collect(night)))


def test_without_a_file_nothing_is_corrected(shop: Shop) -> None:
    shop.export("o.csv", *ORDERS)
    counts_hold(shop)
    assert rows(shop, staged.PURCHASE_ORDER, COLUMNS)[0] == ("main/1", 25_000, 1)


def test_a_bad_cell_is_put_right_before_the_row_is_judged(shop: Shop) -> None:
    shop.export("o.csv", *ORDERS)
    shop.stage()
    correct(shop, QUANTITY, {"file": "o.csv", "line": 4, "column": "unit_price", "wrong": "1000000", "right": "10"})
    counts_hold(shop)
    expected = [("main/1", 45_000, 2), ("main/2", 100_000, 1), ("main/3", 10_000, 1)]
    assert rows(shop, staged.PURCHASE_ORDER, COLUMNS) == expected
    assert account(shop) == {"o.csv": (4, 4, 0, 0)}
    (shop.folder / "corrections.csv").unlink()
    assert rows(shop, staged.PURCHASE_ORDER, COLUMNS)[0] == ("main/1", 25_000, 1)


def test_a_dropped_row_is_counted_and_its_order_is_whole_without_it(shop: Shop) -> None:
    shop.export("o.csv", *ORDERS[:2])
    shop.export("p.csv", *ORDERS[:2], "")
    correct(shop, {**QUANTITY, "action": "drop", "right": "", "product_id": "Q"})
    counts_hold(shop)
    assert account(shop) == {"o.csv": (2, 0, 1, 1), "p.csv": (2, 1, 0, 1)}
    assert rejects(shop) == [("o.csv", 3, "corrected_away", 2), ("p.csv", 3, "corrected_away", 2)]
    assert check(shop.night().settings, [shop.exports]).rejects == []


def test_the_quarantine_keeps_what_stood_in_the_file(shop: Shop) -> None:
    shop.export("o.csv", *ORDERS)
    correct(shop, {**QUANTITY, "right": "-2"})
    found = shop.stage().scan(QUARANTINE).collect()
    assert found["rule"].to_list() == ["quantity_negative"]
    assert json.loads(found["raw"].item())["cells"][4] == "x"


def test_a_fact_of_an_order_is_put_right_on_the_row_that_tells_it(native: Shop) -> None:
    dummy_order(native)
    row = "#1,{},paid,,CNY,0,5,0,{},1,P,5,P,,,0,"
    lines = (row.format("a@x.example", "01.03.2026"), row.format("", ""))
    native.export("shopify/1.csv", *lines, header=SHOPIFY)
    assert len(rejects(native)) == 2
    locator = {"store_id": "shopify", "kind": "purchase_order", "subject_id": "#1"}
    correct(native, {**locator, "column": "created at", "wrong": "01.03.2026", "right": "2026-03-01 10:00:00 +0800"})
    counts_hold(native)
    assert rejects(native) == []
    assert rows(native, staged.PURCHASE_ORDER, ("order_key", "account_key", "line_count"))[0] == (
        "shopify/#1", "shopify/a@x.example", 2,
    )  # fmt: skip


def test_later_exports_of_the_same_order_may_be_wrong_too_or_right_by_now(shop: Shop) -> None:
    correct(shop, QUANTITY)
    for name, lines in {"1.csv": ORDERS[:2], "2.csv": ORDERS, "3.csv": (ORDERS[0],)}.items():
        shop.export(name, *lines)
        counts_hold(shop)
    assert rejects(shop) == []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"rows": 2}, "corrections.csv line 2: rows says 2, and it touches 1 in o.csv"),
        ({"wrong": "y"}, "corrections.csv line 2: it touches no row"),
        ({"subject_id": "8"}, "it touches no row"),
        ({"store_id": "web"}, "it touches no row"),
        ({"column": "pieces"}, "it touches no row"),
        ({"product_id": "P"}, "it touches no row"),
        ({"kind": "review"}, "it touches no row"),
    ],
)
def test_what_touches_another_number_of_rows_than_it_says_is_refused(
    shop: Shop, change: dict[str, object], message: str
) -> None:
    shop.export("o.csv", *ORDERS)
    correct(shop, {**QUANTITY, **change})
    with pytest.raises(CheckFailed, match=message):
        counts_hold(shop)


def test_a_number_may_be_copied_as_the_file_prints_it(native: Shop) -> None:
    order = '"=""31""",客A,0,10,10,交易成功,2026-03-01 10:00:00,2026-03-01 10:00:00,,0'
    export_taobao(native, "ExportOrderList.csv", order)
    locator = {"store_id": "taobao", "kind": "purchase_order", "subject_id": '"=""31"""'}
    correct(native, {**locator, "column": "买家实际支付金额", "wrong": "10", "right": "11"})
    counts_hold(native)
    assert rows(native, staged.PURCHASE_ORDER, ("order_key", "customer_paid")) == [("taobao/31", 110_000)]


def test_of_two_corrections_of_one_cell_the_second_touches_nothing(shop: Shop) -> None:
    shop.export("o.csv", *ORDERS)
    correct(shop, QUANTITY, {**QUANTITY, "right": "3"})
    with pytest.raises(CheckFailed, match="line 3: it touches no row"):
        counts_hold(shop)


def test_check_holds_corrections_to_their_count_but_not_to_files_it_was_not_given(shop: Shop) -> None:
    shop.export("o.csv", *ORDERS)
    shop.export("p.csv", "9,2026-03-01 10:00,7,P,1,2.50")
    correct(shop, QUANTITY)
    settings = shop.night().settings
    assert check(settings, [shop.exports / "p.csv"]).failure is None
    assert check(settings, [shop.exports]).account["quarantined"].sum() == 0
    correct(shop, {**QUANTITY, "rows": 2})
    failure = check(settings, [shop.exports / "o.csv"]).failure
    assert "rows says 2" in str(failure)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"file": "o.csv", "line": 3}, "which rows"),
        ({"store_id": ""}, "which rows"),
        ({"kind": "orders"}, "kind is one of"),
        ({"action": "remove"}, "action is one of set, drop"),
        ({"column": ""}, "name the column"),
        ({"right": "x"}, "the same"),
        ({"action": "drop"}, "leave right empty"),
        ({"rows": 0}, "rows is a whole number"),
        ({"author": ""}, "reason and author"),
        ({"date": "yesterday"}, "date is not one"),
        ({"reason": "a,b"}, "cells"),
    ],
)
def test_a_line_that_cannot_be_understood_is_named(shop: Shop, change: dict[str, object], message: str) -> None:
    shop.export("o.csv", *ORDERS)
    correct(shop, {**QUANTITY, "rows": 1}, {**QUANTITY, **change})
    with pytest.raises(InputError, match=f"corrections.csv line 3: .*{message}") as raised:
        counts_hold(shop)
    assert "Ann" not in str(raised.value)


def test_the_header_is_told_where_it_is_not_the_one(shop: Shop) -> None:
    shop.export("o.csv", *ORDERS)
    (shop.folder / "corrections.csv").write_text("file,line,colour\n")
    with pytest.raises(InputError, match="its header must be file,line,store_id"):
        counts_hold(shop)


def test_a_file_named_in_the_settings_must_be_there(shop: Shop) -> None:
    shop.export("o.csv", *ORDERS)
    shop.config.write_text('[paths]\ncorrections = "/nowhere/c.csv"\n')
    with pytest.raises(InputError, match=r"paths\.corrections"):
        counts_hold(shop)


def test_corrections_give_the_same_tables_whenever_files_come(shop: Shop) -> None:
    correct(shop, QUANTITY)
    shop.export("o.csv", *ORDERS)
    night = shop.night(shards=3)
    files, batches = read(night, collect(night))
    stage(night, files, batches)
    found = night.work.scan(staged.PURCHASE_ORDER).sort("order_key").select(COLUMNS).collect().rows()
    assert found[0] == ("main/1", 45_000, 2)
