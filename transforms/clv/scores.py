"""From purchase histories to the numbers of mart.customer_score: which models, and what they say of each customer."""

import json
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from transforms.clv.fit import NoFit, NothingGained
from transforms.clv.margin_rate import MarginRate
from transforms.clv.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.spend import SpendModel, fit_spend
from transforms.contracts.table import MONEY_SCALE

RISK_DAYS = 90
VALUE_DAYS, LONG_DAYS = 365, 3650


@dataclass(frozen=True, slots=True)
class Models:
    """The models of one week; a part that could not be fitted is None and `reasons` tells why."""

    purchases: ModifiedBetaGeo | None
    spend: SpendModel | None
    is_map: bool
    """The purchase model has a weak prior on leaving, because the data show no sign of it."""
    margin_rate: MarginRate
    reasons: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """As in the column `model`."""
        if self.purchases is None:
            return "none"
        purchases = "mbg_nbd_map" if self.is_map else "mbg_nbd"
        return purchases if self.spend is None else f"{purchases}+{self.spend.NAME}"

    def to_json(self) -> str:
        """For the record of the night."""
        parts = {"purchases": self.purchases, "spend": self.spend, "margin_rate": self.margin_rate}
        fitted = {name: json.loads(part.to_json()) for name, part in parts.items() if part}
        return json.dumps({"model": self.name, **fitted, "reasons": self.reasons}, indent=1)


def fitted_as_of(as_of: date) -> date:
    """The last Monday on or before `as_of`: models change once a week, whichever nights are run."""
    return as_of - timedelta(days=as_of.weekday())


def fit_models(history: pl.DataFrame, margin_rate: MarginRate, min_customers: int, min_returning: int) -> Models:
    """Models fitted on `history` (`purchase_history` as of a Monday), or none where there is too little to learn."""
    returning = int((history["x"] > 0).sum())
    if history.height < min_customers or returning < min_returning:
        reason = (
            f"{history.height} customers with a purchase, {returning} of them came back; "
            f"a model needs {min_customers} and {min_returning}"
        )
        return Models(None, None, False, margin_rate, (reason,))
    reasons: list[str] = []
    purchases, is_map = _purchase_model(history, reasons)
    spend = _spend_model(history, reasons) if purchases else None
    return Models(purchases, spend, is_map, margin_rate, tuple(reasons))


def _purchase_model(history: pl.DataFrame, reasons: list[str]) -> tuple[ModifiedBetaGeo | None, bool]:
    try:
        return ModifiedBetaGeo.fit(history), False
    except NothingGained as nothing_gained:
        reasons.append(f"mbg_nbd: {nothing_gained}; a weak prior stands in")
    except NoFit as no_fit:
        reasons.append(f"mbg_nbd: {no_fit}")
        return None, False
    try:
        return ModifiedBetaGeo.fit_with_weak_prior(history), True
    except NoFit as no_fit:
        reasons.append(f"mbg_nbd_map: {no_fit}")
        return None, False


def _spend_model(history: pl.DataFrame, reasons: list[str]) -> SpendModel | None:
    model, why = fit_spend(history)
    reasons += [f"{reason.candidate}: {reason.code}" for reason in why]
    return model


def scores(history: pl.DataFrame, models: Models, yearly_rate: float) -> pl.DataFrame:
    """The columns of mart.customer_score that come from the history, one row a customer with a purchase.

    `history`: `purchase_history` as of the night, with `customer_paid` and `margin` of mart.customer (money).
    Shard-local.
    """
    known = history.select(
        "customer_id",
        frequency="x",
        recency_days=pl.col("age_days") - pl.col("t_x_days"),
        age_days="age_days",
        monetary_value=(pl.col("customer_paid") / (pl.col("x") + 1)).round().cast(pl.Int64),
        model=pl.lit(models.name),
    )
    if models.purchases is None:
        return known
    numbers = known.with_columns(
        models.purchases.p_alive(history).alias("p_alive"),
        models.purchases.expected_purchases(history, RISK_DAYS).alias("expected_orders_90d"),
        models.purchases.p_no_purchase(history, RISK_DAYS).alias("churn_risk_90d"),
    )
    if models.spend is None:
        return numbers
    # What one occasion is worth, money.
    occasion = models.spend.expected_spend(history) * models.margin_rate.rates(history) * MONEY_SCALE
    return numbers.with_columns(
        p_buy_365d=1 - models.purchases.p_no_purchase(history, VALUE_DAYS),
        **{
            f"clv_{days}d": (models.purchases.expected_discounted_purchases(history, days, yearly_rate) * occasion)
            .round()
            .cast(pl.Int64)
            for days in (VALUE_DAYS, LONG_DAYS)
        },
    )
