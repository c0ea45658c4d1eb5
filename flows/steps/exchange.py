"""Exchange: what a shard sold in other currencies, in the shop's reporting one."""

from datetime import date

import polars as pl

from flows.faults import InputError
from flows.io.lake import RawFile
from flows.io.rates import rates_of
from flows.night import Night
from flows.settings import Settings
from transforms.staging import currencies

RATES = "rates.parquet"
"""Rates known to the night, where money had to be exchanged; kept with its record."""
Tables = tuple[pl.DataFrame, pl.LazyFrame, pl.LazyFrame]


def has_foreign(rows: pl.DataFrame, settings: Settings) -> bool:
    """Whether some of `rows` (with `original_currency` and `store_id`) are not in the reporting currency."""
    told, of_stores = rows["original_currency"], _of_foreign_stores(settings)
    if told.null_count() < told.len() and (told != settings.shop.currency).any():
        return True
    return bool(of_stores) and rows["store_id"].is_in(list(of_stores)).any()


def exchange(night: Night, files: list[RawFile], seen: pl.LazyFrame, tables: Tables) -> Tables:
    """Staged orders, lines and refunds in the reporting currency, at the rate of the day of the order.

    A refund that names its order takes the rate of that order, so that giving all back leaves nothing; another takes
    that of its own day. `seen`: the lines that `tables` come from. Raises InputError naming file and line of an order
    in two currencies, or the currency and day without a rate.
    """
    bought, lines, refunds = tables
    told = currencies.told_currencies(seen).collect(engine="streaming")
    _refuse_mixed(told, files)
    currency_of = _currency_of(night.settings)
    dated = currencies.dated_orders(bought.lazy(), told.lazy(), currency_of)
    given_back = currencies.dated_refunds(refunds, told.lazy(), dated, currency_of)
    rates = _rates(night, dated, given_back)
    priced = currencies.with_rate(dated, rates)
    converted = currencies.converted_orders(priced).collect()
    if converted["customer_paid"].null_count():
        raise InputError("an order comes to more than can be counted in the reporting currency; correct its rate")
    return (
        converted,
        currencies.converted_lines(lines, priced),
        currencies.converted_refunds(currencies.with_rate(given_back, rates)),
    )


def exchange_costs(night: Night, costs: pl.LazyFrame) -> pl.LazyFrame:
    """Rows of staged.product_cost in the reporting currency, at the rate of the day from which each holds.

    Raises InputError naming the currency and day without a rate.
    """
    dated = currencies.dated_costs(costs, _currency_of(night.settings))
    return currencies.converted_costs(currencies.with_rate(dated, _rates(night, dated)))


def _of_foreign_stores(settings: Settings) -> dict[str, str]:
    reporting = settings.shop.currency
    return {store.id: store.currency for store in settings.stores if store.currency not in {None, reporting}}


def _currency_of(settings: Settings) -> pl.Expr:
    return currencies.currency_of(_of_foreign_stores(settings), settings.shop.currency)


def _refuse_mixed(told: pl.DataFrame, files: list[RawFile]) -> None:
    mixed = told.filter("is_mixed").sort("file_id", "line_number")
    if mixed.is_empty():
        return
    names = {file.file_id: file.file_name for file in files}
    first = mixed.row(0, named=True)
    raise InputError(
        f"{names[first['file_id']]}: line {first['line_number']}: another row of this order tells another currency; "
        "an order has one. Correct the cell and export again"
    )


def _rates(night: Night, *dated: pl.LazyFrame) -> pl.LazyFrame:
    """The rate of every currency and day in `dated`. Raises InputError naming the first that has none."""
    needed = pl.concat(frame.select("original_currency", "rate_date") for frame in dated)
    known, reporting = _known_rates(night), night.settings.shop.currency
    rates = currencies.dated_rates(needed, known.lazy(), reporting).collect()
    missing = rates.filter(pl.col("rate").is_null()).sort("rate_date", "original_currency")
    if missing.height:
        currency, day, _ = missing.row(0)
        raise InputError(_way_out(known, currency, day, reporting, missing.height - 1))
    return rates.lazy()


def _known_rates(night: Night) -> pl.DataFrame:
    kept = night.work.root / RATES
    if not kept.exists():
        rates_of(night.settings).write_parquet(kept, mkdir=True)
    return pl.read_parquet(kept)


def _way_out(known: pl.DataFrame, currency: str, day: date, reporting: str, more: int) -> str:
    before = known.filter(pl.col("currency") == currency, pl.col("date") <= day)["date"].sort().to_list()
    last = f"; the last before it is of {before[-1]}, more than {currencies.LONGEST_DAYS} days older" if before else ""
    others = f", nor for {more} more pairs of currency and day" if more else ""
    return (
        f"no exchange rate for {currency} on {day}{last}{others}. Add it under [[rates]] in the settings or to "
        f"the file paths.rates: how many {reporting} one {currency} is worth. A shop that reckons in {currency} says "
        "so with `currency` under [shop]"
    )
