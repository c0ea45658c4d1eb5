"""Whatever lies in the exports folder: rows that add up by file, with the lines they stand on, or one clear error."""

import os
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest

from flows.faults import InputError
from flows.io.erasures import Erasures
from flows.steps.collect import collect
from flows.steps.read import read
from tests.flows.io.containers.packed import gzipped, protected, xlsx, zipped, zipped_under
from tests.flows.steps.conftest import HEADER, Shop
from tests.flows.steps.native import account, rejects
from transforms.contracts import staged
from transforms.contracts.quality import QUARANTINE, ROW_ACCOUNT
from transforms.identity.marks import mark

LINE = "O{0},2026-03-01 10:00:00,{0},P,1,2.50"
DAY = datetime(2026, 3, 1, 10)  # noqa: DTZ001  # cells have no zone


def csv(*numbers: int) -> bytes:
    return "".join(f"{line}\n" for line in (HEADER, *(LINE.format(number) for number in numbers))).encode()


def put(shop: Shop, name: str, data: bytes) -> Path:
    path = shop.exports / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return path


def orders(shop: Shop) -> list[str]:
    return shop.tables(staged.PURCHASE_ORDER)[0]["order_key"].to_list()


def refusal(shop: Shop) -> str:
    with pytest.raises(InputError) as refused:
        collect(shop.night())
    assert "\n" not in str(refused.value)
    return str(refused.value)


# Containers


def test_tables_of_containers_are_read_like_files_of_their_own(shop: Shop) -> None:
    sheet = [HEADER.split(","), [], ["O5", DAY, 5.0, "P", 1.0, 2.5], ["O6", "never", "6", "P", "1", "2.50"]]
    put(shop, "a.zip", zipped({"x/1.csv": csv(1), "2.csv": csv(2, 3)}))
    put(shop, "day.csv.gz", gzipped(csv(4)))
    put(shop, "book.xlsx", xlsx({"订单": sheet, "empty": []}))
    assert account(shop) == {
        "a.zip/x/1.csv": (1, 1, 0, 0),
        "a.zip/2.csv": (2, 2, 0, 0),
        "day.csv.gz/day.csv": (1, 1, 0, 0),
        "book.xlsx/订单": (2, 1, 0, 1),
    }
    assert orders(shop) == [f"main/O{number}" for number in range(1, 6)]
    # The row of the sheet.
    assert rejects(shop) == [("book.xlsx/订单", 4, "happened_at_unreadable", 1)]


