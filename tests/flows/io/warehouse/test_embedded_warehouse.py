import errno
import os
import pickle
import shutil
import signal
import stat
import subprocess
import sys
from datetime import date
from pathlib import Path

import duckdb
import pytest
from filelock import FileLock

from flows.io.warehouse import Publication, Warehouse, WarehouseBusy, WarehouseFault, open_warehouse
from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Schema

NIGHT = date(2026, 3, 1)
MART = {name for name, table in WAREHOUSE.items() if table.schema is Schema.MART}

DIES = """
import os, pickle, signal, sys
from pathlib import Path
from flows.io.warehouse import bi, drafts, embedded, open_warehouse

moment, warehouse, publication = sys.argv[1], sys.argv[2], pickle.loads(Path(sys.argv[3]).read_bytes())
place, name = moment.split(".")
target = {"embedded": embedded, "drafts": drafts, "Path": Path}[place]
calls, last = 0, int(sys.argv[4])
original = getattr(target, name)

def dies(*arguments, **options):
    global calls
    calls += 1
    if calls == last:
        os.kill(os.getpid(), signal.SIGKILL)
    return original(*arguments, **options)

setattr(target, name, dies)
open_warehouse(warehouse).publish(publication)
"""

READS = """
import sys, duckdb
with duckdb.connect(sys.argv[1], read_only=True) as base:
    def told():
        print(base.execute("SELECT count(*) FROM mart.product").fetchone()[0], flush=True)
    told()
    sys.stdin.readline()
    told()
"""


@pytest.fixture
def embedded(warehouse_file, migrated_folder) -> Warehouse:
    shutil.copytree(migrated_folder, warehouse_file.parent)
    return open_warehouse(str(warehouse_file))


def beside(file: Path) -> set[str]:
    return {entry.name for entry in file.parent.iterdir() if not entry.name.endswith((".lock", ".publishing"))}


@pytest.mark.night
@pytest.mark.parametrize(
    "death",
    [
        ("embedded._replace", 2, "first"),
        ("embedded.write_bi_file", 1, "first"),
        ("drafts.to_disk", 1, "first"),
        ("Path.replace", 1, "first"),
        ("Path.replace", 2, "second"),
    ],
)
def test_a_killed_publication_leaves_a_whole_night(
    embedded, warehouse_file, nasty_night, publication, tmp_path, death
) -> None:
    moment, call, survivor = death
    names = ("mart.product", "mart.calendar", "ops.run")
    nights = {
        which: {name: frame for name, frame in nasty_night(NIGHT, seed=seed).items() if name in names}
        for seed, which in enumerate(("first", "second"))
    }
    embedded.publish(publication(NIGHT, nights["first"]))
    second = publication(NIGHT, nights["second"])
    (tmp_path / "publication").write_bytes(pickle.dumps(second))

    script = [sys.executable, "-c", DIES, moment, str(warehouse_file), str(tmp_path / "publication"), str(call)]
    assert subprocess.run(script, check=False).returncode == -signal.SIGKILL

    for name, frame in nights[survivor].items():
        assert embedded.read(name).equals(frame.sort(WAREHOUSE[name].key)), name
    assert f".{warehouse_file.name}.draft" in beside(warehouse_file)

    embedded.publish(second)
    for name, frame in nights["second"].items():
        assert embedded.read(name).equals(frame.sort(WAREHOUSE[name].key)), name
    assert beside(warehouse_file) == {"shop.duckdb", "shop.bi.duckdb"}


