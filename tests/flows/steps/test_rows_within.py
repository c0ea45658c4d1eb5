"""Files whose rows tell of several things: each row counts once, waits whole, and leaves whole with its person."""

import json

import polars as pl
import pytest

from tests.flows.steps.conftest import Shop
from tests.flows.steps.native import account, dummy_order, rejects, rows
from tests.flows.steps.test_erased_rows import bar, fates
from transforms.contracts import staged
from transforms.contracts.quality import QUARANTINE

SHOPIFY_CUSTOMERS = "First Name,Last Name,Email,Accepts Email Marketing,Phone,Accepts SMS Marketing"
WOO = (
    "order_number,order_date,status,order_total,order_currency,billing_email,billing_first_name,customer_email,"
    "refund_items,line_item_1,line_item_2"
)
SQUARE = (
    "Transaction ID,Payment ID,Date,Time,Time Zone,Net Sales,Tax,Partial Refunds,Event Type,Customer ID,Customer Name"
)
WORD = ("account_key", "channel", "consent_state")


def item(name: str, pieces: object = 1) -> str:
    return f"name:{name}|product_id:9|sku:{name.upper()}|quantity:{pieces}|total:10.00|sub_total:10.00"


def woo_order(number: int, mail: str, refund: str = "", *items: str, status: str = "completed") -> str:
    told = [*items, "", ""][:2]
    return f"{number},2026-03-01 10:00:00,{status},20.00,CNY,{mail},Ada,,{refund},{told[0]},{told[1]}"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")


@pytest.fixture
def shop(native: Shop) -> Shop:
    """A shop of three stores, with an order of somebody else."""
    dummy_order(native)
    return native


def square(shop: Shop, *lines: str) -> None:
    shop.export("shopify/transactions.csv", *lines, header=SQUARE)


SALE = "TXN1,P1,03/01/26,10:00:00,UTC,$20.00,$2.00,$0.00,Payment,C7,Ada"
BACK = "TXN1,P2,03/02/26,10:00:00,UTC,-$5.00,-$0.50,$0.00,Refund,C7,Ada"
AMOUNT_BACK = "TXN1,P3,03/03/26,10:00:00,UTC,$0.00,$0.00,-$1.00,Refund,,"


def test_rows_that_are_something_else_count_as_what_they_are(shop: Shop) -> None:
    square(shop, SALE, BACK, BACK, AMOUNT_BACK, BACK.replace("03/02/26", "13/13/26"), SALE.replace("Payment", "Fee"))
    assert account(shop)["shopify/transactions.csv"] == (6, 3, 1, 2)
    assert rows(shop, staged.REFUND, ["order_key", "account_key", "amount"]) == [
        ("shopify/TXN1", "shopify/C7", 55_000),
        ("shopify/TXN1", "shopify/C7", 10_000),
    ]
    rules = shop.stage().scan(QUARANTINE).sort("line_number").select("line_number", "table_name", "rule", "hint")
    [(_, kind, rule, _), (_, other_kind, other_rule, hint)] = rules.collect().rows()
    assert (kind, rule) == ("refund", "happened_at_unreadable")
    assert (other_kind, other_rule) == ("purchase_order", "order_state_unknown")
    assert "see Event Type" in hint


def test_a_file_of_nothing_but_rows_that_are_something_else(shop: Shop) -> None:
    square(shop, BACK, AMOUNT_BACK)
    assert account(shop)["shopify/transactions.csv"] == (2, 2, 0, 0)
    assert rows(shop, staged.REFUND, ["order_key", "amount"]) == [(None, 55_000), (None, 10_000)]


