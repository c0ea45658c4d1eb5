"""Hold-outs beside peers: `python -m tests.bench.holdouts FOLDER,ORDERS,DATE,DAYS ...`.

FOLDER is what the peers' accuracy driver wrote for a case: `actual.parquet`, and `pred_<tool>.parquet` of each peer;
ORDERS its order table, DATE the cut-off, DAYS the horizon. Ours is what a night as of the cut-off would use: the winner
of the contest inside the data before it, and its model of spend.

Printed: RMSE of purchases, log-loss and Brier of buying again, Gini of value, for ours and each peer; beside each
peer's, by how much ours is worse (below 0: better), and the half-width of the 95 % interval of that over paired
bootstrap resamples of customers.
"""

import argparse
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from tests.transforms.clv.pasts import past_of
from transforms.clv.choice.ladder import Gate, learn
from transforms.clv.spend.choice_of_spend import every_occasion, fit_spend
from transforms.contracts.table import MONEY_SCALE

Floats = NDArray[np.float64]

RESAMPLES, LEAST_P = 1_000, 1e-6
GATE = Gate(min_customers=500, min_history_days=180, last_purchase_within_days=30, min_with_three=10)


def main() -> None:
    """Each case: a folder, an order table, a cut-off and a horizon in days, as `FOLDER,ORDERS,DATE,DAYS`."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("cases", nargs="+", metavar="FOLDER,ORDERS,DATE,DAYS")
    for case in parser.parse_args().cases:
        folder, orders, cut, days = case.split(",")
        _compare(Path(folder), Path(orders), date.fromisoformat(cut), int(days))


def _compare(folder: Path, orders: Path, cut: date, days: int) -> None:
    told = pl.scan_parquet(orders).select(
        "customer_id",
        happened_date=pl.col("order_ts").dt.date(),
        spend=(pl.col("amount") * MONEY_SCALE).round().cast(pl.Int64),
    )
    past = past_of(told.collect(), cut)
    history, learned = past.history, learn(past, GATE, cut)
    spend, of_spend = fit_spend(every_occasion(history))
    for reason in (*learned.reasons, *of_spend):
        print(f"  {reason.part:10} {reason.reason:22} {reason.candidate:12} {reason.figure} {reason.needed}")
    if learned.purchases is None:
        raise SystemExit(f"{folder.name}: no model")
    model = learned.purchases.model
    expected = model.expected_purchases(history, days)
    ours = history.select(
        "customer_id",
        count=expected,
        p_buy=1 - model.p_no_purchase(history, days),
        value=expected * spend.expected_spend(every_occasion(history)),
    )
    actual = pl.read_parquet(folder / "actual.parquet").sort("customer_id")
    print(f"{folder.name}: {actual.height} customers, {learned.purchases.name}+{spend.NAME}")
    mine = _measures(actual, ours)
    print(f"  {'ours':18}", *(f"{name} {value:.4f}" for name, value in mine.items()))
    for path in sorted(folder.glob("pred_*.parquet")):
        peer = pl.read_parquet(path)
        if "value" not in peer.columns:
            peer = peer.with_columns(value=pl.col("count") * pl.col("spend"))
        _print_peer(path.stem.removeprefix("pred_"), actual, ours, peer)


def _print_peer(name: str, actual: pl.DataFrame, ours: pl.DataFrame, peer: pl.DataFrame) -> None:
    theirs = _measures(actual, peer)
    random = np.random.default_rng(0)
    ours, peer = (
        actual.select("customer_id").join(table, on="customer_id", maintain_order="left") for table in (ours, peer)
    )
    differences = []
    for _ in range(RESAMPLES):
        rows = random.integers(0, actual.height, actual.height)
        a, b = (_measures(actual[rows], table[rows], is_joined=True) for table in (ours, peer))
        differences.append([_worse(measure, a[measure], b[measure]) for measure in a])
    half_widths = 1.96 * np.std(differences, axis=0)
    mine = _measures(actual, ours)
    told = (
        f"{measure} {theirs[measure]:.4f} ({_worse(measure, mine[measure], theirs[measure]):+.4f} ± {half:.4f})"
        for measure, half in zip(theirs, half_widths, strict=True)
    )
    print(f"  {name:18}", *told)


def _worse(measure: str, mine: float, theirs: float) -> float:
    return theirs - mine if measure == "gini" else mine - theirs


def _measures(actual: pl.DataFrame, told: pl.DataFrame, *, is_joined: bool = False) -> dict[str, float]:
    if not is_joined:
        told = actual.select("customer_id").join(told, on="customer_id", maintain_order="left")
    count, value = actual["count"].to_numpy(), actual["value"].to_numpy()
    p = told["p_buy"].to_numpy()
    bought, sure = count > 0, np.clip(p, LEAST_P, 1 - LEAST_P)
    return {
        "rmse": float(np.sqrt(((told["count"].to_numpy() - count) ** 2).mean())),
        "log-loss": float(-np.log(np.where(bought, sure, 1 - sure)).mean()),
        "brier": float(((p - bought) ** 2).mean()),
        "gini": _area(value, told["value"].to_numpy()) / _area(value, value),
    }


def _area(value: Floats, by: Floats) -> float:
    """Between the concentration curve of `value`, in falling order of `by`, and the diagonal; ties share their mean."""
    order = np.argsort(-by, kind="stable")
    ranked, key = value[order], by[order]
    tie = np.cumsum(np.append(False, key[1:] != key[:-1]))
    shared = (np.bincount(tie, weights=ranked) / np.bincount(tie))[tie]
    return float(np.cumsum(shared).sum() / shared.sum() - (len(value) + 1) / 2)


if __name__ == "__main__":
    main()
