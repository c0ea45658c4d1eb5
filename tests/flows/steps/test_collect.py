"""Collect: which files are new, what they are, and whose."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from flows.faults import InputError
from flows.night import open_night
from flows.steps.collect import collect, refuse_foreign_stores
from flows.steps.read import read
from tests.flows.steps.conftest import Shop
from transforms.contracts import staged

LINE = "1,2026-03-01,7,P,1,2.50"


def names(shop: Shop) -> list[str]:
    return [file.file_name for file in collect(shop.night()).files]


def refusal(shop: Shop) -> str:
    with pytest.raises(InputError) as refused:
        collect(shop.night())
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_the_bytes_of_a_file_are_copied_once_under_any_name(shop: Shop) -> None:
    shop.export("a.csv", LINE)
    shop.export("b/copy.csv", LINE)
    shop.export("b/other.tsv", LINE, LINE)
    night = shop.night()
    collected = collect(night)
    assert [(file.file_name, file.lines_read, file.layout) for file in collected.files] == [
        ("a.csv", 1, "generic_order_lines"),
        ("b/other.tsv", 2, "generic_order_lines"),
    ]
    for file in collected.files:
        assert night.lake.raw_path(file.sha256).read_bytes() == (shop.exports / file.file_name).read_bytes()


def test_files_are_known_only_once_they_are_read(shop: Shop) -> None:
    shop.export("a.csv", LINE)
    assert len(collect(shop.night()).new) == 1
    night = shop.night()
    collected = collect(night)
    assert len(collected.new) == 1
    read(night, collected)
    shop.export("b.csv", LINE, LINE)
    again = collect(shop.night())
    assert (len(again.new), [file.file_name for file in again.files]) == (1, ["a.csv", "b.csv"])


def test_files_that_were_read_may_leave_the_folder(shop: Shop) -> None:
    shop.export("a.csv", LINE)
    night = shop.night()
    read(night, collect(night))
    (shop.exports / "a.csv").unlink()
    assert names(shop) == ["a.csv"]


def test_hidden_files_and_folders_are_passed_over(shop: Shop) -> None:
    shop.export("a.csv", LINE)
    shop.export(".b.csv", "not", header="an export")
    shop.export(".trash/c.csv", "not", header="an export")
    assert names(shop) == ["a.csv"]


def test_no_folder_and_no_file_are_refused_and_say_what_to_do(shop: Shop) -> None:
    assert "no export file" in refusal(shop)
    shop.exports.rmdir()
    assert "no such folder" in refusal(shop)


@pytest.mark.parametrize(
    ("name", "header", "told"),
    [
        ("empty.csv", "", "empty.csv: the file is empty"),
        (
            "orders.pdf",
            "order_id",
            "orders.pdf: only .csv, .gz, .json, .ods, .tsv, .txt, .xls, .xlsb, .xlsm, .xlsx, .zip can be",
        ),
        (
            "orders.csv",
            "order_id,ordered_at,product_id,unit_price",
            "closest is generic_order_lines, which also needs the columns quantity",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_refused_by_name(shop: Shop, name: str, header: str, told: str) -> None:
    shop.export("good.csv", LINE)
    shop.export(name, header=header)
    assert told in refusal(shop)


def test_headers_may_have_spaces_twins_capitals_and_a_byte_order_mark(shop: Shop) -> None:
    header = "Order_ID ,ordered_at,PRODUCT_ID,quantity,unit_price,note,note,"
    shop.export("a.csv", "1,2026-03-01,P,1,2.50,x,y,", header=header, encoding="utf-8-sig")
    assert collect(shop.night()).files[0].layout == "generic_order_lines"


def test_a_layout_of_the_shops_own_comes_before_the_shipped_ones(shop: Shop) -> None:
    columns = ["order_id", "product_id", "quantity", "unit_price"]
    shop.config.write_text(
        '[[layouts]]\nname = "own"\nkind = "order_line"\n[layouts.columns]\nhappened_at = "ordered_at"\n'
        + "".join(f'{name} = "{name}"\n' for name in columns)
    )
    shop.export("a.csv", LINE)
    assert collect(shop.night()).files[0].layout == "own"


def two_shops(shop: Shop) -> None:
    shop.config.write_text('[[stores]]\nid = "web"\n')
    (shop.folder / "outlet.toml").write_text('[[stores]]\nid = "outlet"\n')
    (shop.folder / "broken.toml").write_text("[[stores\n")


def test_a_folder_named_like_another_shops_store_is_refused_naming_that_shop(shop: Shop) -> None:
    two_shops(shop)
    shop.export("outlet/a.csv", LINE)
    assert refusal(shop) == "outlet/a.csv: store 'outlet' belongs to outlet.toml; move the file to that shop's exports"


def test_a_store_listed_in_both_settings_is_ones_own(shop: Shop) -> None:
    two_shops(shop)
    shop.config.write_text('[[stores]]\nid = "web"\n[[stores]]\nid = "outlet"\n')
    shop.export("outlet/a.csv", LINE)
    assert names(shop) == ["outlet/a.csv"]


def test_rows_of_another_shops_store_are_refused_and_the_file_stays_unknown(shop: Shop) -> None:
    two_shops(shop)
    shop.export(
        "a.csv",
        f"{LINE},web",
        f"{LINE},outlet",
        header="order_id,ordered_at,account_id,product_id,quantity,unit_price,store_id",
    )
    night = shop.night()
    with pytest.raises(InputError, match=r"a\.csv: store 'outlet' belongs to outlet\.toml"):
        read(night, collect(night))
    assert night.lake.known_files() == []


def test_a_store_in_nobodys_settings_is_refused_once_stores_are_listed(shop: Shop) -> None:
    refuse_foreign_stores({"main"}, "a.csv", shop.night().settings)
    two_shops(shop)
    with pytest.raises(InputError, match=r"store 'pop-up' is not in \[\[stores\]\]"):
        refuse_foreign_stores({"web", "pop-up"}, "a.csv", shop.night().settings)


def test_with_several_stores_a_file_must_tell_which_it_is_from(shop: Shop) -> None:
    shop.config.write_text('[[stores]]\nid = "web"\n[[stores]]\nid = "app"\n')
    shop.export("a.csv", LINE)
    night = shop.night()
    with pytest.raises(InputError, match=r"a\.csv: which store is it from\? Put it in a folder named web or app"):
        read(night, collect(night))
    Path(shop.exports / "app").mkdir()
    (shop.exports / "a.csv").rename(shop.exports / "app" / "a.csv")
    night = shop.night()
    assert len(read(night, collect(night))[1]) == 1


def test_of_files_that_come_together_the_newer_wins_whatever_its_name(shop: Shop) -> None:
    shop.export("orders.csv", "O1,2026-03-01 10:00:00,7,P1,1,10.00")
    shop.export("orders (1).csv", "O1,2026-03-01 10:00:00,7,P1,1,99.00")
    for name, age in (("orders.csv", 1_000), ("orders (1).csv", 2_000)):
        os.utime(shop.exports / name, (age, age))
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert orders["customer_paid"].to_list() == [990_000]


def test_a_file_to_ignore_is_not_read_even_if_it_was_before(shop: Shop) -> None:
    shop.export("a.csv", "O1,2026-03-01 10:00:00,7,P1,1,10.00")
    shop.export("b.csv", "O2,2026-03-01 10:00:00,7,P1,1,10.00")
    shop.stage()
    shop.config.write_text('[shop]\ncurrency = "EUR"\n[paths]\nignore = ["b.csv"]\n')
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert orders["order_key"].to_list() == ["main/O1"]
    shop.config.write_text('[shop]\ncurrency = "EUR"\n')
    assert shop.tables(staged.PURCHASE_ORDER)[0].height == 2


def test_a_day_that_is_not_over_is_refused(shop: Shop) -> None:
    settings = shop.night().settings
    with pytest.raises(InputError, match="is not over yet in UTC; give a day before today"):
        open_night(settings, datetime.now(UTC).date(), datetime.now(UTC))


TAOBAO = "订单编号,买家会员名,买家实际支付金额,订单状态,订单创建时间,订单付款时间"
PAID = "1,a,5.00,交易成功,2026-03-01 10:00:00,2026-03-01 10:00:00"


def test_without_stores_in_the_settings_each_folder_of_platform_files_is_one(shop: Shop) -> None:
    shop.config.write_text('[shop]\ncurrency = "CNY"\n')
    shop.export("tea/2026/1.csv", PAID, header=TAOBAO)
    shop.export("pots/1.csv", PAID + " ", header=TAOBAO)
    shop.export("1.csv", PAID.replace("1,a", "2,a"), header=TAOBAO)
    shop.export("years/1.csv", LINE)
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert orders["order_key"].to_list() == ["main/1", "main/2", "pots/1", "tea/1"]


def test_a_file_that_names_its_stores_row_by_row_need_not_lie_in_a_folder(shop: Shop) -> None:
    shop.config.write_text('[shop]\ncurrency = "EUR"\n[[stores]]\nid = "web"\n[[stores]]\nid = "app"\n')
    header = "store_id,order_id,ordered_at,product_id,quantity,unit_price"
    shop.export("a.csv", "web,1,2026-03-01,P,1,1", "app,1,2026-03-01,P,1,1", header=header)
    [orders] = shop.tables(staged.PURCHASE_ORDER)
    assert orders["order_key"].to_list() == ["app/1", "web/1"]
    shop.export("b.csv", ",2,2026-03-01,P,1,1", header=header)
    night = shop.night()
    with pytest.raises(InputError, match=r"b\.csv: some of its rows name no store; fill in their store_id"):
        read(night, collect(night))
