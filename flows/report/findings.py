"""What a night says, counted from its tables: everything on the page but the words."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from flows.report.proof import Choice, Proof, Tenth, calibration, choices, proof
from flows.report.worth import Worth, worth
from transforms.contacts.back_from_silence import RISK_BELOW, RISK_FROM, is_at_risk

BINS = 10
CURVE_PARTS = 50


@dataclass(frozen=True, slots=True)
class NightTables:
    """Rows of one published night: tables of `mart`, and its row of `ops.run`."""

    scores: pl.DataFrame
    segments: pl.DataFrame
    contacts: pl.DataFrame
    checks: pl.DataFrame
    freshness: pl.DataFrame
    cohorts: pl.DataFrame | None
    """None for a night before the latest, which alone this table describes."""
    kpis: pl.DataFrame
    choices: pl.DataFrame
    quality: pl.DataFrame
    calibration: pl.DataFrame
    run: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Value:
    """Where the value of the next 365 days is expected from. Amounts are money, after refunds."""

    customers: int
    """Customers with an expected value; gold ones are among them."""
    gold_customers: int
    total: int
    gold: int
    curve: tuple[tuple[float, float], ...]
    """Share of customers, the most valuable first, and of `total` expected from them; from (0, 0) to (1, 1)."""
    basis: str = "net_revenue"
    """What value is measured in: `margin` where costs are known, else `net_revenue`."""


@dataclass(frozen=True, slots=True)
class RiskBin:
    """Buyers whose 90-day churn risk lies from `low_percent` to below `high_percent`; the last bin holds 100 too."""

    low_percent: int
    high_percent: int
    once: int
    regulars: int
    is_at_risk: bool
    """Whether its regulars count as at risk."""


@dataclass(frozen=True, slots=True)
class Tier:
    """One membership level. `net_revenue` is money."""

    name: str
    customers: int
    net_revenue: int


@dataclass(frozen=True, slots=True)
class Cohort:
    """Customers who first bought in one month. `active`: how many bought in each month since that is over."""

    month: date
    customers: int
    active: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """Customers to write to for one occasion by one channel."""

    occasion: str
    channel: str
    customers: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Rows that broke one row rule, or one check that did not hold; `rows` is null where rows were not counted."""

    table: str
    check: str
    rows: int | None


@dataclass(frozen=True, slots=True)
class RowAccount:
    """What became of every row that was read."""

    lines_read: int
    loaded: int
    merged: int
    quarantined: int
    erased: int

    @property
    def adds_up(self) -> bool:
        """Whether no row was lost or doubled."""
        return self.lines_read == self.loaded + self.merged + self.quarantined + self.erased


@dataclass(frozen=True, slots=True)
class Store:
    """How old a store's newest order is."""

    name: str
    last_order_date: date | None
    days: int | None


@dataclass(frozen=True, slots=True)
class Findings:
    """What the page says. What no model could tell is None."""

    as_of: date
    currency: str
    customers: int
    buyers: int
    regulars: int
    at_risk: int | None
    gone: int | None
    """Regulars whose risk lies above that of those at risk."""
    value: Value | None
    worth: Worth | None
    risk: tuple[RiskBin, ...] | None
    tiers: tuple[Tier, ...]
    cohorts: tuple[Cohort, ...] | None
    """The oldest first, without the month that is not over; None where it is not known for this night."""
    listed: tuple[Listed, ...]
    control: int
    held: Mapping[str, int]
    """Customers left alone, by reason, most first."""
    rejected: tuple[Failure, ...]
    checks: int
    failed_checks: tuple[Failure, ...]
    account: RowAccount | None
    stores: tuple[Store, ...]
    models: tuple[str, ...]
    """Models behind the numbers of those who have bought; one unless the night is odd."""
    choices: tuple[Choice, ...]
    proof: Proof | None
    calibration: Mapping[str, tuple[Tenth, ...]]
    published_at: datetime
    published_run_id: str
    code_version: str | None
    is_latest_attempt: bool
    """False where a later attempt at the night did not publish: `ops.run` then counts that attempt's rows."""

    @property
    def basis(self) -> str:
        """What value is measured in, also where only what was is known."""
        if self.value is not None:
            return self.value.basis
        return next((choice.chosen for choice in self.choices if choice.part == "value"), "net_revenue")

    @property
    def treated(self) -> int:
        """Customers to write to."""
        return sum(part.customers for part in self.listed)

    @property
    def left_alone(self) -> int:
        """Customers on hold, for any reason."""
        return sum(self.held.values())

    @property
    def quarantined(self) -> int:
        """Rows that broke a row rule."""
        return sum(failure.rows or 0 for failure in self.rejected)


def findings(night: NightTables) -> Findings:
    """What `night`, which must be published, says. Reads every table once; no step loops over customers."""
    run, scores = night.run, night.scores
    counts = _counts(scores)
    has_risk = counts["with_risk"] > 0
    listed, control, held = _contacts(night.contacts)
    is_latest_attempt = run["run_id"] == run["published_run_id"]
    checked = night.checks.filter(pl.col("layer") != "row_rule")
    return Findings(
        as_of=run["as_of_date"],
        currency=next(iter(scores["currency"].head(1)), ""),
        customers=scores.height,
        buyers=counts["buyers"],
        regulars=counts["regulars"],
        at_risk=counts["at_risk"] if has_risk else None,
        gone=counts["gone"] if has_risk else None,
        value=_value(counts, scores["clv_365d"], _basis(scores)),
        worth=worth(night.kpis),
        risk=_risk(scores) if has_risk else None,
        tiers=_tiers(night.segments),
        cohorts=None if night.cohorts is None else _cohorts(night.cohorts),
        listed=listed,
        control=control,
        held=held,
        rejected=_failures(night.checks.filter(layer="row_rule").filter(pl.col("rows_failed") > 0)),
        checks=checked.height,
        failed_checks=_failures(checked.filter(~pl.col("is_passed"))),
        account=_account(run) if is_latest_attempt else None,
        stores=tuple(
            Store(*row) for row in _rows(night.freshness, "store_id", "last_order_date", "days_since_last_order")
        ),
        models=tuple(scores.filter(_has_bought())["model"].unique().sort()),
        choices=choices(night.choices),
        proof=proof(night.quality),
        calibration=calibration(night.calibration),
        published_at=run["published_at"],
        published_run_id=run["published_run_id"],
        code_version=run["code_version"] if is_latest_attempt else None,
        is_latest_attempt=is_latest_attempt,
    )


