"""Repaired rejects in a lake: they take the place of the file they repair, whenever they come."""

from collections.abc import Callable
from datetime import UTC, datetime
from hashlib import sha256
from itertools import permutations

import pytest

from flows.io.lake import RawFile
from flows.steps.repaired import in_order_of_telling, sources
from tests.flows.steps.conftest import HEADER, Shop
from tests.flows.steps.native import SHOPIFY, rejects, rows
from transforms.contracts import staged

BROKEN = ("1,2026-03-01 10:00,7,P,1,2.50", "1,2026-03-01 10:00,7,Q,x,1", "2,2026-03-01 11:00,7,P,1,1")
REPAIRED = ("1,2026-03-01 10:00,7,P,1,2.50", "1,2026-03-01 10:00,7,Q,2,1")
LATER = ("2,2026-03-01 11:00,7,P,3,1",)
COLUMNS = ("order_key", "customer_paid", "line_count")


def raw(*names: str) -> list[RawFile]:
    """Files with the ids `0000000000000000`, `1111111111111111` and so on."""
    now = datetime(2026, 3, 1, tzinfo=UTC)
    return [RawFile(f"{place}" * 16, f"s{place}", name, 1, 1, now, "", 1) for place, name in enumerate(names)]


def told(files: list[RawFile]) -> dict[str, str]:
    return {repaired[0]: source[0] for repaired, source in sources(files).items()}


def telling(files: list[RawFile]) -> str:
    return "".join(file.file_id[0] for file in in_order_of_telling(files))


def repair(name: str, *lines: str) -> str:
    """What a repaired file of a source of these lines is called."""
    content = "".join(f"{line}\n" for line in (HEADER, *lines))
    return f"{name}.{sha256(content.encode()).hexdigest()[:8]}.rejected.csv"


def test_a_repaired_file_belongs_to_the_file_that_was_checked_not_to_a_newer_one_of_its_name() -> None:
    files = raw("o.csv", "o.csv", "o.00000000.rejected.csv", "o.csv", "o.00000000.rejected.22222222.rejected.csv")
    assert told(files) == {"2": "0", "4": "2"}
    assert telling(files) == "02413"


def test_a_repaired_file_that_comes_first_waits_for_its_source() -> None:
    files = raw("o.11111111.rejected.csv", "o.csv", "x.csv")
    assert told(files) == {"0": "1"}
    assert telling(files) == "102"


def test_a_name_that_tells_no_other_file_makes_no_repair() -> None:
    assert told(raw("o.csv", "o.rejected.csv", "o.99999999.rejected.csv", "o.33333333.rejected.csv")) == {}
    assert telling(raw("o.11111111.rejected.csv", "o.00000000.rejected.csv")) in ("01", "10")


def test_an_export_of_the_same_name_that_came_after_the_check_counts(shop: Shop) -> None:
    shop.export("o.csv", *BROKEN)
    rows(shop, staged.PURCHASE_ORDER, COLUMNS)
    shop.export("o.csv", "1,2026-03-01 10:00,7,P,9,1")
    rows(shop, staged.PURCHASE_ORDER, COLUMNS)
    shop.export(repair("o", *BROKEN), *REPAIRED)
    assert rows(shop, staged.PURCHASE_ORDER, COLUMNS) == [("main/1", 90_000, 1), ("main/2", 10_000, 1)]


def test_repaired_rows_count_once_whatever_came_in_between(make_shop: Callable[[], Shop]) -> None:
    files = {"o.csv": BROKEN, "later.csv": LATER, repair("o", *BROKEN): REPAIRED}
    for order in permutations(files):
        if order.index("o.csv") > order.index("later.csv"):
            continue  # then the other one is the later export
        shop = make_shop()
        for name in order:
            shop.export(name, *files[name])
            found = rows(shop, staged.PURCHASE_ORDER, COLUMNS)
        assert found == [("main/1", 45_000, 2), ("main/2", 30_000, 1)], order


def test_rejects_fed_again_unrepaired_are_quarantined_again_and_break_nothing(shop: Shop) -> None:
    shop.export("o.csv", *BROKEN)
    before = rows(shop, staged.PURCHASE_ORDER, COLUMNS)
    repaired = repair("o", *BROKEN)
    shop.export(repaired, *BROKEN[:2])
    assert rows(shop, staged.PURCHASE_ORDER, COLUMNS) == before
    assert {told[:3] for told in rejects(shop)} == {
        ("o.csv", 3, "quantity_unreadable"),
        (repaired, 3, "quantity_unreadable"),
    }


def test_a_folder_of_rejects_is_not_read(shop: Shop) -> None:
    shop.export("o.csv", *BROKEN)
    shop.export("rejected/o.rejected.csv", *REPAIRED)
    shop.export("web/rejected/odd.csv", "nonsense", header="no,layout")
    assert rows(shop, staged.PURCHASE_ORDER, COLUMNS) == [("main/1", 25_000, 1), ("main/2", 10_000, 1)]


@pytest.mark.parametrize("shards", [1, 3])
def test_an_order_that_lost_a_row_stays_as_an_earlier_export_told_it_whole(shop: Shop, shards: int) -> None:
    shop.export("1.csv", *REPAIRED)
    shop.export("2.csv", "1,2026-03-01 10:00,7,P,1,2.50", "1,2026-03-01 10:00,7,Q,?,1")
    assert rows(shop, staged.PURCHASE_ORDER, COLUMNS, shards) == [("main/1", 45_000, 2)]


def test_what_a_row_tells_of_its_order_gives_way_with_its_lines(native: Shop) -> None:
    def order(status: str, quantity: str) -> str:
        return f"#1,a@x.example,{status},,CNY,0,5,0,2026-03-01 10:00:00 +0800,{quantity},P,5,P,,,0,"

    native.export("shopify/1.csv", order("paid", "1"), header=SHOPIFY)
    native.export("shopify/2.csv", order("refunded", "1"), order("refunded", "x"), header=SHOPIFY)
    assert rows(native, staged.REFUND, ("amount",)) == []
    native.export("shopify/3.csv", order("refunded", "1"), header=SHOPIFY)
    assert rows(native, staged.REFUND, ("amount",)) == [(50_000,)]