@pytest.mark.night
def test_a_reader_keeps_its_night_and_holds_nobody_up(embedded, warehouse_file, nasty_night, publication) -> None:
    product = nasty_night(NIGHT)["mart.product"]
    embedded.publish(publication(NIGHT, {"mart.product": product}))
    command = [sys.executable, "-c", READS, str(warehouse_file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as reader:
        assert int(reader.stdout.readline()) == product.height
        embedded.publish(publication(NIGHT, {"mart.product": product.head(3)}))
        assert embedded.read("mart.product").height == 3
        assert int(reader.communicate("\n")[0]) == product.height
    assert reader.returncode == 0


def test_only_the_owner_may_read_the_warehouse(embedded, warehouse_file, nasty_night, publication) -> None:
    embedded.publish(publication(NIGHT, nasty_night(NIGHT)))
    assert stat.S_IMODE(warehouse_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(warehouse_file.with_name("shop.bi.duckdb").stat().st_mode) == 0o644


def test_the_draft_is_private_and_goes_when_publishing_fails(embedded, warehouse_file, monkeypatch) -> None:
    modes = []

    def fails(draft: Path, _file: Path) -> None:
        modes.append(stat.S_IMODE(draft.parent.stat().st_mode))
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(draft))

    monkeypatch.setattr("flows.io.warehouse.embedded.write_bi_file", fails)
    with pytest.raises(WarehouseFault, match="No space left on device; the folder must be writable and have room"):
        embedded.publish(_nothing())
    assert modes == [0o700]
    assert beside(warehouse_file) == {"shop.duckdb", "shop.bi.duckdb"}


def test_the_bi_file_holds_mart_alone(embedded, warehouse_file, nasty_night, publication) -> None:
    frames = nasty_night(NIGHT, tables=WAREHOUSE)
    embedded.publish(publication(NIGHT, frames))
    with duckdb.connect(warehouse_file.with_name("shop.bi.duckdb"), read_only=True) as base:
        listed = "SELECT schema_name || '.' || table_name, estimated_size, comment FROM duckdb_tables()"
        tables = {name: (rows, comment) for name, rows, comment in base.execute(listed).fetchall()}
        assert set(tables) == MART
        assert {name: rows for name, (rows, _) in tables.items()} == {name: frames[name].height for name in MART}
        assert all(comment for _, comment in tables.values())
        uncommented = "SELECT column_name FROM duckdb_columns() WHERE NOT internal AND comment IS NULL"
        assert base.execute(uncommented).fetchall() == []
        view = base.execute("SELECT count(*) FROM mart.customer_current").fetchone()
        assert view == (frames["mart.customer"].height,)


def test_the_same_night_gives_the_same_order(nasty_night, publication, tmp_path) -> None:
    orders = []
    for name in ("a", "b"):
        warehouse = open_warehouse(str(tmp_path / name / "shop.duckdb"))
        warehouse.migrate()
        frames = nasty_night(NIGHT)
        shuffled = {table: frame.sample(fraction=1, shuffle=True, seed=len(name)) for table, frame in frames.items()}
        warehouse.publish(publication(NIGHT, frames if name == "a" else shuffled))
        with duckdb.connect(tmp_path / name / "shop.duckdb", read_only=True) as base:
            orders.append(base.execute("SELECT product_key FROM mart.product").fetchall())
    assert orders[0] == orders[1] == sorted(orders[0])


def test_a_second_run_finds_it_busy(embedded, warehouse_file) -> None:
    with embedded.lock():
        with pytest.raises(WarehouseBusy, match="another run"), open_warehouse(str(warehouse_file)).lock():
            pass
        embedded.publish(_nothing())
    with embedded.lock():
        pass


def test_a_second_publication_finds_it_busy(embedded, warehouse_file) -> None:
    with FileLock(f"{warehouse_file}.publishing"), pytest.raises(WarehouseBusy, match="a publication"):
        embedded.publish(_nothing())


def test_changes_another_program_left_unsaved_stop_the_publication(embedded, warehouse_file) -> None:
    Path(f"{warehouse_file}.wal").write_bytes(b"")
    with pytest.raises(WarehouseFault, match="close that program"):
        embedded.publish(_nothing())


def test_the_file_does_not_grow_night_by_night(embedded, warehouse_file, nasty_night, publication) -> None:
    part = publication(NIGHT, {"mart.product": nasty_night(NIGHT)["mart.product"]})
    sizes = []
    for _ in range(5):
        embedded.publish(part)
        sizes.append(warehouse_file.stat().st_size)
    # DuckDB frees the blocks of the old rows one checkpoint later, so the size goes up and down between two values.
    assert sizes[2:4] == sizes[:2] or sizes[3:5] == sizes[1:3]


def _nothing() -> Publication:
    return Publication(NIGHT, {})
