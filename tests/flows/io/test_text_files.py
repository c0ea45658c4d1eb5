"""Cells and line numbers of export files, against Python's own CSV reader."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.io.inspection import inspect
from flows.io.record_ends import PIECE_BYTES
from flows.io.text_files import CannotSplitError, TextFile, scan_text

KNOWN = datetime(2026, 3, 5, tzinfo=UTC)
Row = tuple[str, int, list[str]]
CELL = st.text(st.sampled_from('ab,"\né茶 '), max_size=5)


def text_file(path: Path) -> TextFile:
    return TextFile(path.stem, path.name, KNOWN, path, inspect(path, path.name))


def written(folder: Path, **contents: bytes) -> list[TextFile]:
    for name, data in contents.items():
        (folder / f"{name}.csv").write_bytes(data)
    return [text_file(folder / f"{name}.csv") for name in contents]


def scanned(files: list[TextFile], scratch: Path) -> list[Row]:
    """File, line and cells of every row; a cell that is not there is an empty one."""
    found = scan_text(files, scratch).collect().sort("file_id", "line_number")
    cells = [name for name in found.columns if name.startswith("cell_")]
    return [
        (row["file_id"], row["line_number"], [row[cell] or "" for cell in cells]) for row in found.iter_rows(named=True)
    ]


def oracle(file_id: str, text: str, width: int) -> Iterator[Row]:
    """The same from csv.reader, which tells the line on which a record ends."""
    reader = csv.reader(io.StringIO(text, newline=""))
    ended = 0
    for cells in reader:
        begins, ended = ended + 1, reader.line_num
        if begins > 1 and any(cell.strip(' ",') for cell in cells):
            yield file_id, begins, cells + [""] * (width - len(cells))


@st.composite
def csv_texts(draw: st.DrawFn) -> str:
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    sink = io.StringIO()
    quoting = draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.writer(sink, lineterminator=newline, quoting=quoting)
    writer.writerow(["first", "second"])
    for row in draw(st.lists(st.one_of(st.none(), st.tuples(CELL), st.tuples(CELL, CELL)), max_size=6)):
        sink.write(newline) if row is None else writer.writerow(row)
    text = sink.getvalue()
    return text if draw(st.booleans()) else text.removesuffix(newline)


@given(
    st.lists(csv_texts(), min_size=1, max_size=3),
    st.sampled_from(["utf-8", "gb18030"]),
    st.sampled_from([5, 17, PIECE_BYTES]),
)
def test_rows_and_lines_are_those_a_csv_reader_finds_and_as_many_as_were_counted(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], encoding: str, piece_bytes: int
) -> None:
    folder = tmp_path_factory.mktemp("exports")
    contents = {f"f{place}": text.encode(encoding) for place, text in enumerate(texts)}
    files = written(folder, **contents)
    with mock.patch("flows.io.record_ends.PIECE_BYTES", piece_bytes):
        found = scanned(files, folder / "scratch")
    assert found == [row for place, text in enumerate(texts) for row in oracle(f"f{place}", text, 2)]
    assert len(found) == sum(file.facts.records for file in files)


def test_a_header_over_two_lines_shifts_the_lines_below_it(tmp_path: Path) -> None:
    files = written(tmp_path, f=b'"first\nof two",second\n1,2\n3,4\n')
    assert scanned(files, tmp_path) == [("f", 3, ["1", "2"]), ("f", 4, ["3", "4"])]


def test_files_without_rows_stand_among_others(tmp_path: Path) -> None:
    files = written(tmp_path, a=b"x,y\n", b=b"x,y\n1,2\n", c=b"x,y")
    assert scanned(files, tmp_path) == [("b", 2, ["1", "2"])]
    assert scanned(files[:1], tmp_path) == []


def test_a_byte_order_mark_and_duplicate_or_empty_headers_do_no_harm(tmp_path: Path) -> None:
    files = written(tmp_path, f="分销员,分销员 ,\n甲,乙,\n".encode("utf-8-sig"))
    assert scanned(files, tmp_path) == [("f", 2, ["甲", "乙", ""])]


def test_rows_may_end_in_one_blank_cell_more_than_the_header_has(tmp_path: Path) -> None:
    files = written(tmp_path, f=b'a,b\n1,2,\n3,4," "\n5,6\n')
    rows = [("f", 2, ["1", "2"]), ("f", 3, ["3", "4"]), ("f", 4, ["5", "6"])]
    assert scanned(files, tmp_path / "scratch") == rows


def test_rows_that_end_in_a_cell_that_is_not_blank_are_broken(tmp_path: Path) -> None:
    files = written(tmp_path, f=b"a,b\n1,2,\n3,4,5\n")
    with pytest.raises(CannotSplitError, match=r"f\.csv"):
        scan_text(files, tmp_path / "scratch")


def test_text_around_quotes_stays_as_it_stands(tmp_path: Path) -> None:
    files = written(tmp_path, f=b'a,b\n="100","x, y"\n"=""300""",z\n')
    assert [cells for _, _, cells in scanned(files, tmp_path / "scratch")] == [['="100"', "x, y"], ['="300"', "z"]]


