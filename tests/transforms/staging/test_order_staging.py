"""Order lines to orders, lines, refunds and articles; what is kept, what is merged."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from transforms.contracts import rows, staged
from transforms.staging.merging import merged_by_file
from transforms.staging.orders import (
    ORDER,
    kept_lines,
    named_products,
    order_lines,
    products,
    purchase_orders,
    refunds,
)

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SCHEMA = {**rows.ORDER_LINE.polars_schema, "file_rank": pl.Int64()}
LINE = {
    "store_id": "web",
    "happened_at": NOON,
    "product_id": "P",
    "quantity": 1,
    "unit_price": 10_000,
    "is_refund": False,
    "is_goods": True,
    "file_rank": 0,
    "known_at": NOON,
    "cells_hash": 0,
}


def line_rows(*lines: dict[str, object]) -> pl.LazyFrame:
    """Row.order_line; file `f<rank>` and the next line unless told."""
    told = [
        {"file_id": f"f{line.get('file_rank', 0)}", "line_number": place + 2, **LINE, **line}
        for place, line in enumerate(lines)
    ]
    return pl.LazyFrame(told, schema=SCHEMA)


def orders_of(*lines: dict[str, object], zone: str = "UTC") -> list[dict[str, object]]:
    kept = kept_lines(line_rows(*lines))
    return staged.PURCHASE_ORDER.conform(purchase_orders(kept, zone, "EUR")).collect().to_dicts()


def test_an_order_is_the_sum_of_its_lines() -> None:
    [order] = orders_of(
        {"order_id": "1", "account_id": "7", "quantity": 3, "unit_price": 25_000, "discount": 5_000},
        {"order_id": "1", "product_id": "POST", "is_goods": False, "unit_price": 49_900, "region": "Kent"},
    )
    assert order == {
        "order_key": "web/1",
        "store_id": "web",
        "order_id": "1",
        "account_key": "web/7",
        "happened_at": NOON,
        "happened_date": date(2026, 3, 1),
        "known_at": NOON,
        "customer_paid": 3 * 25_000 - 5_000 + 49_900,
        "discount": 5_000,
        "currency": "EUR",
        "original_amount": 3 * 25_000 - 5_000 + 49_900,
        "original_currency": "EUR",
        "deductions": 0,
        "line_count": 2,
        "units": 3,
        "region": "Kent",
        "acquired_by": None,
    }


def test_an_order_begins_with_its_first_line_on_the_shops_own_day() -> None:
    evening = datetime(2026, 3, 1, 16, 30, tzinfo=UTC)
    [order] = orders_of(
        {"order_id": "1", "happened_at": evening + timedelta(minutes=1)},
        {"order_id": "1", "product_id": "Q", "happened_at": evening},
        zone="Asia/Shanghai",
    )
    assert (order["happened_at"], order["happened_date"]) == (evening, date(2026, 3, 2))


def test_the_same_number_in_two_stores_is_two_orders() -> None:
    found = orders_of({"order_id": "1", "store_id": "a"}, {"order_id": "1", "store_id": "b"})
    assert [order["order_key"] for order in found] == ["a/1", "b/1"]


def test_a_later_export_of_an_order_wins_as_a_whole() -> None:
    found = orders_of(
        {"order_id": "1", "product_id": "P", "unit_price": 10_000, "file_rank": 0},
        {"order_id": "1", "product_id": "Q", "unit_price": 20_000, "file_rank": 0},
        {"order_id": "1", "product_id": "P", "unit_price": 15_000, "file_rank": 1},
        {"order_id": "2", "product_id": "P", "unit_price": 70_000, "file_rank": 0},
    )
    assert {order["order_id"]: (order["customer_paid"], order["line_count"]) for order in found} == {
        "1": (15_000, 1),
        "2": (70_000, 1),
    }


def test_rows_that_agree_in_every_cell_are_one_at_the_first_line() -> None:
    twice = {"order_id": "1", "discount": None}
    kept = kept_lines(line_rows(twice, {**twice, "quantity": 2}, twice, twice)).collect().sort("line_number")
    assert kept.select("line_number", "quantity", "repeats").rows() == [(2, 1, 3), (3, 2, 1)]


def test_lines_stand_in_the_order_of_the_export_and_have_the_date_of_the_order() -> None:
    late = NOON + timedelta(days=1)
    kept = kept_lines(
        line_rows(
            {"order_id": "2", "product_id": "C", "line_number": 9},
            {"order_id": "1", "product_id": "B", "line_number": 12, "account_id": "7"},
            {"order_id": "1", "product_id": "A", "line_number": 31, "happened_at": late},
            {"order_id": "C1", "is_refund": True},
        )
    )
    lines = order_lines(kept, purchase_orders(kept, "UTC", "EUR"), "EUR")
    found = staged.ORDER_LINE.conform(lines).collect()
    assert found.select("order_key", "line_index", "product_key", "account_key", "happened_at").rows() == [
        ("web/1", 1, "web/B", "web/7", NOON),
        ("web/1", 2, "web/A", "web/7", NOON),
        ("web/2", 1, "web/C", None, NOON),
    ]


def test_refunds_are_unlinked_positive_and_no_orders() -> None:
    kept = kept_lines(
        line_rows(
            {"order_id": "C1", "account_id": "7", "quantity": 4, "unit_price": 25_000, "is_refund": True},
            {"order_id": "C1", "account_id": "7", "product_id": "Q", "is_refund": True},
        )
    )
    found = staged.REFUND.conform(refunds(kept, purchase_orders(kept, "UTC", "EUR"), "UTC", "EUR")).collect()
    assert found.select("refund_key", "order_key", "account_key", "quantity", "amount").rows() == [
        ("web/C1/1", None, "web/7", 4, 100_000),
        ("web/C1/2", None, "web/7", 1, 10_000),
    ]
    assert purchase_orders(kept, "UTC", "EUR").collect().is_empty()


def test_an_article_keeps_its_latest_name_and_category_and_is_goods_if_always_so() -> None:
    day = timedelta(days=1)
    kept = kept_lines(
        line_rows(
            {"order_id": "1", "product_name": "Tea", "category": "Drinks", "product_id": "T"},
            {"order_id": "2", "product_name": "Green tea", "happened_at": NOON + day, "product_id": "T"},
            {"order_id": "3", "happened_at": NOON + 2 * day, "product_id": "T"},
            {"order_id": "4", "product_id": "FEE", "is_goods": False},
            {"order_id": "5", "product_id": "FEE"},
        )
    )
    found = staged.PRODUCT.conform(products(named_products(kept))).collect()
    assert found.select("product_key", "product_name", "category", "is_goods", "happened_at").rows() == [
        ("web/FEE", None, None, False, NOON),
        ("web/T", "Green tea", "Drinks", True, NOON),
    ]


def test_rows_without_an_order_number_are_not_lost_as_merged() -> None:
    told = line_rows({"order_id": None}, {"order_id": "1"}, {"order_id": "1", "file_rank": 1})
    kept = kept_lines(told)
    assert sorted(kept.collect()["order_id"].to_list(), key=str) == ["1", None]
    assert dict(merged_by_file(told, kept, ORDER).collect().iter_rows()) == {"f0": 1, "f1": 0}


LINES = st.lists(
    st.fixed_dictionaries(
        {
            "order_id": st.sampled_from("123"),
            "product_id": st.sampled_from("PQ"),
            "quantity": st.integers(0, 2),
            "account_id": st.sampled_from([None, "7", "8"]),
            "product_name": st.sampled_from([None, "Tea", "Pot"]),
            "file_rank": st.integers(0, 2),
            "is_refund": st.booleans(),
        }
    ),
    max_size=12,
).map(lambda lines: [{**line, "line_number": place + 2} for place, line in enumerate(lines)])


@settings(max_examples=40)
@given(LINES)
def test_every_row_of_every_file_is_kept_or_merged(lines: list[dict[str, object]]) -> None:
    told = line_rows(*lines)
    kept = kept_lines(told)
    merged = merged_by_file(told, kept, ORDER)
    loaded = Counter(kept.collect()["file_id"].to_list())
    assert loaded + Counter(dict(merged.collect().iter_rows())) == Counter(f"f{line['file_rank']}" for line in lines)
    latest: dict[object, int] = {}
    for line in lines:
        subject = line["order_id"], line["is_refund"]
        latest[subject] = max(latest.get(subject, 0), int(str(line["file_rank"])))
    counting = [line for line in lines if line["file_rank"] == latest[line["order_id"], line["is_refund"]]]
    distinct = {tuple(line[name] for name in sorted(line) if name != "line_number") for line in counting}
    assert sum(loaded.values()) == len(distinct)
    conformed = staged.PURCHASE_ORDER.conform(purchase_orders(kept, "UTC", "EUR")).collect()
    bought = order_lines(kept, conformed.lazy(), "EUR").collect()
    assert bought.height + refunds(kept, purchase_orders(kept, "UTC", "EUR"), "UTC", "EUR").collect().height == len(
        distinct
    )
    assert conformed["customer_paid"].sum() == bought["amount"].sum()
    assert conformed["line_count"].sum() == bought.height


@settings(max_examples=40)
@given(LINES, st.randoms(use_true_random=False))
def test_the_order_in_which_rows_come_changes_nothing(lines: list[dict[str, object]], random: object) -> None:
    shuffled = list(lines)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    one, other = kept_lines(line_rows(*lines)), kept_lines(line_rows(*shuffled))
    orders = [purchase_orders(kept, "UTC", "EUR").collect() for kept in (one, other)]
    assert_frame_equal(*orders, check_row_order=True)
    assert_frame_equal(
        *(
            order_lines(k, o.lazy(), "EUR").select(staged.ORDER_LINE.column_names).collect()
            for k, o in zip((one, other), orders, strict=True)
        )
    )
    assert_frame_equal(
        *(
            refunds(k, o.lazy(), "UTC", "EUR").select(staged.REFUND.column_names).collect()
            for k, o in zip((one, other), orders, strict=True)
        )
    )
    assert_frame_equal(*(products(named_products(k)).collect() for k in (one, other)))


@settings(max_examples=40)
@given(LINES)
def test_articles_known_shard_by_shard_are_those_known_at_once(lines: list[dict[str, object]]) -> None:
    kept = kept_lines(line_rows(*lines)).collect()
    shards = [kept.filter(pl.col("order_id") == order).lazy() for order in "123"]
    apart = products(pl.concat(named_products(shard) for shard in shards)).collect()
    assert_frame_equal(apart, products(named_products(kept.lazy())).collect())


def test_lines_that_differ_in_a_column_nobody_mapped_are_two_sales() -> None:
    sizes = line_rows(
        {"order_id": "1", "cells_hash": 1}, {"order_id": "1", "cells_hash": 2}, {"order_id": "1", "cells_hash": 2}
    )
    kept = kept_lines(sizes).collect()
    assert (kept.height, kept["repeats"].sum()) == (2, 3)


def test_a_refund_note_with_the_number_of_an_order_is_linked_to_it_and_does_not_replace_it() -> None:
    bought = {"order_id": "1", "quantity": 2, "file_rank": 0}
    back = {"order_id": "1", "quantity": 1, "file_rank": 1, "is_refund": True}
    kept = kept_lines(line_rows(bought, back))
    orders = purchase_orders(kept, "UTC", "EUR")
    found = refunds(kept, orders, "UTC", "EUR").collect()
    assert orders.collect()["customer_paid"].to_list() == [20_000]
    assert found.select("order_key", "amount").rows() == [("web/1", 10_000)]
