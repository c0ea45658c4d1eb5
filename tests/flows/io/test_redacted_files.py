"""A redacted file stands for the bytes that came: same facts, same cells, same lines."""

from pathlib import Path

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from flows.io.redacted_files import Redacted, redacted_at, write_redacted
from flows.io.text_files import TextFile, scan_text
from tests.flows.io.test_text_files import CELL, KNOWN, scanned, text_file


def redacted(file: TextFile, folder: Path, without: set[int]) -> TextFile:
    rows = scan_text([file], folder / "scratch").filter(~pl.col("line_number").is_in(list(without)))
    path = folder / "rest.parquet"
    write_redacted(rows, path, Redacted(file.facts, len(without)))
    return TextFile(file.file_id, file.file_name, KNOWN, path, redacted_at(path).source)


def test_there_is_none_where_nothing_was_erased(tmp_path: Path) -> None:
    assert redacted_at(tmp_path / "none.parquet") is None


@given(rows=st.lists(st.tuples(CELL, CELL), max_size=6), data=st.data())
def test_what_is_left_reads_as_it_did(
    rows: list[tuple[str, str]], data: st.DataObject, tmp_path_factory: object
) -> None:
    folder: Path = tmp_path_factory.mktemp("file")  # type: ignore[attr-defined]
    quoted = [",".join('"' + cell.replace('"', '""') + '"' for cell in row) for row in rows]
    (folder / "a.csv").write_text("\n".join(["x,y", *quoted, ""]), encoding="utf-8", newline="")
    file = text_file(folder / "a.csv")
    before = scanned([file], folder / "before")
    without = set(data.draw(st.lists(st.sampled_from([line for _, line, _ in before] or [0]), unique=True)))
    rest = redacted(file, folder, without)
    assert rest.facts == file.facts
    assert redacted_at(rest.path).erased == len(without)
    assert scanned([rest], folder / "after") == [row for row in before if row[1] not in without]
    hashes = [scan_text([one], folder / name).collect() for one, name in ((file, "one"), (rest, "other"))]
    kept = hashes[0].join(hashes[1], on=["line_number", "cells_hash"], how="semi")
    assert len(kept) == len(hashes[1])


def test_it_is_for_its_owner_only_and_leaves_nothing_beside(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("x,y\n1,2\n3,4\n")
    rest = redacted(text_file(tmp_path / "a.csv"), tmp_path, {2})
    assert rest.path.stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob(".*"))
