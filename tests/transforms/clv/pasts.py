"""What a shop knew on a day, from its orders; the night's step does the same from its tables."""

from datetime import date, timedelta

import polars as pl

from transforms.clv.choice.ladder import Past
from transforms.clv.choice.season import daily_activity
from transforms.clv.choice.windows import HORIZON_DAYS, cut_offs, windows
from transforms.clv.history import occasions, purchase_history


def past_of(orders: pl.DataFrame, until: date) -> Past:
    """`orders`: `customer_id`, `happened_date`, `spend`."""
    days = occasions(orders.lazy().filter(pl.col("happened_date") <= until)).collect()
    history = purchase_history(days.lazy(), until).sort("customer_id").collect()
    first = days["happened_date"].min()
    past = cut_offs(first, until) if isinstance(first, date) else []
    step = timedelta(days=HORIZON_DAYS)
    seen = {moved for day in past for moved in (day - step, day, day + step)}
    histories = {day: purchase_history(days.lazy(), day).collect() for day in seen}
    activity = daily_activity(days.lazy(), history.lazy()).collect()
    return Past(until, history, activity, windows(past, histories))
