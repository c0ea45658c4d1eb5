"""A layout that changes between nights, and files that cannot be split into cells."""

import pytest

from flows.faults import InputError
from flows.steps.collect import collect
from flows.steps.read import read
from tests.flows.steps.conftest import HEADER, Shop
from transforms.contracts import staged

MAP = """[shop]
currency = "EUR"
[[layouts]]
name = "mine"
kind = "order_line"
columns = {{order_id = "{order_id}", happened_at = "When", product_id = "What", quantity = "Q", unit_price = "P"}}
"""


def test_a_file_whose_header_no_layout_knows_any_more_is_named_not_emptied(shop: Shop) -> None:
    shop.config.write_text(MAP.format(order_id="No"))
    shop.export("1.csv", "O1,2026-03-01 10:00,P1,1,2.50", header="No,When,What,Q,P")
    shop.stage()
    shop.config.write_text(MAP.format(order_id="Number"))
    shop.export("2.csv", "O2,2026-03-01 10:00,P1,1,2.50", header="Number,When,What,Q,P")
    night = shop.night()
    with pytest.raises(InputError, match=r"1\.csv: unknown layout; closest is mine, which also needs .* Number"):
        read(night, collect(night))


def test_a_file_read_by_another_layout_now_follows_that_one(shop: Shop) -> None:
    shop.export("1.csv", "O1,2026-03-01 10:00:00,7,P1,1,2.50")
    [before] = shop.tables(staged.PURCHASE_ORDER)
    columns = ", ".join(
        f'{ours} = "{header}"'
        for ours, header in zip(
            ("order_id", "happened_at", "account_id", "product_id", "quantity", "unit_price"),
            HEADER.split(","),
            strict=True,
        )
    )
    shop.config.write_text(
        f'[shop]\ncurrency = "EUR"\n[[layouts]]\nname = "mine"\nkind = "order_line"\n'
        f'store_id = "web"\ncolumns = {{{columns}}}\n'
    )
    [after] = shop.tables(staged.PURCHASE_ORDER)
    assert (before["order_key"].to_list(), after["order_key"].to_list()) == (["main/O1"], ["web/O1"])


def test_a_lake_may_lie_under_a_path_with_brackets(shop: Shop) -> None:
    shop.folder = shop.folder / "shop [1] *"
    shop.export("1.csv", "O1,2026-03-01 10:00:00,7,P1,1,2.50", "O2,never,7,P1,1,2.50")
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert orders["order_key"].to_list() == ["main/O1"]
