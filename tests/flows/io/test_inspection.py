"""What an export is, told from its bytes; the count of its records against Python's own CSV reader."""

import csv
import hashlib
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import flows.io.inspection
from flows.faults import InputError
from flows.io.inspection import Inspection, inspect

CELL = st.text(st.sampled_from('ab,;|\t"\n é茶 '), max_size=6)


def inspected(folder: Path, data: bytes) -> Inspection:
    path = folder / "export.csv"
    path.write_bytes(data)
    return inspect(path, "export.csv")


def is_blank(cells: list[str], delimiter: str) -> bool:
    return not any(cell.strip(' \t\r"' + delimiter) for cell in cells)


@st.composite
def csv_texts(draw: st.DrawFn) -> tuple[str, str]:
    """A well-formed CSV of two columns with blank lines and quoted newlines in it, and its delimiter."""
    delimiter = draw(st.sampled_from(",\t;|"))
    newline = draw(st.sampled_from(["\n", "\r\n"]))
    sink = io.StringIO()
    writer = csv.writer(
        sink,
        delimiter=delimiter,
        lineterminator=newline,
        quoting=draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
    )
    writer.writerow(["first", "second"])
    for row in draw(st.lists(st.one_of(st.none(), st.tuples(CELL, CELL)), max_size=8)):
        sink.write(newline) if row is None else writer.writerow(row)
    text = sink.getvalue()
    return (text if draw(st.booleans()) else text.removesuffix(newline)), delimiter


@given(csv_texts(), st.integers(1, 40), st.sampled_from(["utf-8", "utf-8-sig", "gb18030"]))
def test_records_are_those_a_csv_reader_finds_in_chunks_of_any_size(
    tmp_path_factory: pytest.TempPathFactory, drawn: tuple[str, str], chunk: int, encoding: str
) -> None:
    text, delimiter = drawn
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))[1:]
    expected = [cells for cells in rows if not is_blank(cells, delimiter)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(flows.io.inspection, "CHUNK_BYTES", chunk)
        found = inspected(tmp_path_factory.mktemp("export"), text.encode(encoding))
    assert (found.records, found.blank_lines) == (len(expected), len(rows) - len(expected))
    assert found.header == ("first", "second")
    assert found.delimiter == delimiter
    assert found.has_newlines_in_cells == any("\n" in cell for cells in rows for cell in cells)


def test_hash_and_size_are_those_of_the_bytes(tmp_path: Path) -> None:
    data = b"a,b\n1,2\n"
    found = inspected(tmp_path, data)
    assert (found.sha256, found.size_bytes) == (hashlib.sha256(data).hexdigest(), 8)


def test_a_header_without_rows_is_a_file_of_no_records(tmp_path: Path) -> None:
    assert inspected(tmp_path, b"a,b\n").records == 0
    assert inspected(tmp_path, b"a,b").header == ("a", "b")


@pytest.mark.parametrize("data", [b"", b"\n", b"  \r\n", b"\xef\xbb\xbf", b"\n\n\n"])
def test_an_empty_file_is_refused_by_name(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(InputError, match=r"export\.csv: the file is empty"):
        inspected(tmp_path, data)


def test_chinese_headers_without_a_byte_order_mark_are_read_as_gb18030(tmp_path: Path) -> None:
    found = inspected(tmp_path, "订单编号,宝贝标题 \n1,茶\n2,壶\n".encode("gb18030"))
    assert (found.encoding, found.header, found.records) == ("gb18030", ("订单编号", "宝贝标题 "), 2)


def test_bytes_that_are_not_utf8_far_below_the_header_are_noticed(tmp_path: Path) -> None:
    assert inspected(tmp_path, b"a,b\n" + b"1,2\n" * 1000 + "1,茶\n".encode("gb18030")).encoding == "gb18030"


def test_a_download_cut_inside_a_letter_is_still_what_the_lines_above_say(tmp_path: Path) -> None:
    assert inspected(tmp_path, ("a,b\n" + "1,茶\n" * 20).encode()[:-2]).encoding == "utf-8"
    assert inspected(tmp_path, ("a,b\n" + "1,茶\n" * 20).encode("gb18030")[:-2]).encoding == "gb18030"


def test_a_byte_order_mark_is_no_part_of_a_quoted_header(tmp_path: Path) -> None:
    assert inspected(tmp_path, b'\xef\xbb\xbf"a, or b",c\n1,2\n').header == ("a, or b", "c")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"a\rb,c\n1,2\n", "carriage return"),
        (b'"a,b\n1,2\n', "header cannot be split"),
    ],
)
def test_what_is_no_csv_is_refused_in_one_line(tmp_path: Path, data: bytes, told: str) -> None:
    with pytest.raises(InputError, match=told) as refusal:
        inspected(tmp_path, data)
    assert "\n" not in str(refusal.value)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.csv: cannot be read"):
        inspect(tmp_path / "gone.csv", "gone.csv")


def test_a_carriage_return_in_quotes_ends_no_record(tmp_path: Path) -> None:
    assert inspected(tmp_path, b'a,b\r\n"1\r2",3\r\n"\r",\r\n').records == 1


