"""Broken files: the rows that are sound, and every other with its line and what is wrong with it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from flows.faults import CheckFailed
from flows.io import salvaged_text
from flows.io.inspection import inspect
from flows.io.records import RecordReader, lines_of
from flows.io.salvaged_text import SoundText, sound_text
from flows.io.text_files import TextFile
from tests.flows.io.test_text_files import KNOWN, scanned

Rows = list[tuple[int, list[str]]]
Broken = list[tuple[int, str, str]]


def sound(folder: Path, data: bytes, name: str = "f") -> SoundText:
    path = folder / f"{name}.csv"
    path.write_bytes(data)
    file = TextFile(name, path.name, KNOWN, path, inspect(path, path.name, lambda cells: cells[0] == "x"))
    return sound_text(file, folder / "scratch", is_looked_through=True)


def split(folder: Path, data: bytes) -> tuple[Rows, Broken]:
    """Line and cells of sound rows; line, rule and text of broken ones. Together they are all that was counted."""
    found = sound(folder, data)
    rows = [(line, cells) for _, line, cells in scanned([found.copy], folder / "scratch")]
    broken = [(line, rule, json.loads(raw)["text"]) for _, line, rule, raw in found.broken.iter_rows()]
    assert len(rows) + len(broken) == found.file.facts.records
    return rows, broken


@pytest.mark.parametrize(
    ("data", "rows", "broken"),
    [
        (b"x,y\n1,2\n1,2,3\n4,5,\n", [(2, ["1", "2"]), (4, ["4", "5"])], [(3, "cells_shifted", "1,2,3")]),
        (
            b'x,y\n"1\n1",2\n"1\n1",2,3\n4,5\n',
            [(2, ["1\n1", "2"]), (6, ["4", "5"])],
            [(4, "cells_shifted", '"1\n1",2,3')],
        ),
        (b'x,y\n1,12" r\n3,4\n', [(3, ["3", "4"])], [(2, "quotes_broken", '1,12" r')]),
        (b'x,y\n1,"2\n3,4\n5,6\n', [(3, ["3", "4"]), (4, ["5", "6"])], [(2, "quotes_broken", '1,"2')]),
        (b'x,y\n1,"2" \n3,4\n"', [(3, ["3", "4"])], [(2, "quotes_broken", '1,"2" ')]),
        (b'x,y\n"",""\n1,"2\r\n', [], [(3, "quotes_broken", '1,"2')]),
        (b'x,y\n1,"a ""b"" c\nd",3\n4,="5"\n', [(4, ["4", '="5"'])], [(2, "cells_shifted", '1,"a ""b"" c\nd",3')]),
        (b"x,y\n1,a\0b\n\0\0\0\n2,3\n", [(4, ["2", "3"])], [(2, "nul_bytes", "1,a\0b"), (3, "nul_bytes", "\0\0\0")]),
        (
            "x,y\n1,é\n2,茶\n".encode() + b"3,\xff\n" + "4,水\n".encode() * 30,
            [(2, ["1", "é"]), (3, ["2", "茶"]), *((line, ["4", "水"]) for line in range(5, 35))],
            [(4, "text_undecodable", "3,\ufffd")],
        ),
        (
            "x,y\n1,茶\n".encode("gb18030") + b"3,\xff\n" + "4,水\n".encode("gb18030") * 30,
            [(2, ["1", "茶"]), *((line, ["4", "水"]) for line in range(4, 34))],
            [(3, "text_undecodable", "3,\ufffd\ufffd\ufffd")],
        ),
        ("note\nx,y\n1,2\n1,2,3\nTotal,5\n".encode("utf-16"), [(3, ["1", "2"])], [(4, "cells_shifted", "1,2,3")]),
        (b'x\ty\r1\t"2\r3\t4\r', [(3, ["3", "4"])], [(2, "quotes_broken", '1\t"2')]),
        (b'x,y\n1,2\nTotal,12" x\n3,4\n', [(2, ["1", "2"]), (4, ["3", "4"])], [(3, "quotes_broken", 'Total,12" x')]),
        (b"x,y\n1\n\n ,\n2,3\n", [(2, ["1", ""]), (5, ["2", "3"])], []),
    ],
)
def test_rows_and_broken_rows(tmp_path: Path, data: bytes, rows: Rows, broken: Broken) -> None:
    assert split(tmp_path, data) == (rows, broken)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("note\n\nx,y\n1,2\n", [(4, ["1", "2"])]),
        ("x,y\n,a+b\n1,2\nTotal,2\n", [(3, ["1", "2"])]),
        ("\nx,y\n1,茶\n", [(3, ["1", "茶"])]),
        ('"x",y\n"1\n1",茶\n2,3\n合计,5', [(2, ["1\n1", "茶"]), (4, ["2", "3"])]),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_lines_keep_their_numbers_whatever_is_left_out_above(
    tmp_path: Path, text: str, expected: Rows, encoding: str, newline: str
) -> None:
    rows, broken = split(tmp_path, text.replace("\n", newline).encode(encoding))
    assert [(line, [cell.replace("\r\n", "\n") for cell in cells]) for line, cells in rows] == expected
    assert broken == []


def test_a_sound_file_is_split_where_it_lies(tmp_path: Path) -> None:
    for data in (b"x,y\n1,2\n", "x,y\n1,茶\n".encode("gb18030"), b'x,y\n"1\n",2\n'):
        found = sound(tmp_path, data)
        assert found.copy is found.file


def test_a_file_of_nothing_but_broken_rows_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(salvaged_text, "BROKEN_ROWS", 3)
    with pytest.raises(
        CheckFailed, match=r"f\.csv: more than 3 of its rows are broken, the first in line 2 \(cells_shi"
    ):
        sound(tmp_path, b"x,y\n" + b"1,2,3\n" * 4)


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_a_line_beyond_all_measure_is_broken_and_the_next_one_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr("flows.io.records.LINE_BYTES", 20)
    monkeypatch.setattr(salvaged_text, "LINE_BYTES", 20)
    monkeypatch.setattr("flows.io.plain_text.CHUNK_BYTES", chunk)
    rows, broken = split(tmp_path, b"x,y\n1,2,3\n" + b"4," + b"5" * 90 + b"\n6,7\n")
    assert rows == [(4, ["6", "7"])]
    assert [(line, rule) for line, rule, _ in broken] == [(2, "cells_shifted"), (3, "line_too_long")]


def test_a_quote_takes_no_more_than_a_bounded_part_of_the_file_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("flows.io.records.QUOTED_BYTES", 40)
    rows, broken = split(tmp_path, b'x,y\n1,"2\n' + b"3,4\n" * 50 + b'"\n5,6,7\n')
    assert broken[0] == (2, "quotes_broken", '1,"2')
    assert len(rows) >= 40


ANYTHING = st.binary(max_size=60) | st.text(st.sampled_from('1,"\n\r;\té茶\0 '), max_size=60).map(str.encode)


@given(ANYTHING, st.sampled_from(",;\t|"), st.integers(1, 9))
def test_no_byte_is_lost_between_records(data: bytes, delimiter: str, chunk: int) -> None:
    chunks = [data[start : start + chunk] for start in range(0, len(data), chunk)]
    records = list(RecordReader(delimiter).records(lines_of(chunks)))
    assert b"".join(record.text for record in records) == data
    assert sum(record.text.count(b"\n") for record in records) == data.count(b"\n")
    assert all(record.lines == len(record.text.splitlines(keepends=True)) or b"\r" in data for record in records)


@given(data=ANYTHING)
def test_whatever_the_bytes_rows_and_broken_rows_are_all_that_was_counted(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    split(tmp_path_factory.mktemp("file"), b"x,y\n" + data)
