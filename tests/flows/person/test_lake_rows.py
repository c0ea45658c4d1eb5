"""What the copies of export files hold of a person, cell by cell."""

import shutil
from pathlib import Path

import polars as pl
import pytest

from flows.demo_world import Wanted, write_demo_world
from flows.person.lake import LakeRows, lake_rows
from tests.flows.steps.conftest import Shop
from transforms.contracts import staged

REFERRALS = "referral_id,referred_at,referrer_account_id,account_id,remark"
ACCOUNTS = pl.DataFrame({"account_key": ["main/7"]})


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")
    return Shop(tmp_path)


@pytest.fixture
def native(shop: Shop) -> Shop:
    stores = "".join(f'[[stores]]\nid = "{store}"\n' for store in ("shopify", "taobao", "youzan"))
    shop.config.write_text(f'[shop]\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n{stores}')
    return shop


def found(shop: Shop) -> LakeRows:
    shop.stage()
    return lake_rows(shop.night(), ACCOUNTS)


def test_rows_keep_their_line_and_every_cell(shop: Shop) -> None:
    shop.export("o.csv", "O1,2026-03-01 10:00,7,P,1,1", "", "O2,2026-03-01 10:00,8,P,1,1", "O1,2026-03-01 10:00,,Q,,x")
    rows = found(shop)
    assert rows.order_keys == ("main/O1",)
    assert rows.lines["line_number"].to_list() == [2, 5]
    (file,) = rows.files
    assert file.header[:3] == ("order_id", "ordered_at", "account_id")
    assert file.cells == [
        ("2", "O1", "2026-03-01 10:00", "7", "P", "1", "1"),
        ("5", "O1", "2026-03-01 10:00", None, "Q", None, "x"),
    ]


def test_of_a_row_about_two_people_only_their_own_number_and_what_is_not_personal_is_shown(shop: Shop) -> None:
    shop.export("o.csv", "O1,2026-03-01 10:00,7,P,1,1", "O2,2026-03-01 10:00,8,P,1,1")
    shop.export(
        "r.csv", "R1,2026-03-01 10:00,8,7,a friend of 8", "R2,2026-03-01 10:00,7,9,", "R3,2026-03-01 10:00,8,9,",
        header=REFERRALS,
    )  # fmt: skip
    rows = found(shop)
    (referrals,) = (file for file in rows.files if file.file.file_name == "r.csv")
    assert referrals.cells == [
        ("2", "R1", "2026-03-01 10:00", None, "7", None),
        ("3", "R2", "2026-03-01 10:00", "7", None, None),
    ]
    assert rows.lines.height == 1


def test_rows_that_nobody_can_tell_the_owner_of_are_counted_and_not_shown(shop: Shop) -> None:
    shop.export("o.csv", "O1,2026-03-01 10:00,7,P,1,1", "O2,2026-03-01 10:00,7,P,1,1,one,too many")
    rows = found(shop)
    assert [cells[0] for file in rows.files for cells in file.cells] == ["2"]
    assert rows.broken == {"o.csv": 1}


def test_a_lake_without_files_holds_nothing(shop: Shop) -> None:
    assert lake_rows(shop.night(), ACCOUNTS).files == []


def test_rows_are_found_in_native_files_of_every_platform(native: Shop) -> None:
    shutil.rmtree(native.exports)
    write_demo_world(native.exports, Wanted(60, native.as_of, 7, "standard"))
    accounts = native.stage().scan(staged.PURCHASE_ORDER).select("store_id", "account_key").drop_nulls().collect()
    one_each = accounts.group_by("store_id").agg(pl.col("account_key").min())
    found = lake_rows(native.night(), one_each.select("account_key"))
    folders = {file.file.file_name.partition("/")[0] for file in found.files}
    assert {"shopify", "taobao", "youzan"} <= folders
    assert {key.partition("/")[0] for key in found.order_keys} == {"shopify", "taobao", "youzan"}
