"""The value models beside their peers: `python -m tests.bench.value_models PART FILE [--peers ROWS.jsonl] [--runs N]`.

Parts, each in a process of its own:

- `history`: purchase history of an order table (`customer_id`, `order_ts`, `amount`);
- `fit`: BG/NBD and Gamma-Gamma of a table of histories (`frequency`, `recency`, `T` in days, `monetary_value`);
- `pareto`: Pareto/NBD of such a table;
- `score`, `score-pareto`: every output for such a table, the models fitted on 20,000 of its rows.

Medians of wall and processor seconds of each step and of the whole process, and its peak memory. `--peers` takes what
the peers' drivers wrote for the same file; then follow how many times as long the fastest of them took, and the peak of
the leanest. A busy machine stretches wall seconds, so let peers and this run side by side.
"""

import argparse
import json
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from transforms.clv.history import purchase_history
from transforms.clv.spend.gamma_gamma import GammaGamma
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD
from transforms.contracts.table import MONEY_SCALE

AS_OF, SAMPLE, DAYS, YEAR = date(2024, 12, 31), 20_000, 90, 365
YEARLY_RATE = 1.01**12 - 1
Row = dict[str, Any]


def main() -> None:
    """Measure one part as often as asked, or, in a process of its own, once."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("part", choices=PARTS)
    parser.add_argument("file", type=Path)
    parser.add_argument("--peers", type=Path, nargs="+", default=[])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.once:
        _run_once(asked.part, asked.file)
        return
    runs = [_in_its_own_process(asked.part, asked.file) for _ in range(asked.runs)]
    ours = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    for name, value in ours.items():
        print(f"{name:22} {value:10.3f}")
    _print_ratios(asked.part, ours, [row for path in asked.peers for row in _rows(path, asked.file.name)])


def _in_its_own_process(part: str, file: Path) -> Row:
    command = [sys.executable, "-m", "tests.bench.value_models", part, str(file), "--once"]
    began = time.perf_counter()
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return json.loads(told) | {"whole process": time.perf_counter() - began}


def _run_once(part: str, file: Path) -> None:
    taken: Row = {}

    @contextmanager
    def lap(name: str) -> Iterator[None]:
        began, worked = time.perf_counter(), time.process_time()
        yield
        taken[name] = time.perf_counter() - began
        taken[f"{name}, processor"] = time.process_time() - worked

    PARTS[part](file, lap)
    # Not of getrusage, which remembers the process that started this one.
    status = Path("/proc/self/status").read_text(encoding="ascii")
    taken["peak MB"] = int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024  # type: ignore[index]
    print(json.dumps(taken | {"process, processor": time.process_time()}))


Lap = Callable[[str], Any]


def _history(file: Path, lap: Lap) -> None:
    with lap("history"):
        orders = pl.scan_parquet(file).select(
            "customer_id",
            happened_date=pl.col("order_ts").dt.date(),
            spend=(pl.col("amount") * MONEY_SCALE).round().cast(pl.Int64),
        )
        purchase_history(orders, AS_OF).collect()


def _fit(file: Path, lap: Lap) -> None:
    histories = _read(file)
    with lap("fit_txn"):
        BetaGeo.fit(histories)
    with lap("fit_spend"):
        GammaGamma.fit(histories)


def _pareto(file: Path, lap: Lap) -> None:
    histories = _read(file)
    with lap("fit_txn"):
        ParetoNBD.fit(histories)


def _score(model: type[BetaGeo] | type[ParetoNBD]) -> Callable[[Path, Lap], None]:
    def part(file: Path, lap: Lap) -> None:
        histories = _read(file)
        sample = histories.sample(SAMPLE, seed=0)
        purchases, spend = model.fit(sample), GammaGamma.fit(sample)
        with lap("predict_count"):
            purchases.expected_purchases(histories, DAYS)
        with lap("predict_alive"):
            purchases.p_alive(histories)
        with lap("predict_p_buy"):
            purchases.p_no_purchase(histories, DAYS)
        with lap("predict_spend"):
            spent = spend.expected_spend(histories)
        with lap("predict_clv"):
            coming = purchases.expected_discounted_purchases(histories, YEAR, YEARLY_RATE)
            _ = coming * spent

    return part


def _read(file: Path) -> pl.DataFrame:
    return pl.read_parquet(file).select(
        x="frequency",
        t_x_days="recency",
        age_days="T",
        mean_spend=pl.when(pl.col("frequency") > 0).then("monetary_value"),
    )


PARTS = {
    "history": _history,
    "fit": _fit,
    "pareto": _pareto,
    "score": _score(BetaGeo),
    "score-pareto": _score(ParetoNBD),
}


def _rows(path: Path, file_name: str) -> list[Row]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    return [row for row in rows if row["file"] == file_name and not row["rc"] and not row["dnf"]]


def _print_ratios(part: str, ours: Row, rows: list[Row]) -> None:
    """Against each peer that has the part: sums of its steps, the whole process, and the peak."""
    rows = [row for row in rows if _is_of(part, row)]
    for row in rows:
        steps = row["inner_s"] if part == "history" else _sum_of_steps(part, row["times"])
        mine = ours["history"] if part == "history" else _sum_of_steps(part, ours)
        print(
            f"{row['tool']:18} steps {steps:8.2f} s, {steps / mine:6.1f} times ours; "
            f"process {row['wall_s'] / ours['whole process']:5.1f} times, "
            f"its processor seconds {row['cpu_s'] / ours['process, processor']:5.1f} times; "
            f"peak {row['peak_mb']:.0f} MB, ours {ours['peak MB'] / row['peak_mb']:.2f} of it"
        )


def _is_of(part: str, row: Row) -> bool:
    if part == "history":
        return "inner_s" in row and "times" not in row
    predicts = any(name.startswith("predict") for name in row.get("times", {}))
    return predicts == part.startswith("score") and row["tool"].endswith("pareto") == part.endswith("pareto")


def _sum_of_steps(part: str, times: Row) -> float:
    begins = "predict_" if part.startswith("score") else "fit_"
    return float(sum(taken for name, taken in times.items() if name.startswith(begins) and "," not in name))


if __name__ == "__main__":
    main()
