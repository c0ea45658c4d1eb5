"""What is left of an order, worked out by hand."""

from datetime import UTC, date, datetime
from decimal import Decimal

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.customers.tables import Row, table
from transforms.contracts import mart, staged
from transforms.facts.costs import Costs, money
from transforms.facts.margin import goods_costs, returned_goods, with_margin

DAY = date(2026, 3, 4)
PRODUCTS = [
    {"product_key": "web/T", "category": "Tea"},
    {"product_key": "web/C", "category": "Cups"},
    {"product_key": "web/X", "category": None},
]
BY_CATEGORY = Costs(category_margin={"Tea": Decimal("0.55")})


def line(order: str, product: str, quantity: int, amount: int, day: date = DAY, is_goods: bool = True) -> Row:
    key = {"order_key": order, "product_key": f"web/{product}", "order_date": day}
    return {**key, "quantity": quantity, "amount": amount, "is_goods": is_goods}


def back(
    order: str | None, product: str, quantity: int, customer: str | None = "c1", is_goods: bool = True, amount: int = 1
) -> Row:
    key = {"order_key": order, "product_key": f"web/{product}", "customer_id": customer, "refund_date": DAY}
    return {**key, "quantity": quantity, "amount": amount, "is_goods": is_goods}


def unit_cost(product: str, cost: int, day: date, hour: int = 0) -> Row:
    instant = datetime(day.year, day.month, day.day, hour, tzinfo=UTC)
    return {"product_key": f"web/{product}", "unit_cost": cost, "happened_date": day, "happened_at": instant}


def at_cost(rows: list[Row]) -> pl.LazyFrame:
    return table(staged.PRODUCT_COST, rows)


def costs_of(lines: list[Row], refunds: list[Row], unit_costs: list[Row], costs: Costs) -> dict[str, int | None]:
    found = goods_costs(
        table(mart.PURCHASE_LINE, lines),
        table(mart.REFUND, refunds),
        table(mart.PRODUCT, PRODUCTS),
        at_cost(unit_costs),
        costs,
    )
    return dict(found.collect().iter_rows())


def test_the_cost_of_the_day_then_that_of_the_category_then_the_shops() -> None:
    lines = [line("a", "T", 2, 1000), line("a", "C", 1, 501), line("b", "X", 3, 900), line("c", "T", 1, 400, DAY)]
    lines += [line("d", "T", 1, 400, date(2026, 3, 3))]
    told = [unit_cost("T", 150, date(2026, 1, 1)), unit_cost("T", 170, DAY), unit_cost("T", 999, date(2026, 3, 5))]
    # Tea by its cost; cups have none and no margin of their own.
    assert costs_of(lines, [], told, Costs()) == {"a": 340, "b": None, "c": 170, "d": 150}
    # Of 501 the shop keeps 40 %: 300.6 was their cost.
    with_shop = Costs(margin=Decimal("0.4"), category_margin={"Tea": Decimal("0.55")})
    assert costs_of(lines, [], told, with_shop) == {"a": 340 + 301, "b": 540, "c": 170, "d": 150}
    assert costs_of(lines, [], [], with_shop) == {"a": 450 + 301, "b": 540, "c": 180, "d": 180}
    assert costs_of(lines, [], [], BY_CATEGORY) == {"a": 450, "b": None, "c": 180, "d": 180}


def test_of_two_costs_of_one_day_the_later_counts() -> None:
    told = [unit_cost("T", 150, DAY, hour=18), unit_cost("T", 120, DAY, hour=9)]
    for order in (told, told[::-1]):
        assert costs_of([line("a", "T", 1, 400)], [], order, Costs()) == {"a": 150}


def test_an_article_costs_nothing_before_its_first_cost() -> None:
    assert costs_of([line("a", "T", 1, 400)], [], [unit_cost("T", 9, date(2026, 3, 5))], Costs()) == {"a": None}


def test_pieces_that_came_back_cost_nothing() -> None:
    lines = [line("a", "T", 2, 1000), line("a", "T", 3, 1200), line("a", "C", 1, 500)]
    told = [unit_cost("T", 150, DAY), unit_cost("C", 90, DAY)]
    kept = [
        ([back("a", "T", 1)], 4 * 150 + 90),
        ([back("a", "T", 1), back("a", "T", 2)], 2 * 150 + 90),
        ([back("a", "T", 99)], 90),
        ([back("a", "T", 0), back("b", "T", 5), back(None, "T", 5)], 5 * 150 + 90),
        ([back("a", "T", 5, is_goods=False)], 5 * 150 + 90),
    ]
    for refunds, expected in kept:
        assert costs_of(lines, refunds, told, Costs()) == {"a": expected}
    # By margin, what they were sold for counts: three of five pieces, 2,200 in all, are left.
    assert costs_of(lines[:2], [back("a", "T", 2)], [], BY_CATEGORY) == {"a": 594}


