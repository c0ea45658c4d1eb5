"""mart.model_quality and mart.score_calibration: what was foretold at past days against what came."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.stats import rankdata

from transforms.clv.choice.foretelling import Foretold
from transforms.clv.choice.windows import Window
from transforms.contracts import value

Floats = NDArray[np.float64]
Record = tuple[Foretold, ...]
"""What one way of foretelling said at each window."""

_SURE = 1.96


@dataclass(frozen=True, slots=True)
class _Metric:
    of_customers: Callable[[Foretold, Window], Floats | None]
    is_higher_better: bool = False
    shown: Callable[[float], float] = float


_BY_CUSTOMER = {
    "loglik": _Metric(lambda said, _: said.loglik, is_higher_better=True),
    "log_loss_90d": _Metric(Foretold.log_loss),
    "brier_90d": _Metric(Foretold.brier),
    "rmse_orders_90d": _Metric(Foretold.squared_error, shown=lambda mean: float(np.sqrt(mean))),
}


def logliks(record: Record) -> Floats:
    """Log-likelihood of what came, of each customer of each window."""
    return np.concatenate([said.loglik for said in record if said.loglik is not None])


def model_quality(
    windows: Sequence[Window],
    records: Mapping[str, Record],
    baselines: Mapping[str, Record],
    champion: str,
    as_of: date,
) -> pl.DataFrame:
    """mart.model_quality: each of `records` (models) against each of `baselines` and each other model."""
    customers = len(set().union(*(window.now["customer_id"].to_list() for window in windows)))
    rows = [
        {
            "as_of_date": as_of,
            "model": model,
            "metric": metric,
            "baseline": baseline,
            "is_champion": model == champion,
            "cut_offs": len(windows),
            "customers": customers,
            **compared,
        }
        for model, record in records.items()
        for baseline, other in {**baselines, **records}.items()
        if baseline != model
        for metric, compared in _compared(windows, record, other)
    ]
    schema = value.MODEL_QUALITY.polars_schema
    return pl.DataFrame(rows, schema=schema).sort(value.MODEL_QUALITY.key)


def _compared(windows: Sequence[Window], record: Record, other: Record) -> list[tuple[str, dict[str, object]]]:
    found = [("volume_bias_90d", _bias_compared(windows, record, other))]
    for name, metric in _BY_CUSTOMER.items():
        ours, theirs = (_of_customers(windows, metric, each) for each in (record, other))
        if ours is None or theirs is None:
            continue
        gain = ours - theirs if metric.is_higher_better else theirs - ours
        means = {"metric_value": metric.shown(ours.mean()), "baseline_value": metric.shown(theirs.mean())}
        found.append((name, {**means, "verdict": _verdict(windows, gain)}))
    return found


def _of_customers(windows: Sequence[Window], metric: _Metric, record: Record) -> Floats | None:
    parts = [metric.of_customers(said, window) for said, window in zip(record, windows, strict=True)]
    whole = [part for part in parts if part is not None]
    return np.concatenate(whole) if len(whole) == len(parts) else None


def _verdict(windows: Sequence[Window], gain: Floats) -> str:
    # A customer stands in several windows, and what is odd about him is odd in all of them.
    who = pl.concat([window.now["customer_id"] for window in windows])
    by_customer = (
        pl.DataFrame({"who": who, "gain": gain}).group_by("who", maintain_order=True).agg(pl.col("gain").sum())
    )
    sums = by_customer["gain"].to_numpy()
    error = float(sums.std(ddof=1)) * np.sqrt(len(sums)) if len(sums) > 1 else np.inf
    if abs(sums.sum()) <= _SURE * error:
        return "same"
    return "better" if sums.sum() > 0 else "worse"


def _bias_compared(windows: Sequence[Window], record: Record, other: Record) -> dict[str, object]:
    ours, theirs = _biases(windows, record), _biases(windows, other)
    gains = np.abs(theirs) - np.abs(ours)
    # One day proves nothing.
    is_always = len(gains) > 1 and bool((gains > 0).all() | (gains < 0).all())
    verdict = ("better" if gains[0] > 0 else "worse") if is_always else "same"
    return {"metric_value": _bias(windows, record), "baseline_value": _bias(windows, other), "verdict": verdict}


def _biases(windows: Sequence[Window], record: Record) -> Floats:
    return np.array([_bias([window], (said,)) for window, said in zip(windows, record, strict=True)])


def _bias(windows: Sequence[Window], record: Record) -> float:
    came = sum(float(window.came.sum()) for window in windows)
    expected = sum(float(said.expected.sum()) for said in record)
    return expected / came - 1 if came else expected


def volume_error(windows: Sequence[Window], record: Record) -> float:
    """Mean over the windows of |log(expected occasions of all / those that came)|, half an occasion added to both."""
    ratios = [
        np.log((said.expected.sum() + 0.5) / (window.came.sum() + 0.5))
        for window, said in zip(windows, record, strict=True)
    ]
    return float(np.abs(ratios).mean())


def score_calibration(windows: Sequence[Window], record: Record, as_of: date) -> pl.DataFrame:
    """mart.score_calibration: tenths of all customers of all windows by what the night's model said of them."""
    came = np.concatenate([window.came for window in windows])
    said = {
        "churn_risk_90d": (np.concatenate([each.p_none for each in record]), (came == 0).astype(np.float64)),
        "expected_orders_90d": (np.concatenate([each.expected for each in record]), came),
    }
    tenths = [_tenths(score, *both) for score, both in said.items()]
    table = value.SCORE_CALIBRATION
    return pl.concat(tenths).with_columns(as_of_date=pl.lit(as_of)).select(table.column_names).sort(table.key)


def _tenths(score: str, predicted: Floats, observed: Floats) -> pl.DataFrame:
    # In NumPy: a mean of floats over groups in Polars depends on threads in its last digits.
    tenth = (10 * (rankdata(predicted, method="min") - 1) / max(len(predicted), 1)).astype(np.int64)
    customers = np.bincount(tenth, minlength=10)
    taken = np.flatnonzero(customers)
    means = {
        name: (np.bincount(tenth, values, 10)[taken] / customers[taken])
        for name, values in (("predicted", predicted), ("observed", observed))
    }
    return pl.DataFrame({"bin": taken + 1, **means, "customers": customers[taken]}).with_columns(score=pl.lit(score))