def test_what_rows_tell_besides_counts_for_nothing(shop: Shop) -> None:
    back = "amount:4.50|reason:late|date:2026-03-02 12:00:00;amount:1.00|reason:|date:2026-03-03 12:00:00"
    shop.export(
        "shopify/woo.csv",
        woo_order(1, "A@x.example", back, item("Tea"), item("Tea")),
        woo_order(2, "b@x.example"),
        woo_order(2, "b@x.example"),
        header=WOO,
    )
    assert account(shop)["shopify/woo.csv"] == (3, 2, 1, 0)
    of_one = [
        row for row in rows(shop, staged.ORDER_LINE, ["order_key", "product_key", "amount"]) if row[0] == "shopify/1"
    ]
    assert of_one == [("shopify/1", "shopify/TEA", 100_000)] * 2
    assert sorted(rows(shop, staged.REFUND, ["order_key", "account_key", "amount"])) == [
        ("shopify/1", "shopify/a@x.example", 10_000),
        ("shopify/1", "shopify/a@x.example", 45_000),
    ]


def test_overlapping_exports_tell_a_refund_once_whatever_columns_they_have(shop: Shop) -> None:
    back = "amount:4.50|reason:late|date:2026-03-02 12:00:00"
    shop.export("shopify/woo1.csv", woo_order(1, "a@x.example", back, item("Tea")), header=WOO)
    both = f"order_id,{WOO}"
    shop.export("shopify/woo2.csv", f"1,{woo_order(1, 'a@x.example', back, item('Tea'))}", header=both)
    assert rows(shop, staged.REFUND, ["order_key", "amount"]) == [("shopify/1", 45_000)]


def test_one_broken_row_within_sends_the_whole_row_to_quarantine(shop: Shop) -> None:
    shop.export(
        "shopify/woo.csv",
        woo_order(1, "a@x.example", "", item("Tea"), item("Pot", "six")),
        woo_order(2, "b@x.example", "amount:free|reason:|date:", item("Tea")),
        woo_order(3, "c@x.example", "", item("Tea"), item("Pot", -1), status="lent"),
        woo_order(4, "d@x.example", "", item("Tea")),
        header=WOO,
    )
    assert rejects(shop) == [
        ("shopify/woo.csv", 2, "quantity_unreadable", 2),
        ("shopify/woo.csv", 3, "refunded_amount_unreadable", 1),
        ("shopify/woo.csv", 4, "order_state_unknown", 3),
    ]
    hints = shop.stage().scan(QUARANTINE).sort("line_number").collect()["hint"].to_list()
    assert hints[0].startswith("quantity is not a whole number")
    assert hints[1].startswith("refunded_amount is not an amount")
    assert hints[2].startswith("woocommerce_orders does not know this status")
    assert account(shop)["shopify/woo.csv"] == (4, 1, 0, 3)
    assert {row[0] for row in rows(shop, staged.ORDER_LINE, ["order_key"])} == {"shopify/0", "shopify/4"}


def test_words_of_consent_beside_an_account_and_the_hint_names_the_right_header(shop: Shop) -> None:
    shop.export(
        "shopify/customers.csv",
        "Ada,L,Ada@x.example,yes,,no",
        "Bob,,b@x.example,no,,",
        "Cyd,,,yes,+8613000000001,yes",
        "Dan,,d@x.example,maybe,,no",
        "Eve,,e@x.example,yes,,perhaps",
        "Nobody,,,yes,,no",
        header=SHOPIFY_CUSTOMERS,
    )
    assert account(shop)["shopify/customers.csv"] == (6, 4, 0, 2)
    assert sorted(rows(shop, staged.CONSENT, WORD)) == [
        ("shopify/+8613000000001", "email", "granted"),
        ("shopify/+8613000000001", "sms", "granted"),
        ("shopify/ada@x.example", "email", "granted"),
        ("shopify/ada@x.example", "sms", "refused"),
        ("shopify/b@x.example", "email", "refused"),
    ]
    found = shop.stage().scan(QUARANTINE).sort("line_number").collect()
    assert found["rule"].to_list() == ["consent_state_unknown"] * 2
    assert ["see Accepts Email Marketing" in hint for hint in found["hint"]] == [True, False]
    assert ["see Accepts SMS Marketing" in hint for hint in found["hint"]] == [False, True]


