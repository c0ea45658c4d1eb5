"""A JSON list of objects becomes a table that says the same, or is refused in one line."""

import csv
import gzip
import io
import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows.faults import InputError
from flows.io.containers.inflate import Written
from flows.io.containers.json_rows import NO_TABLE, write_rows
from flows.io.containers.limits import RefusedError
from flows.io.containers.unpack import is_container, unpack
from tests.flows.io.containers.packed import zipped

_BREAK = "\u2028"


def table(folder: Path, data: bytes | str) -> list[list[str]]:
    """Header and rows made of `data`."""
    source = folder / "told.json"
    source.write_bytes(data.encode() if isinstance(data, str) else data)
    write_rows(source, folder / "rows", Written(10**9))
    # Split at LF alone, as files are read here: a CR stands for a line break within a cell.
    lines = (folder / "rows").read_bytes().decode().removesuffix("\n").split("\n")
    return [next(csv.reader(io.StringIO(line.replace("\r", _BREAK)))) for line in lines]


def test_numbers_stay_as_they_are_written(tmp_path: Path) -> None:
    told = '[{"id": 1234567890123456789, "price": 1.10, "much": 1e5, "less": -0.0}]'
    assert table(tmp_path, told)[1] == ["1234567890123456789", "1.10", "1e5", "-0.0"]


def test_keys_stand_in_the_order_in_which_they_first_come_and_a_missing_one_is_blank(tmp_path: Path) -> None:
    told = '[{"b": 1, "a": 2}, {"c": 3, "a": 4}, {}, {"b": null, "a": ""}]'
    assert table(tmp_path, told) == [["b", "a", "c"], ["1", "2", ""], ["", "4", "3"], ["", "", ""], ["", "", ""]]


def test_words_nested_values_and_line_breaks(tmp_path: Path) -> None:
    told = '[{"yes": true, "in": {"茶": ["x,y", null]}, "two": "a\\nb\\r\\nc", "say": "\\"hi\\""}]'
    assert table(tmp_path, told)[1] == ["true", '{"茶": ["x,y", null]}', f"a{_BREAK}b{_BREAK}c", '"hi"']


def test_one_object_is_one_physical_line(tmp_path: Path) -> None:
    table(tmp_path, '[{"a\\nb": "x\\ny"}, {"a\\nb": "z"}]')
    assert (tmp_path / "rows").read_bytes().count(b"\n") == 3


@pytest.mark.parametrize("told", ['[{"a": 1}, 2]', '[{"a": 1}, [2]]', '[{"a": 1}, null]'])
def test_a_list_of_anything_else_is_refused(tmp_path: Path, told: str) -> None:
    with pytest.raises(RefusedError, match=NO_TABLE):
        table(tmp_path, told)


@pytest.mark.parametrize(
    "told",
    [
        '[{"a": 1}, {"b"',
        '[{"a": 1}',
        '[{"a": 1}] and more',
        '[{"a": "x\ny"}]',
        '[{"a": ' + "[" * 100_000 + "]" * 100_000 + "}]",
        '[{"单号": "1"}]'.encode("gb18030"),
    ],
)
def test_what_is_cut_off_or_no_text_is_refused(tmp_path: Path, told: bytes | str) -> None:
    with pytest.raises(RefusedError, match="cut off or broken JSON"):
        table(tmp_path, told)


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lambda data: zipped({"a.json": data})])
def test_a_list_is_found_whatever_it_is_packed_in(tmp_path: Path, pack: object) -> None:
    path = tmp_path / "box"
    path.write_bytes(pack(b'\xef\xbb\xbf\n [\n {"a": 1}]'))  # type: ignore[operator]
    assert is_container(path, "box")
    [found] = unpack(path, "box", [], tmp_path / "out")
    assert found.path.read_bytes() == b"a\n1\n"


@pytest.mark.parametrize("told", [b'[{"a": 1}, {"a": ]', b'[{"a": "\\ud800"}]'])
def test_the_refusal_names_the_file(tmp_path: Path, told: bytes) -> None:
    path = tmp_path / "box"
    path.write_bytes(told)
    with pytest.raises(InputError, match=r"^box: it is cut off or broken"):
        unpack(path, "box", [], tmp_path / "out")


TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl"]), max_size=8)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.dictionaries(TEXTS, TEXTS, min_size=1), min_size=1, max_size=5))
def test_every_cell_stands_under_its_key(tmp_path: Path, told: list[dict[str, str]]) -> None:
    header, *rows = table(tmp_path, json.dumps(told))
    assert [dict(zip(header, row, strict=True)) for row in rows] == [
        {key: row.get(key, "") for key in header} for row in told
    ]