def test_money_without_pieces_takes_none_back_until_all_goods_are_paid_back() -> None:
    lines = [line("a", "T", 2, 1000), line("a", "C", 1, 500), line("a", "(shipping)", 1, 60, is_goods=False)]
    told = [unit_cost("T", 150, DAY), unit_cost("C", 90, DAY)]
    for amounts, expected in (([1499], 390), ([1000, 500], 0), ([1560], 0), ([0], 390)):
        refunds = [back("a", "(not itemised)", 0, is_goods=False, amount=amount) for amount in amounts]
        assert costs_of(lines, refunds, told, Costs()) == {"a": expected}
        assert costs_of(lines, refunds, [], Costs()) == {"a": None}
    # A coupon of 300 told apart: 1,260 were paid, and all of that is all there was to give back.
    coupon = line("a", "(not itemised)", 1, -300, is_goods=False)
    whole = back("a", "(not itemised)", 0, is_goods=False, amount=1260)
    assert costs_of([*lines, coupon], [whole], told, Costs()) == {"a": 0}


def test_what_is_no_goods_has_no_cost() -> None:
    shipping = line("a", "X", 1, 600, is_goods=False)
    everything = Costs(margin=Decimal("0.4"))
    assert costs_of([shipping], [], [], everything) == {}
    assert costs_of([shipping, line("a", "T", 0, 100)], [], [], everything) == {"a": 60}


def test_a_category_sold_below_cost_and_amounts_beyond_64_bits() -> None:
    at_a_loss = Costs(category_margin={"Tea": Decimal("-0.25")})
    assert costs_of([line("a", "T", 1, 400)], [], [], at_a_loss) == {"a": 500}
    assert costs_of([line("a", "T", 10**6, 10**16)], [back("a", "T", 1)], [], BY_CATEGORY) == {
        "a": (10**16 - 10**10) * 45 // 100
    }


def test_goods_that_came_back_without_an_order_are_worth_their_cost() -> None:
    refunds = [back(None, "T", 2), back(None, "C", 1), back(None, "T", 1, "c2"), back("a", "T", 5), back(None, "T", 0)]
    refunds += [back(None, "T", 5, None), back(None, "T", 5, is_goods=False)]
    found = returned_goods(
        table(mart.REFUND, refunds), table(mart.PRODUCT, PRODUCTS), at_cost([unit_cost("T", 60, DAY)]), Costs()
    )
    assert sorted(found.collect().iter_rows()) == [("c1", -120), ("c2", -60)]


def margins(*orders: Row, goods: dict[str, int], costs: Costs) -> list[tuple[object, ...]]:
    schema = {"order_key": pl.String, "goods_cost": pl.Int64}
    told = pl.LazyFrame(list(goods.items()), schema=schema, orient="row")
    found = with_margin(table(mart.PURCHASE_ORDER, list(orders)).drop("goods_cost"), told, costs)
    return found.select("order_key", "goods_cost", "other_costs", "margin").collect().rows()


def order(key: str, paid: int, net: int, units: int = 1) -> Row:
    return {"order_key": key, "customer_paid": paid, "net_revenue": net, "units": units}


def test_fee_and_shipping_lower_the_margin_below_zero_if_need_be() -> None:
    costs = Costs(payment_fee=Decimal("0.029"), shipping_per_order=Decimal("0.05"))
    orders = [order("b", 1000, 900), order("a", 117, 117), order("v", 1000, 1000, units=0), order("z", 0, 0)]
    # 2.9 % of 1,000 is 29, of 117 is 3.4; shipping is 500 ten-thousandths; a voucher is not shipped.
    assert margins(*orders, goods={"b": 400, "a": 100}, costs=costs) == [
        ("b", 400, 529, -29),
        ("a", 100, 503, -486),
        ("v", None, 29, 971),
        ("z", None, 500, -500),
    ]


def test_without_costs_margin_is_net_revenue() -> None:
    assert not Costs().are_told
    assert margins(order("a", 100, -20), goods={}, costs=Costs()) == [("a", None, 0, -20)]


@given(
    st.lists(st.tuples(st.integers(1, 9), st.integers(0, 10**9), st.integers(0, 12)), min_size=1, max_size=6),
    st.integers(-1_000_000, 1_000_000),
)
def test_what_is_kept_and_what_came_back_cost_what_was_bought(
    bought: list[tuple[int, int, int]], millionths: int
) -> None:
    costs = Costs(margin=Decimal(millionths) / 10**6)
    lines = [line(str(n), "T", quantity, amount) for n, (quantity, amount, _) in enumerate(bought)]
    returned = [min(quantity, pieces) for quantity, _, pieces in bought]
    refunds = [back(str(n), "T", pieces) for n, pieces in enumerate(returned)]
    rest = [back(str(n), "T", quantity - returned[n]) for n, (quantity, _, _) in enumerate(bought)]
    whole, kept, gone = (costs_of(lines, given_back, [], costs) for given_back in ([], refunds, rest))
    for key, cost in whole.items():
        # Each of the two is rounded for itself, and its worth before.
        assert abs((cost or 0) - (kept[key] or 0) - (gone[key] or 0)) <= 4
        assert 0 <= (kept[key] or 0) <= (cost or 0)


def test_money_is_told_to_the_ten_thousandth() -> None:
    assert (money(Decimal("0.0505")), money(Decimal(12))) == (505, 120_000)
    # 15 minutes at 38.50 an hour.
    costs = Costs(service_minutes=Decimal(15), service_hour=Decimal("38.5"))
    assert (costs.ticket_cost, costs.are_told) == (96_250, True)