def test_an_untouched_container_is_not_opened_again(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    path = put(shop, "a.zip", zipped({"1.csv": csv(1)}))
    night = shop.night()
    read(night, collect(night))
    with monkeypatch.context() as patch:
        patch.setattr("flows.steps.collect.unpack", None)
        again = collect(shop.night())
    assert ([file.file_name for file in again.files], again.new) == (["a.zip/1.csv"], {})
    path.write_bytes(zipped({"1.csv": csv(1), "2.csv": csv(2)}))
    assert [file.file_name for file in collect(shop.night()).files] == ["a.zip/1.csv", "a.zip/2.csv"]


def test_the_same_table_counts_once_in_whatever_it_is_packed(shop: Shop) -> None:
    put(shop, "1.csv", csv(1))
    put(shop, "a.zip", zipped({"other.csv": csv(1)}))
    put(shop, "1.csv.gz", gzipped(csv(1)))
    assert len(account(shop)) == 1


def test_a_table_may_be_left_out_by_the_name_it_has_in_its_container(shop: Shop) -> None:
    put(shop, "a.zip", zipped({"1.csv": csv(1), "note.txt": b"not a table\n"}))
    assert refusal(shop).startswith("a.zip/note.txt: unknown layout")
    shop.config.write_text('[shop]\ncurrency = "EUR"\n[paths]\nignore = ["a.zip/note.txt"]\n')
    assert orders(shop) == ["main/O1"]
    put(shop, "b.zip", zipped({"manual.pdf": b"not a table\n", "2.csv": csv(2), "3.csv": csv(3)}))
    assert refusal(shop).startswith("b.zip/manual.pdf: only tables can be read")
    ignored = '[shop]\ncurrency = "EUR"\n[paths]\nignore = ["a.zip/note.txt", "b.zip/manual.pdf"'
    shop.config.write_text(f'{ignored}, "b.zip/2.csv"]\n')
    assert orders(shop) == ["main/O1", "main/O3"]
    shop.config.write_text(f"{ignored}]\n")
    assert orders(shop) == ["main/O1", "main/O2", "main/O3"]


def test_the_tables_of_an_ignored_container_leave_though_they_were_read(shop: Shop) -> None:
    put(shop, "a.zip", zipped({"1.csv": csv(1)}))
    put(shop, "2.csv", csv(2))
    assert orders(shop) == ["main/O1", "main/O2"]
    shop.config.write_text('[shop]\ncurrency = "EUR"\n[paths]\nignore = ["a.zip"]\n')
    assert orders(shop) == ["main/O2"]


def test_the_folder_of_an_archive_tells_the_store_and_a_folder_in_it_if_it_is_one(shop: Shop) -> None:
    shop.config.write_text('[shop]\ncurrency = "EUR"\n[[stores]]\nid = "web"\n[[stores]]\nid = "app"\n')
    put(shop, "web/a.zip", zipped({"2026/1.csv": csv(1)}))
    put(shop, "web/book.xlsx", xlsx({"S": [HEADER.split(","), *[LINE.format(2).split(",")]]}))
    put(shop, "all.zip", zipped({"app/1.csv": csv(3)}))
    assert orders(shop) == ["app/O3", "web/O1", "web/O2"]


def test_protected_files_open_with_the_variable_the_settings_name(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    shop.config.write_text('[shop]\ncurrency = "EUR"\n[[passwords]]\nfiles = "taobao/*.zip"\nvariable = "SHOP_WORD"\n')
    put(shop, "taobao/1.zip", protected({"1.csv": csv(1)}, "geheim"))
    monkeypatch.delenv("SHOP_WORD", raising=False)
    assert refusal(shop).startswith("taobao/1.zip: it is protected")
    monkeypatch.setenv("SHOP_WORD", "wrong word")
    said = refusal(shop)
    assert "no password given for it opens it" in said
    assert "wrong word" not in said
    monkeypatch.setenv("SHOP_WORD", "geheim")
    assert orders(shop) == ["main/O1"]


def test_a_chinese_name_in_an_archive_of_windows(shop: Shop) -> None:
    put(shop, "a.zip", zipped_under("订单.csv".encode("gbk"), csv(1)))
    assert list(account(shop)) == ["a.zip/订单.csv"]


def test_what_is_named_like_one_thing_and_is_another_is_read_as_what_it_is(shop: Shop) -> None:
    put(shop, "text.xls", csv(1))
    put(shop, "book.csv", xlsx({"S": [HEADER.split(","), LINE.format(2).split(",")]}))
    assert orders(shop) == ["main/O1", "main/O2"]
    put(shop, "page.xls", b"<html><table>")
    assert refusal(shop).startswith("page.xls: it is a web page or XML")


def test_nothing_of_a_container_stays_beside_its_tables(shop: Shop) -> None:
    put(shop, "a.zip", zipped({"1.csv": csv(1)}))
    night = shop.night()
    collected = collect(night)
    [file] = collected.files
    assert night.lake.raw_path(file.sha256).read_bytes() == csv(1)
    assert night.lake.raw_path(file.sha256).stat().st_mode & 0o777 == 0o600
    night.lake.clear_work()
    assert not [path for path in night.lake.root.rglob("*") if path.is_file() and path.name != file.sha256]


# Broken and foreign rows


def test_broken_rows_are_rejected_with_their_lines_and_the_others_are_read(shop: Shop) -> None:
    broken = [f"{LINE.format(2)},9", 'O3,2026-03-01 10:00:00,3,P 12" ruler,1,2.50', 'O4,2026-03-01 10:00:00,"4,P,1,2']
    shop.export("1.csv", LINE.format(1), *broken, LINE.format(5), f"{LINE.format(6)}\0")
    shop.export("2.csv", LINE.format(7))
    assert account(shop) == {"1.csv": (6, 2, 0, 4), "2.csv": (1, 1, 0, 0)}
    assert rejects(shop) == [
        ("1.csv", 3, "cells_shifted", 1),
        ("1.csv", 4, "quotes_broken", 1),
        ("1.csv", 5, "quotes_broken", 1),
        ("1.csv", 7, "nul_bytes", 1),
    ]
    found = shop.stage().scan(QUARANTINE).sort("line_number").collect()
    assert found["hint"].null_count() == 0
    assert found["raw"][0] == f'{{"text": "{broken[0]}"}}'
    assert orders(shop) == ["main/O1", "main/O5", "main/O7"]


def test_a_file_known_to_be_broken_and_one_that_turns_out_to_be(shop: Shop) -> None:
    shop.export("1.csv", LINE.format(1), f"{LINE.format(2)}\0")
    shop.export("2.csv", LINE.format(3), f"{LINE.format(4)},9")
    assert rejects(shop) == [("1.csv", 3, "nul_bytes", 1), ("2.csv", 3, "cells_shifted", 1)]
    assert account(shop) == {"1.csv": (2, 1, 0, 1), "2.csv": (2, 1, 0, 1)}


def test_broken_rows_are_the_same_when_they_are_read_again(shop: Shop) -> None:
    shop.export("1.csv", LINE.format(1), "x,y,z,1,2,3,4")
    first = account(shop)
    shop.config.write_text('[shop]\ncurrency = "EUR"\ntimezone = "Europe/Berlin"\n')
    assert account(shop) == first == {"1.csv": (2, 1, 0, 1)}


def test_notes_explanations_and_totals_are_counted_beside_the_rows(shop: Shop) -> None:
    text = f"Shop report\nfrom;to\n\n{HEADER}\n,,名字+姓,说明,,\n{LINE.format(1)}\n{LINE.format(2)}\n合计,,,,2,5.00\n"
    put(shop, "1.csv", text.encode())
    found = shop.stage().scan(ROW_ACCOUNT).select("lines_read", "loaded", "not_data").collect()
    assert found.rows() == [(2, 2, 4)]
    put(shop, "2.csv", f"{HEADER}\nO9,never,9,P,1,2.50\n".encode("utf-16"))
    assert rejects(shop) == [("2.csv", 2, "happened_at_unreadable", 1)]


def test_a_total_row_that_is_missing_what_rows_need_is_not_a_rejected_row(shop: Shop) -> None:
    shop.export("1.csv", LINE.format(1), "Total,,,,1,2.50")
    assert rejects(shop) == []


@pytest.mark.parametrize("encoding", ["utf-16", "gb18030", "utf-8-sig"])
def test_names_survive_every_encoding(shop: Shop, encoding: str) -> None:
    shop.export("1.csv", *(f"茶{LINE.format(number)}" for number in range(9)), encoding=encoding)
    assert orders(shop) == [f"main/茶O{number}" for number in range(9)]


# Erasure


@pytest.fixture
def barred(monkeypatch: pytest.MonkeyPatch) -> pl.DataFrame:
    """Marks of one account."""
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")
    marked = pl.DataFrame({"account_key": ["main/7"]}).select(mark=mark("account_key", os.environ["REGULARS_KEY"]))
    return marked.with_columns(customer_id=pl.lit("c" + "0" * 20))


@pytest.mark.parametrize(
    ("broken", "left"),
    [("O9,2026-03-01 10:00:00,'7,P,1,2.50,x", 1), ("O9,2026-03-01 10:00:00,8,P,1,2.50,x", 1)],
)
def test_broken_rows_leave_with_the_first_person_who_is_erased_from_their_file(
    shop: Shop, barred: pl.DataFrame, broken: str, left: int
) -> None:
    shop.export("1.csv", LINE.format(7), broken, LINE.format(8))
    Erasures(shop.night().lake).bar(barred)
    found = shop.stage().scan(ROW_ACCOUNT).select("lines_read", "loaded", "quarantined", "erased").collect()
    assert found.rows() == [(3, left, 0, 2)]
    assert rejects(shop) == []


def test_a_person_named_only_in_a_broken_row_is_found_there(shop: Shop, barred: pl.DataFrame) -> None:
    shop.export("1.csv", 'O9,2026-03-01 10:00:00,7,"P,1,2.50', LINE.format(8))
    shop.export("2.csv", 'O9,2026-03-01 10:00:00,77,"P,1,2.50', LINE.format(9))
    Erasures(shop.night().lake).bar(barred)
    found = shop.stage().scan(ROW_ACCOUNT).sort("file_name").select("loaded", "quarantined", "erased").collect()
    assert found.rows() == [(1, 0, 1), (1, 1, 0)]
    lake = shop.night().lake
    kept = {file.file_name: lake.text_path(file.sha256).suffix for file in lake.known_files()}
    assert kept == {"1.csv": ".parquet", "2.csv": ""}
    assert orders(shop) == ["main/O8", "main/O9"]


@pytest.mark.parametrize(("letters", "erased"), [(20_000, 1), (9_000, 0)])
def test_a_broken_row_too_long_to_be_looked_through_counts_as_theirs(
    shop: Shop, barred: pl.DataFrame, letters: int, erased: int
) -> None:
    shop.export("1.csv", f"O9,2026-03-01 10:00:00,{'x' * letters},P,1,2.50,{7 if erased else 77}", LINE.format(8))
    assert shop.stage().scan(ROW_ACCOUNT).select("quarantined", "erased").collect().rows() == [(1, 0)]
    Erasures(shop.night().lake).bar(barred)
    found = shop.stage().scan(ROW_ACCOUNT).select("lines_read", "loaded", "quarantined", "erased").collect()
    assert found.rows() == [(2, 1, 1 - erased, erased)]
    lake = shop.night().lake
    [kept] = [lake.text_path(file.sha256).suffix for file in lake.known_files()]
    assert kept == (".parquet" if erased else "")
