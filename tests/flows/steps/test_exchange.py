"""A shop that sells in several currencies: rates from settings and file, and what is said where one is missing."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from flows.faults import InputError
from flows.io.rates import rates_of
from flows.settings import load_settings
from flows.steps.collect import collect
from flows.steps.gate import gate
from flows.steps.read import read
from flows.steps.stage import stage
from tests.flows.steps.conftest import HEADER, Shop
from tests.flows.steps.native import SHOPIFY
from transforms.contracts import quality, staged

IN_CURRENCY = f"{HEADER},currency"
COSTS = "product_id,valid_from,unit_cost,currency"


def configure(shop: Shop, rates: str = "", currency: str = "CNY") -> None:
    shop.config.write_text(f'[shop]\ncurrency = "{currency}"\ntimezone = "Asia/Shanghai"\n{rates}')


def a_rate(currency: str, day: str, rate: str) -> str:
    return f'[[rates]]\ncurrency = "{currency}"\ndate = {day}\nrate = {rate}\n'


def test_orders_refunds_and_costs_are_in_the_reporting_currency(shop: Shop) -> None:
    configure(shop, a_rate("USD", "2026-03-01", "7.25") + a_rate("USD", "2026-03-03", "7.5"))
    # 18:00 UTC on 1 March is 2 March in Shanghai; 4 March takes the rate of 3 March.
    shop.export(
        "orders.csv",
        "1,2026-03-01 18:00:00+0000,7,P,2,10.00,USD",
        "1,2026-03-01 18:00:00+0000,7,Q,1,5.55,USD",
        "2,2026-03-04 10:00:00,7,P,1,10.00,USD",
        "3,2026-03-04 10:00:00,8,P,1,70.00,CNY",
        "4,2026-03-04 10:00:00,8,P,1,70.00,",
        header=IN_CURRENCY,
    )
    # The second cost only holds after the night, and needs no rate yet.
    shop.export("costs.csv", "P,2026-03-02,4.00,USD", "P,2026-04-20,4.00,USD", "Q,2026-03-02,9.00,CNY", header=COSTS)
    orders, lines, costs = shop.tables(staged.PURCHASE_ORDER, staged.ORDER_LINE, staged.PRODUCT_COST)
    told = orders.select("order_id", "customer_paid", "currency", "original_amount", "original_currency").rows()
    assert told == [
        ("1", 1_852_375, "CNY", 255_500, "USD"),
        ("2", 750_000, "CNY", 100_000, "USD"),
        ("3", 700_000, "CNY", 700_000, "CNY"),
        ("4", 700_000, "CNY", 700_000, "CNY"),
    ]
    assert lines.filter(order_key="main/1")["amount"].to_list() == [1_450_000, 402_375]
    assert costs.select("product_key", "unit_cost", "currency").rows() == [
        ("main/P", 290_000, "CNY"),
        ("main/Q", 90_000, "CNY"),
    ]


@pytest.mark.filterwarnings("ignore:module 'sre_:DeprecationWarning")
def test_the_gate_finds_nothing_in_what_was_exchanged(native: Shop) -> None:
    rates = a_rate("USD", "2026-02-01", "7.2345") + a_rate("USD", "2026-03-02", "6.9999")
    native.config.write_text(native.config.read_text() + rates)
    at = "2026-03-02 10:00:00 +0800"
    native.export(
        "shopify/orders.csv",
        f"#1,a@x.example,refunded,,USD,3.33,20.01,0.00,{at},3,Tea,5.55,TEA,0.00,,20.01,",
        "#1,,,,,,,,,1,Pot,1.11,POT,0.00,,,",
        f"#2,b@x.example,partially_refunded,,USD,0.00,9.99,0.02,{at},7,Tea,1.43,TEA,0.00,,3.33,",
        f"#3,c@x.example,paid,,CNY,0.00,9.99,0.00,{at},1,Tea,9.99,TEA,0.00,,,",
        header=SHOPIFY,
    )
    night = native.night()
    stage(night, *read(night, collect(night)))
    gate(night)
    results = night.work.scan(quality.CHECK_RESULT).collect()
    assert results.filter(~pl.col("is_passed")).select("table_name", "check_name").rows() == []
    orders, refunds = (night.work.scan(table).collect() for table in (staged.PURCHASE_ORDER, staged.REFUND))
    assert orders.select("order_id", "customer_paid", "original_amount", "original_currency").sort(
        "order_id"
    ).rows() == [
        ("#1", 1_400_680, 200_100, "USD"),
        ("#2", 699_290, 99_900, "USD"),
        ("#3", 99_900, 99_900, "CNY"),
    ]
    assert refunds.select("order_key", "amount", "original_amount").sort("order_key").rows() == [
        ("shopify/#1", 1_400_680, 200_100),
        ("shopify/#2", 233_097, 33_300),
    ]


def test_a_refund_note_of_another_number_takes_the_rate_of_its_own_day(shop: Shop) -> None:
    layout = (
        '[[layouts]]\nname = "till"\nkind = "order_line"\nrefund_prefix = "R"\n'
        '[layouts.columns]\norder_id = "no"\nhappened_at = "at"\naccount_id = "who"\nproduct_id = "what"\n'
        'quantity = "pieces"\nunit_price = "price"\noriginal_currency = "money"\n'
    )
    configure(shop, a_rate("USD", "2026-03-01", "7") + a_rate("USD", "2026-03-03", "8") + layout)
    shop.export(
        "till.csv",
        "1,2026-03-01,7,P,1,10.00,USD",
        "R1,2026-03-03,7,P,-1,10.00,USD",
        header="no,at,who,what,pieces,price,money",
    )
    [refunds] = shop.tables(staged.REFUND)
    assert refunds.select("order_key", "amount", "original_amount", "original_currency").rows() == [
        (None, 800_000, 100_000, "USD")
    ]


def test_a_store_tells_its_currency_in_the_settings(shop: Shop) -> None:
    stores = '[[stores]]\nid = "taobao"\ncurrency = "CNY"\n[[stores]]\nid = "web"\n'
    configure(shop, stores + a_rate("CNY", "2026-03-01", "0.1275"), currency="EUR")
    shop.export("taobao/orders.csv", "1,2026-03-02,7,P,1,100.00")
    shop.export("web/orders.csv", "1,2026-03-02,7,P,1,90.00")
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert orders.select("order_key", "customer_paid", "original_currency").rows() == [
        ("taobao/1", 127_500, "CNY"),
        ("web/1", 900_000, "EUR"),
    ]


def test_shards_change_nothing(shop: Shop) -> None:
    configure(shop, a_rate("USD", "2026-03-01", "7.1234"))
    lines = [
        f"{number},2026-03-0{1 + number % 3},{number},P,1,{number}.33,{'USD' if number % 2 else ''}"
        for number in range(20)
    ]
    shop.export("orders.csv", *lines, header=IN_CURRENCY)
    one, four = (shop.tables(staged.PURCHASE_ORDER, staged.ORDER_LINE, shards=shards) for shards in (1, 4))
    assert all(left.equals(right) for left, right in zip(one, four, strict=True))


def refused(shop: Shop) -> str:
    night = shop.night()
    with pytest.raises(InputError) as caught:
        stage(night, *read(night, collect(night)))
    return str(caught.value)


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        ("", "no exchange rate for USD on 2026-03-02, nor for 1 more pairs of currency and day. Add it"),
        (
            a_rate("USD", "2026-01-30", "7"),
            "for USD on 2026-03-03; the last before it is of 2026-01-30, more than 31 days",
        ),
        (a_rate("USD", "2026-03-03", "7"), "no exchange rate for USD on 2026-03-02. Add it"),
    ],
)
def test_a_missing_rate_is_an_error_that_names_currency_and_day(shop: Shop, rates: str, said: str) -> None:
    configure(shop, rates)
    shop.export("orders.csv", "1,2026-03-02,7,P,1,9.00,USD", "2,2026-03-03,7,P,1,9.00,USD", header=IN_CURRENCY)
    message = refused(shop)
    assert said in message
    assert "to the file paths.rates: how many CNY one USD is worth. A shop that reckons in USD" in message


def test_an_order_in_two_currencies_is_an_error_that_names_its_line(shop: Shop) -> None:
    configure(shop, a_rate("USD", "2026-03-01", "7"))
    shop.export("orders.csv", "1,2026-03-02,7,P,1,9.00,USD", "1,2026-03-02,7,Q,1,9.00,CNY", header=IN_CURRENCY)
    assert refused(shop).startswith("orders.csv: line 2: another row of this order tells another currency")


def test_an_amount_beyond_counting_is_an_error(shop: Shop) -> None:
    configure(shop, a_rate("USD", "2026-03-01", "7654321"))
    shop.export("orders.csv", "1,2026-03-02,7,P,1,900000000000,USD", header=IN_CURRENCY)
    assert "more than can be counted" in refused(shop)


def test_where_every_order_was_rejected_the_rule_is_named(shop: Shop) -> None:
    configure(shop)
    shop.export("orders.csv", "1,2026-03-02,7,P,1,9.00,$", "2,2026-03-02,7,P,1,9.00,$", header=IN_CURRENCY)
    said = refused(shop)
    assert said.startswith(
        "no order is left: 2 rows were rejected by the rule original_currency_unreadable. The currency"
    )


def known(tmp_path: Path, text: str | bytes | None, rates: str = "") -> pl.DataFrame:
    config, file = tmp_path / "regulars.toml", tmp_path / "rates.csv"
    if text is not None:
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
    config.write_text(f'[shop]\ncurrency = "CNY"\n[paths]\nrates = "{file}"\n{rates}')
    return rates_of(load_settings(config))


def test_rates_of_file_and_settings_are_exact(tmp_path: Path) -> None:
    text = "\ufeffcurrency,date,rate\r\nUSD,2026-03-01,7.1234567891\r\nJPY,2026-03-01,0.0462\r\n"
    found = known(tmp_path, text, a_rate("USD", "2026-03-02", "7.3"))
    assert sorted(found.rows()) == [
        ("JPY", date(2026, 3, 1), 462_000_000),
        ("USD", date(2026, 3, 1), 71_234_567_891),
        ("USD", date(2026, 3, 2), 73_000_000_000),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "cannot be read (No such file or directory); correct paths.rates"),
        ("day,currency,rate\n", "line 1: the header must be date,currency,rate"),
        ("", "line 1: the header must be date,currency,rate"),
        (b"date,currency,rate\n2026-03-01,\xff,7\n", "is no CSV in UTF-8"),
        ("date,currency,rate\n2026-03-01,USD,7\n01.03.2026,USD,7\n", "line 3, column date: "),
        ("date,currency,rate\n2026-03-01,usd,7\n", "line 2, column currency: "),
        ("date,currency,rate\n2026-03-01,USD,0\n", "line 2, column rate: "),
        ("date,currency,rate\n2026-03-01,USD,7.12345678901\n", "line 2, column rate: "),
        ("date,currency,rate\n2026-03-01,USD,nan\n", "line 2, column rate: "),
        ("date,currency,rate\n2026-03-01,USD\n", "line 2, column rate: "),
        ("date,currency,rate\n2026-03-01,CNY,1\n", "line 2: CNY is the reporting currency"),
        ("date,currency,rate\n2026-03-01,USD,7\n2026-03-01,USD,8\n", "line 3: another rate for USD on 2026-03-01"),
    ],
)
def test_a_wrong_rate_file_is_an_error_that_names_the_line(tmp_path: Path, text: str | bytes | None, said: str) -> None:
    with pytest.raises(InputError) as caught:
        known(tmp_path, text)
    assert said in str(caught.value)


def test_the_same_rate_told_twice_is_one(tmp_path: Path) -> None:
    assert known(tmp_path, "date,currency,rate\n2026-03-01,USD,7\n2026-03-01,USD,7.0\n").height == 1
