"""The files of rows to repair that `regulars check` writes."""

import csv
import re
from hashlib import sha256
from pathlib import Path

from flows.check import check
from flows.faults import InputError
from flows.settings import Settings
from tests.flows.io.containers.packed import xlsx
from tests.flows.steps.native import SHOPIFY, TAOBAO_ORDERS

HEADER = "order_id,ordered_at,account_id,product_id,quantity,unit_price"


def export(path: Path, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes("".join(f"{line}\n" for line in (header, *lines)).encode(encoding))
    return path


def cells(path: Path, delimiter: str = ",") -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as handle:
        return list(csv.reader(handle, delimiter=delimiter))


def written(folder: Path) -> dict[str, int]:
    """Rows by path, without the digits of the source, which differ from file to file."""
    found = check(Settings(), [folder]).rejects
    return {
        re.sub(r"\.[0-9a-f]{8}(?=\.rejected)", "", str(entry.path.relative_to(folder))): entry.rows for entry in found
    }


def digits(path: Path) -> str:
    return sha256(path.read_bytes()).hexdigest()[:8]


def test_all_rows_of_an_order_stand_in_it_as_they_stand_in_the_source(tmp_path: Path) -> None:
    export(
        tmp_path / "web" / "o.tsv",
        "1\t2026-03-01\t7\t=\"P\"\t1\t2.50\t",
        "2\t2026-03-01\t8\tP\t1\t1\t",
        "1\t2026-03-01\t7\t\"a \"\"b\"\"\nc\"\tx\t1\tnote",
        header=HEADER.replace(",", "\t") + "\tnote ",
    )  # fmt: skip
    assert written(tmp_path) == {"web/rejected/o.rejected.csv": 2}
    [path] = (tmp_path / "web" / "rejected").iterdir()
    assert cells(path, "\t") == [
        [*HEADER.split(","), "note "],
        ["1", "2026-03-01", "7", '="P"', "1", "2.50", ""],
        ["1", "2026-03-01", "7", 'a "b"\nc', "x", "1", "note"],
    ]
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert path.stat().st_mode & 0o777 == 0o600


def test_gbk_comes_out_as_utf8_under_its_own_header_with_twins(tmp_path: Path) -> None:
    header = TAOBAO_ORDERS + ",订单备注,订单备注"
    row = '"=""1""",茶客,0,5,5,交易成功,昨天,2026-03-01 10:00:00,,0,甲,乙'
    export(tmp_path / "taobao" / "o.csv", row, header=header, encoding="gb18030")
    check(Settings(), [tmp_path])
    [path] = (tmp_path / "taobao" / "rejected").iterdir()
    found = cells(path)
    assert found == [header.split(","), next(csv.reader([row]))]


def test_a_file_that_cannot_be_split_comes_back_whole_and_as_broken_as_it_is(tmp_path: Path) -> None:
    rows = ("1,2026-03-01,7,P,1,2.50", '2,2026-03-01,7,12" Q,1,1', "3,2026-03-01,8,P,1,1")
    export(tmp_path / "o.csv", *rows)
    assert written(tmp_path) == {"rejected/o.rejected.csv": 3}
    [path] = (tmp_path / "rejected").iterdir()
    text = path.read_text(encoding="utf-8-sig")
    assert text.splitlines() == [HEADER, *rows]
    (tmp_path / path.name).write_text(text.replace('12" Q', "12in Q"), encoding="utf-8-sig")
    account = check(Settings(), [tmp_path]).account.select("file_name", "loaded", "merged", "quarantined").rows()
    assert set(account) == {("o.csv", 0, 2, 1), (path.name, 3, 0, 0)}


def test_rows_of_a_sheet_come_back_beside_their_workbook(tmp_path: Path) -> None:
    rows = [["1", "2026-03-01", "7", "P", "1", "dear"], ["2", "2026-03-01", "7", "P", "1", "2.50"]]
    (tmp_path / "book.xlsx").write_bytes(xlsx({"Orders": [HEADER.split(","), *rows]}))
    assert written(tmp_path) == {"rejected/book.Orders.rejected.csv": 1}
    [path] = (tmp_path / "rejected").iterdir()
    assert cells(path) == [HEADER.split(","), rows[0]]
    (tmp_path / path.name).write_text(path.read_text(encoding="utf-8-sig").replace("dear", "9"), encoding="utf-8")
    account = check(Settings(), [tmp_path]).account.select("file_name", "loaded", "quarantined").rows()
    assert account == [(path.name, 1, 0), ("book.xlsx/Orders", 1, 1)]


def test_a_row_that_tells_no_order_takes_the_whole_file_along(tmp_path: Path) -> None:
    rows = ("1,2026-03-01,7,P,1,2.50", ",2026-03-01,7,Q,1,1", "1.2E+18,2026-03-01,8,P,1,1")
    export(tmp_path / "o.csv", *rows)
    assert written(tmp_path) == {"rejected/o.rejected.csv": 3}


def test_a_customer_is_a_subject_of_one_row(tmp_path: Path) -> None:
    header = "account_id,opened_at,email,is_business"
    export(tmp_path / "a.csv", "1,2026-01-01,a,yes", "2,2026-01-01,b,perhaps", ",2026-01-01,c,no", header=header)
    assert written(tmp_path) == {"rejected/a.rejected.csv": 2}


def test_repaired_rows_are_not_written_again(tmp_path: Path) -> None:
    source = export(tmp_path / "o.csv", "1,2026-03-01,7,P,x,2.50", ",2026-03-01,7,Q,1,1", "3,2026-03-01,7,Q,-1,1")
    assert written(tmp_path) == {"rejected/o.rejected.csv": 3}
    [rejected] = (tmp_path / "rejected").iterdir()
    assert rejected.name == f"o.{digits(source)}.rejected.csv"
    rejected.unlink()
    export(tmp_path / rejected.name, "1,2026-03-01,7,P,1,2.50", "2,2026-03-01,7,Q,1,1", "3,2026-03-01,7,Q,y,1")
    assert written(tmp_path) == {"rejected/o.rejected.rejected.csv": 1}


def test_a_second_file_for_one_source_would_not_replace_the_first(tmp_path: Path) -> None:
    source = export(tmp_path / "o.csv", "1,2026-03-01,7,P,x,2.50", "3,2026-03-01,7,Q,-1,1")
    export(tmp_path / f"o.{digits(source)}.rejected.csv", "1,2026-03-01,7,P,1,2.50")
    assert written(tmp_path) == {"rejected/o.again.rejected.csv": 1}
    [again] = (tmp_path / "rejected").iterdir()
    again.rename(tmp_path / again.name)
    assert written(tmp_path) == {"rejected/o.again.rejected.rejected.csv": 1}


def test_what_a_repair_of_a_file_that_cannot_be_split_leaves_out_is_written_again(tmp_path: Path) -> None:
    source = export(tmp_path / "o.csv", "1,2026-03-01,7,P,x,2.50", "2,2026-03-01,7,Q,1,1,?", "3,2026-03-01,7,Q,-1,1")
    export(tmp_path / f"o.{digits(source)}.rejected.csv", "1,2026-03-01,7,P,1,2.50", "2,2026-03-01,7,Q,1,1")
    assert written(tmp_path) == {"rejected/o.again.rejected.csv": 1}
    [path] = (tmp_path / "rejected").iterdir()
    assert cells(path)[1:] == [["3", "2026-03-01", "7", "Q", "-1", "1"]]


def test_files_of_one_stem_do_not_overwrite_each_other(tmp_path: Path) -> None:
    sources = [export(tmp_path / name, f"{name},2026-03-01,7,P,x,2.50") for name in ("o.csv", "o.txt")]
    found = {entry.path.name for entry in check(Settings(), [tmp_path]).rejects}
    assert found == {f"o.{digits(source)}.rejected.csv" for source in sources}


def test_a_file_that_may_hold_repairs_is_left_alone(tmp_path: Path) -> None:
    source = export(tmp_path / "o.csv", "1,2026-03-01,7,P,x,2.50")
    [first] = check(Settings(), [source]).rejects
    assert first.is_written
    assert check(Settings(), [source]).rejects[0].is_written
    first.path.write_text("half repaired")
    assert not check(Settings(), [source]).rejects[0].is_written
    assert first.path.read_text() == "half repaired"
    assert [path.name for path in first.path.parent.iterdir()] == [f"o.{digits(source)}.rejected.csv"]


def test_another_folder_can_be_named(tmp_path: Path) -> None:
    source = export(tmp_path / "exports" / "web" / "o.csv", "1,2026-03-01,7,P,x,2.50")
    [found] = check(Settings(), [tmp_path / "exports"], tmp_path / "mine").rejects
    assert found.path == tmp_path / "mine" / "web" / f"o.{digits(source)}.rejected.csv"


def test_a_folder_that_cannot_be_written_does_not_hide_the_account(tmp_path: Path) -> None:
    source = export(tmp_path / "o.csv", "1,2026-03-01,7,P,x,2.50", "2,2026-03-01,7,P,1,2.50")
    checked = check(Settings(), [source], source)
    assert checked.account["quarantined"].to_list() == [1]
    assert isinstance(checked.failure, InputError)
    assert "--rejects" in str(checked.failure)


def test_good_files_leave_nothing(tmp_path: Path) -> None:
    export(tmp_path / "shopify" / "o.csv", header=SHOPIFY)
    export(tmp_path / "o.csv", "1,2026-03-01,7,P,1,2.50")
    assert written(tmp_path) == {}
    assert not list(tmp_path.rglob("rejected"))