def test_words_for_nothing_and_leading_zeros_are_left_as_they_stand(tmp_path: Path) -> None:
    files = written(tmp_path, f=b"x,y\nNULL,007\n#1,1e5\n")
    assert scanned(files, tmp_path) == [("f", 2, ["NULL", "007"]), ("f", 3, ["#1", "1e5"])]


def test_a_gb18030_file_is_decoded_whole_where_letters_lie_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.io.record_ends.PIECE_BYTES", 3)
    files = written(tmp_path, f="编号,名称\n1,龘靐齉爩\n".encode("gb18030"))
    assert scanned(files, tmp_path / "scratch") == [("f", 2, ["1", "龘靐齉爩"])]


def test_a_quote_that_is_never_closed_ends_the_reading_early(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("flows.io.record_ends.PIECE_BYTES", 8)
    monkeypatch.setattr("flows.io.record_ends.LONGEST_RECORD_BYTES", 64)
    files = written(tmp_path, f=b'x,y\n1,2\n3,"4' + b"\n5,6" * 100)
    with pytest.raises(CannotSplitError, match=r"f\.csv"):
        scan_text(files, tmp_path / "scratch")


def test_every_row_knows_when_its_file_came(tmp_path: Path) -> None:
    found = scan_text(written(tmp_path, f=b"x,y\n1,2\n"), tmp_path).collect()
    assert found["known_at"].to_list() == [KNOWN]


def test_brackets_in_the_name_of_a_folder_are_no_pattern(tmp_path: Path) -> None:
    folder = tmp_path / "shop [1] *"
    folder.mkdir()
    assert scanned(written(folder, f=b"x,y\n1,2\n"), folder) == [("f", 2, ["1", "2"])]


def test_a_path_below_the_working_directory_is_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert scanned(written(Path(), f=b"x,y\n1,2\n"), Path("scratch")) == [("f", 2, ["1", "2"])]


@pytest.mark.parametrize(
    "data",
    [
        b"x,y\n1,2\n\n1,2,3\n",
        b'x,y\n"1\n2",2\n1, "2,3"\n',
        b'x,y\n1,2\n1,12" ruler\n3,4\n',
        b'x,y\n1,"2\n3,4\n',
        "茶,y\n1,2,3\n".encode("gb18030"),
        b"x,y\n1,2\n\xff\xff,3\n",
    ],
)
def test_a_broken_file_among_good_ones_is_named(tmp_path: Path, data: bytes) -> None:
    encoding = "gb18030" if data[0] > 127 else "utf-8"
    files = written(tmp_path, good="茶,y\n1,2\n".encode(encoding) if encoding != "utf-8" else b"x,y\n1,2\n", bad=data)
    with pytest.raises(CannotSplitError, match=r"^bad\.csv$"):
        scan_text(files, tmp_path / "scratch")
