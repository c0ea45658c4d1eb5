"""A JSON list of objects as a table: each object a row, each key a column."""

import csv
import json
from pathlib import Path

from flows.io.containers.inflate import Counted, Written
from flows.io.containers.limits import RefusedError

NO_TABLE = "it is JSON, but no list of objects, each a row; export the table as CSV, or as such a list"


def write_rows(path: Path, target: Path, written: Written) -> None:
    """Write the objects as CSV in UTF-8, keys first, one line an object; a line break in a cell is a CR.

    Numbers stay as they are written. `written` goes on counting. Raises RefusedError.
    """
    try:
        # As text, for an order number of 19 digits is no float.
        told = json.loads(path.read_text(encoding="utf-8-sig"), parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        raise RefusedError("it is cut off or broken JSON; export it again") from None
    if not isinstance(told, list) or not all(isinstance(row, dict) for row in told):
        raise RefusedError(NO_TABLE)
    columns = list(dict.fromkeys(key for row in told for key in row))
    with target.open("wb") as file:
        writer = csv.writer(Counted(file, written), lineterminator="\n")
        writer.writerow([_on_one_line(column) for column in columns])
        writer.writerows([_on_one_line(_cell(row.get(column))) for column in columns] for row in told)


def _on_one_line(text: str) -> str:
    return text.replace("\r\n", "\r").replace("\n", "\r")


def _cell(value: object) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