@pytest.mark.parametrize("padding", [b" " * 500, b'"' + b" " * 500 + b'",', b"," * 300, b"\t \t"])
def test_a_long_line_of_nothing_is_blank_and_a_late_letter_makes_it_a_record(tmp_path: Path, padding: bytes) -> None:
    assert inspected(tmp_path, b"a,b\n" + padding + b"\n").blank_lines == 1
    assert inspected(tmp_path, b"a,b\n" + padding + b"x\n").records == 1


TEXT = "a,b\n1,茶\n\n2,é\n"


@pytest.mark.parametrize(
    ("data", "encoding", "first_line"),
    [
        (TEXT.encode("utf-16"), "utf-16-le", 2),
        (b"\xfe\xff" + TEXT.encode("utf-16-be"), "utf-16-be", 2),
        ("order_id,b\n1,2\n\n2,3\n".encode("utf-16-le"), "utf-16-le", 2),
        (TEXT.replace("\n", "\r").encode(), "utf-8", 2),
        (TEXT.replace("\n", "\r\n").encode("utf-16"), "utf-16-le", 2),
        (("\n\n" + TEXT).encode(), "utf-8", 4),
        ("é,ü\nà,ß\n\nMüller,Café\n".encode("cp1252"), "cp1252", 2),
        ("Привет,мир\nПокупатель,сумма\n\nЗаказ,чай\n".encode("cp1251"), "cp1251", 2),
    ],
)
@pytest.mark.parametrize("chunk", [1, 7, 1 << 24])
def test_whatever_it_is_written_in_the_records_are_counted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: bytes, encoding: str, first_line: int, chunk: int
) -> None:
    monkeypatch.setattr("flows.io.inspection.CHUNK_BYTES", chunk)
    monkeypatch.setattr("flows.io.inspection.HEAD_BYTES", max(chunk, 40))
    found = inspected(tmp_path, data)
    assert (found.encoding, found.records, found.blank_lines, found.first_line) == (encoding, 2, 1, first_line)
    assert len(found.header) == 2


def inspected_for(folder: Path, header: tuple[str, ...], text: str, encoding: str = "utf-8") -> Inspection:
    (folder / "export.csv").write_bytes(text.encode(encoding))
    return inspect(folder / "export.csv", "export.csv", lambda cells: cells == header)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_notes_above_the_header_an_explanation_below_and_totals_at_the_end_are_no_data(
    tmp_path: Path, encoding: str
) -> None:
    text = '报表;;\n"由 ; 导出\n"\n\n#;x;y\n;收入+支出;说明\n1;2;3\n合计;5;6\n\n2;3;4\n 总计：;9;9\n;Total;9\n;;\n'
    found = inspected_for(tmp_path, ("#", "x", "y"), text, encoding)
    assert (found.header, found.delimiter) == (("#", "x", "y"), ";")
    # A total among the rows is a row: only what stands at the end is sure to add up what is above.
    assert (found.records, found.not_data, found.first_line) == (3, 5, 7)


@pytest.mark.parametrize("above", [0, 19])
def test_the_header_is_looked_for_in_the_first_records_only(tmp_path: Path, above: int) -> None:
    found = inspected_for(tmp_path, ("x", "y"), "note\n" * above + "x,y\n1,2\n")
    assert (found.header, found.not_data, found.records) == (("x", "y"), above, 1)


def test_where_no_line_is_a_header_the_first_is_taken_for_it(tmp_path: Path) -> None:
    found = inspected_for(tmp_path, ("x", "y"), "note\n" * 25 + "x,y\n1,2\n")
    assert (found.header, found.not_data) == (("note",), 0)


@pytest.mark.parametrize("first", ["Anna,5", "Totally,5", "Total care soap,5", ",Li", "1,total", ",安娜-玛丽"])
def test_rows_that_only_look_a_little_like_totals_are_rows(tmp_path: Path, first: str) -> None:
    assert inspected(tmp_path, f"a,b\n{first}\n".encode()).records == 1
    assert inspected(tmp_path, f"a,b\n1,2\n{first}\n".encode()).not_data == 0


@pytest.mark.parametrize("total", ['合计,"3 orders', 'Total,12" x', 'Total,"12" x"'])
@pytest.mark.parametrize("last", ["", 'c,5"\n'])
def test_a_total_with_a_stray_quote_takes_no_rows_with_it(tmp_path: Path, total: str, last: str) -> None:
    found = inspected(tmp_path, f"a,b\n1,2\n{total}\n3,4\n5,6\n{last}".encode())
    assert (found.not_data, found.data_ends) == (0, None)


def test_a_quote_that_is_never_closed_takes_neither_memory_nor_the_count_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert inspected(tmp_path, b'a,b\n1,"2\n3,4\n').is_torn
    monkeypatch.setattr("flows.io.inspection.CHUNK_BYTES", 64)
    monkeypatch.setattr("flows.io.inspection.HEAD_BYTES", 64)
    monkeypatch.setattr("flows.io.inspection.TORN_BYTES", 640)
    assert inspected(tmp_path, b'a,b\n1,"2\n' + b"3,4\n" * 1000 + b'"\n').is_torn
    assert not inspected(tmp_path, b'a,b\n1,"2\n3"\n' * 1000).is_torn


def test_nul_bytes_are_noticed(tmp_path: Path) -> None:
    assert inspected(tmp_path, b"a,b\n1,2\0\n").has_nul
    assert not inspected(tmp_path, TEXT.encode("utf-16")).has_nul
