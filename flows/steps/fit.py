"""Fit: the models of the week, and how well they foretold what is known by now."""

from datetime import date, timedelta
from importlib.metadata import version

import polars as pl

from flows.io.lake import Stage, write_atomically
from flows.night import Night
from flows.steps.customers import tell_costs
from transforms.clv.choice.choices import Reason
from transforms.clv.choice.ladder import Gate, Past, learn
from transforms.clv.choice.season import daily_activity
from transforms.clv.choice.windows import HORIZON_DAYS, cut_offs, windows
from transforms.clv.history import occasions, purchase_history
from transforms.clv.models import Models, Worth, fitted_as_of, models_of
from transforms.clv.spend.margin_rate import MarginRate, margin_spread
from transforms.contracts import mart, value
from transforms.identity.customers import is_tried

MODELS = "models.json"
"""The models in use, kept with the record of the night."""
MOST_TRIED = 100_000
"""Customers at most with whom models are tried at past days; the night's own models see all."""


def fit(night: Night) -> Models:
    """The models of the week, of all shards' histories; writes mart.model_choice, model_quality, score_calibration."""
    work, monday = night.work, fitted_as_of(night.as_of)
    histories = [purchase_history(orders_of(work, shard), monday).collect() for shard in night.shards]
    history = pl.concat(histories).sort("customer_id")
    limits = night.settings.score
    gate = Gate(limits.min_customers, limits.min_history_days, limits.last_purchase_within_days, limits.min_with_three)
    learned = learn(_past(night, history, monday), gate, night.as_of)
    models = models_of(learned, history, _worth(night))
    write_atomically(work.root / MODELS, models.to_json(version("regulars")))
    work.write(value.MODEL_CHOICE, models.choices(night.as_of).lazy())
    work.write(value.MODEL_QUALITY, learned.quality.lazy())
    work.write(value.SCORE_CALIBRATION, learned.calibration.lazy())
    return models


def orders_of(work: Stage, shard: int | None = None) -> pl.LazyFrame:
    """`customer_id`, `happened_date`, `customer_paid`, and that as `spend`, a row an order."""
    return work.scan(mart.PURCHASE_ORDER, shard).select(
        "customer_id", "customer_paid", happened_date="order_date", spend="customer_paid"
    )


def _past(night: Night, history: pl.DataFrame, monday: date) -> Past:
    tried = is_tried(pl.col("customer_id"), MOST_TRIED / max(history.height, 1))
    every = pl.concat(occasions(orders_of(night.work, shard).filter(tried)) for shard in night.shards)
    days = every.filter(pl.col("happened_date") <= monday).collect()
    first = days["happened_date"].min()
    past = cut_offs(first, monday) if isinstance(first, date) else []
    step = timedelta(days=HORIZON_DAYS)
    seen = sorted({moved for day in past for moved in (day - step, day, day + step)})
    histories = dict(zip(seen, pl.collect_all([purchase_history(days.lazy(), day) for day in seen]), strict=True))
    activity = daily_activity(days.lazy(), history.lazy().filter(tried)).collect()
    return Past(monday, history, activity, windows(past, histories))


def _worth(night: Night) -> Worth:
    """As of the night, not of Monday: what was kept of past payments is counted, not foretold."""
    orders = night.work.scan(mart.PURCHASE_ORDER)
    spreads = pl.concat(margin_spread(night.work.scan(mart.PURCHASE_ORDER, shard)) for shard in night.shards)
    kept = night.work.scan(mart.CUSTOMER).select("customer_id", "customer_paid", "margin")
    rate = MarginRate.fit(spreads.join(kept, on="customer_id").sort("customer_id").collect())
    if not tell_costs(night):
        return Worth("net_revenue", Reason("value", "no_costs_told"), rate)
    known = orders.select(pl.col("goods_cost").is_not_null().mean()).collect().item()
    return Worth("margin", Reason("value", "costs_told", "margin", known), rate)
