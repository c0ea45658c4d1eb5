"""Reading beside bare Polars: `python -m tests.bench.reading [--lines N] [--runs N]`.

Reading is bytes to checked rows in the lake (collect and read). Beside it `polars.scan_csv` turns the same text, in
UTF-8, into a Parquet file of strings. One file of orders in Shopify's layout, in UTF-8, and one in Taobao's, in GBK,
each made of a demo shop's orders told again under other numbers. Every measurement is a process of its own.
"""

import argparse
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from itertools import count
from pathlib import Path

import polars as pl

from flows.demo_world import Wanted, write_demo_world
from flows.night import open_night
from flows.settings import load_settings
from flows.steps.collect import collect
from flows.steps.read import read

UNTIL = date(2026, 3, 14)
CUSTOMERS = 100_000
PLATFORMS = {
    # Folder, files of orders, encoding, what an order number begins with.
    "shopify": ("orders_export_*.csv", "utf-8", rb"(?m)^#"),
    "taobao": ("ExportOrderList*.csv", "gb18030", rb'(?m)^="'),
}


def main() -> None:
    """Measure in turn and print medians and ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=1_000_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--measure", nargs=3, metavar=("WHAT", "EXPORTS", "SCRATCH"), help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.measure:
        what, exports, scratch = asked.measure
        _measure({"reading": _read, "bare": _bare}[what], Path(exports), Path(scratch))
        return
    with tempfile.TemporaryDirectory() as folder:
        write_demo_world(Path(folder) / "world", Wanted(CUSTOMERS, UNTIL, 1, "standard"))
        for platform in PLATFORMS:
            _compare(platform, Path(folder), asked.lines, asked.runs)


def _compare(platform: str, folder: Path, lines: int, runs: int) -> None:
    native, utf8 = folder / f"{platform}-native", folder / f"{platform}-utf8"
    _write(platform, folder / "world" / platform, native, utf8, lines)
    ratios = []
    for run in range(runs):
        taken = {}
        for what, exports in (("reading", native), ("bare", utf8)):
            scratch = folder / f"{platform}-{what}-{run}"
            command = [sys.executable, "-m", "tests.bench.reading", "--measure", what, str(exports), str(scratch)]
            told = subprocess.run(command, check=True, capture_output=True, text=True).stdout.split()
            taken[what] = float(told[0])
            print(f"{platform} {what:8} {told[0]:>7} s {told[1]:>7} s of cores {told[2]:>6} MB at its peak")
        ratios.append(taken["reading"] / taken["bare"])
    print(f"{platform}: {statistics.median(ratios):.2f} times bare, {min(ratios):.2f} to {max(ratios):.2f}")


def _write(platform: str, world: Path, native: Path, utf8: Path, lines: int) -> None:
    pattern, encoding, begins = PLATFORMS[platform]
    files = sorted(world.glob(pattern))
    for folder in (native, utf8):
        (folder / platform).mkdir(parents=True)
    written = 0
    name = files[0].name
    with (native / platform / name).open("wb") as sink, (utf8 / platform / name).open("wb") as plain:
        for copy in count(1):
            for file in files:
                header, _, body = file.read_bytes().partition(b"\n")
                told = re.sub(begins, lambda found, copy=copy: found.group() + b"%d" % copy, body)  # type: ignore[misc]
                told = told if written else header + b"\n" + told
                sink.write(told)
                plain.write(told.decode(encoding).encode())
                written += told.count(b"\n")
                if written >= lines:
                    return


def _measure(work: Callable[[Path, Path], None], exports: Path, scratch: Path) -> None:
    began, cores = time.perf_counter(), time.process_time()
    work(exports, scratch)
    # Not of getrusage, which remembers the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    peak_mb = int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024  # type: ignore[index]
    print(f"{time.perf_counter() - began:.2f} {time.process_time() - cores:.2f} {peak_mb:.0f}")


def _read(exports: Path, scratch: Path) -> None:
    paths = {"exports": exports, "lake": scratch, "warehouse": str(scratch / "none.duckdb")}
    night = open_night(load_settings(None, {"paths": paths}), UNTIL, datetime.now(UTC))
    read(night, collect(night))


def _bare(exports: Path, scratch: Path) -> None:
    scratch.mkdir()
    (file,) = exports.rglob("*.csv")
    pl.scan_csv(file, infer_schema=False).sink_parquet(scratch / "text.parquet")


if __name__ == "__main__":
    main()
