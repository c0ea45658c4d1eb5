"""The search for personal data finds it where Prefect could hide it."""

import base64
import bz2
import gzip
import json
import pickle
import sqlite3
import zlib
from pathlib import Path

import pytest

from tests.deployments.traces import cells, traces

NAME = "Zoë Quillfeather"
HIDDEN = {
    "plain": NAME.encode(),
    "json": json.dumps({"name": [NAME]}).encode(),
    "pickle": pickle.dumps(ValueError(NAME)),
    "zlib": zlib.compress(NAME.encode()),
    "gzip": gzip.compress(NAME.encode()),
    "bz2": bz2.compress(NAME.encode()),
    "result of a flow": json.dumps(
        {"result": base64.b64encode(zlib.compress(pickle.dumps({"who": NAME}))).decode()}
    ).encode(),
}


@pytest.mark.parametrize("way", HIDDEN)
def test_a_hidden_name_is_found(way: str, tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "prefect.db") as connection:
        connection.execute("CREATE TABLE log (id INTEGER, message BLOB)")
        connection.execute("INSERT INTO log VALUES (1, ?)", [HIDDEN[way]])
    connection.close()
    assert set(traces([NAME, "Somebody Else"], cells(tmp_path / "prefect.db"))) == {f"{NAME} in log.message"}