def _has_bought() -> pl.Expr:
    return pl.col("frequency").is_not_null()


def _is_regular() -> pl.Expr:
    return (pl.col("frequency") >= 1).fill_null(False)


def _counts(scores: pl.DataFrame) -> dict[str, int]:
    risk, clv = pl.col("churn_risk_90d"), pl.col("clv_365d")
    is_gold = (pl.col("value_class") == "gold").fill_null(False)
    return scores.select(
        buyers=_has_bought().sum(),
        regulars=_is_regular().sum(),
        at_risk=(_is_regular() & is_at_risk()).sum(),
        gone=(_is_regular() & (risk >= RISK_BELOW)).sum(),
        with_risk=risk.count(),
        with_value=clv.count(),
        gold=is_gold.sum(),
        total_value=clv.sum(),
        gold_value=clv.filter(is_gold).sum(),
    ).row(0, named=True)


def _basis(scores: pl.DataFrame) -> str:
    return next(iter(scores["value_basis"].drop_nulls().sort().head(1)), "net_revenue")


def _value(counts: dict[str, int], clv: pl.Series, basis: str) -> Value | None:
    # A model that expects nothing from anybody leaves no shares to draw.
    if counts["total_value"] <= 0:
        return None
    gold, total = counts["gold"], counts["total_value"]
    summed = clv.drop_nulls().sort(descending=True).cum_sum()
    customers = len(summed)
    places = {gold, *(customers * part // CURVE_PARTS for part in range(1, CURVE_PARTS + 1))} - {0}
    # Where some cost money the others bring more than the total.
    curve = ((place / customers, min(summed[place - 1] / total, 1.0)) for place in sorted(places))
    return Value(counts["with_value"], gold, total, counts["gold_value"], ((0.0, 0.0), *curve), basis)


def _risk(scores: pl.DataFrame) -> tuple[RiskBin, ...]:
    # Compared with each bound, not multiplied and cut off: the bins then agree with the limits of `at_risk` to the bit.
    number = pl.sum_horizontal(pl.col("churn_risk_90d") >= low / BINS for low in range(1, BINS))
    found = (
        scores.lazy()
        .filter(pl.col("churn_risk_90d").is_not_null())
        .group_by(number.cast(pl.Int64).alias("number"))
        .agg(once=(~_is_regular()).sum(), regulars=_is_regular().sum())
        .collect()
    )
    by_number = {number: (once, regulars) for number, once, regulars in _rows(found, "number", "once", "regulars")}
    step = 100 // BINS
    return tuple(
        RiskBin(low * step, (low + 1) * step, *by_number.get(low, (0, 0)), RISK_FROM <= low / BINS < RISK_BELOW)
        for low in range(BINS)
    )


def _tiers(segments: pl.DataFrame) -> tuple[Tier, ...]:
    of_tier = segments.filter(scheme="tier").sort("segment_rank")
    return tuple(Tier(*row) for row in _rows(of_tier, "segment", "customers", "net_revenue"))


def _cohorts(cohorts: pl.DataFrame) -> tuple[Cohort, ...]:
    by_month = (
        cohorts.filter("is_complete")
        .group_by("cohort_month")
        .agg(pl.col("customers").first(), pl.col("active").sort_by("month_number").slice(1))
        .sort("cohort_month")
    )
    return tuple(Cohort(month, customers, tuple(active)) for month, customers, active in by_month.iter_rows())


def _contacts(contacts: pl.DataFrame) -> tuple[tuple[Listed, ...], int, dict[str, int]]:
    treated, held = (_most_first(contacts, outcome) for outcome in ("treated", "held"))
    listed = tuple(Listed(*row) for row in _rows(treated, "occasion", "channel", "customers"))
    control = int(contacts.filter(outcome="control")["customers"].sum())
    return listed, control, dict(_rows(held, "reason", "customers"))


def _most_first(contacts: pl.DataFrame, outcome: str) -> pl.DataFrame:
    order = ["customers", "occasion", "channel", "reason"]
    return contacts.filter(outcome=outcome).sort(order, descending=[True, False, False, False])


def _failures(checks: pl.DataFrame) -> tuple[Failure, ...]:
    order = ["rows_failed", "table_name", "check_name"]
    ordered = checks.sort(order, descending=[True, False, False], nulls_last=True)
    return tuple(Failure(*row) for row in _rows(ordered, "table_name", "check_name", "rows_failed"))


def _account(run: Mapping[str, Any]) -> RowAccount | None:
    counts = [run[name] for name in ("lines_read", "loaded", "merged", "quarantined", "erased")]
    return None if None in counts else RowAccount(*counts)


def _rows(frame: pl.DataFrame, *columns: str) -> list[tuple[Any, ...]]:
    return frame.select(columns).rows()