@pytest.mark.parametrize("later", ["yes", "no"])
def test_of_two_lists_that_do_not_say_when_the_later_files_word_counts(shop: Shop, later: str) -> None:
    words = ["no" if later == "yes" else "yes", later]
    for number, word in enumerate(words):
        shop.export(f"shopify/customers{number}.csv", f"Ada,,a@x.example,{word},,", header=SHOPIFY_CUSTOMERS)
        shop.stage()
    assert rows(shop, staged.CONSENT, WORD) == [
        ("shopify/a@x.example", "email", {"yes": "granted", "no": "refused"}[later])
    ]


def test_a_list_of_objects_is_read_like_a_file_with_a_header(shop: Shop) -> None:
    number = 1234567890123456789
    order = {
        "ordered_at": "2026-03-01 10:00:00",
        "product_id": "P",
        "quantity": 2,
        "unit_price": 1.10,
        "account_id": None,
    }
    told = [
        {"order_id": number, **order},
        {"note": {"gift": True}, **order, "order_id": str(number + 1), "product_name": 'Tea\nor "茶", hot'},
        {**order, "order_id": 3, "product_id": "Q", "product_name": "Pot\nand lid"},
    ]
    (shop.exports / "shopify" / "orders.json").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8-sig")
    found = rows(shop, staged.ORDER_LINE, ["order_key", "quantity", "unit_price"])
    assert [key for key, *_ in found[1:]] == [f"shopify/{key}" for key in (number, number + 1, 3)]
    assert {tuple(sold) for _, *sold in found[1:]} == {(2, 11_000)}
    names = shop.stage().scan(staged.PRODUCT).collect()["product_name"].drop_nulls()
    assert {" ".join(name.split()) for name in names} == {'Tea or "茶", hot', "Pot and lid"}
    assert rejects(shop) == []


def traces(shop: Shop, *texts: str) -> set[str]:
    """Which of `texts` stand in what a run leaves: the lake's copies, rows, rejects, and the tables made of them."""
    tables, lake = shop.stage().root, shop.night().lake.root
    files = [
        path for folder in (tables, lake / "batches", lake / "raw") for path in folder.rglob("*") if path.is_file()
    ]
    held = [pl.read_parquet(path).write_json() for path in files if path.suffix == ".parquet"]
    held += [path.read_text(encoding="utf-8") for path in files if path.suffix != ".parquet"]
    return {text for text in texts if any(text in one for one in held)}


def test_an_erased_person_leaves_with_all_that_their_rows_tell_besides(shop: Shop) -> None:
    back = "amount:4.50|reason:Secretly|date:2026-03-02 12:00:00"
    shop.export(
        "shopify/woo.csv",
        woo_order(1, "Ada@x.example", back, item("Adamug"), item("Adapot")),
        woo_order(2, "b@x.example", back.replace("Secretly", "Openly"), item("Tea")),
        woo_order(3, "ada@x.example", "", item("Adacup", "six")),
        header=WOO,
    )
    shop.export(
        "shopify/customers.csv",
        "Ada,Lovelace,ada@x.example,yes,,no",
        "Bob,,b@x.example,no,,yes",
        header=SHOPIFY_CUSTOMERS,
    )
    square(shop, SALE.replace("C7", "ada@x.example"), BACK.replace("C7", "ada@x.example"), AMOUNT_BACK,
           SALE.replace("TXN1", "TXN2").replace("Ada", "Bob"))  # fmt: skip
    theirs = ("ada@x.example", "Ada@x.example", "Lovelace", "Secretly", "ADAMUG", "Adapot", "ADACUP", "TXN1")
    assert traces(shop, *theirs, "b@x.example") >= {"Lovelace", "Secretly", "ADAMUG", "TXN1", "b@x.example"}
    bar(shop, account_key="shopify/ada@x.example")
    erased = {name: erased for name, (_, erased) in fates(shop).items() if erased}
    assert erased == {"shopify/woo.csv": 2, "shopify/customers.csv": 1, "shopify/transactions.csv": 3}
    assert traces(shop, *theirs, "b@x.example", "Openly") == {"b@x.example", "Openly"}
