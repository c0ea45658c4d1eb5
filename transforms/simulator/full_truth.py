"""What nobody outside a simulation can know of the full shop, as tables. Money is Int64 in ten-thousandths."""

from datetime import date

import numpy as np
import polars as pl

from transforms.simulator.accounts import clear_keys
from transforms.simulator.campaigns import Mailing
from transforms.simulator.causes import CAUSES, QUALITY, Departures
from transforms.simulator.exports.cells import CENTS_SCALE
from transforms.simulator.full_world import STORES
from transforms.simulator.lives import Lives
from transforms.simulator.process import Ints
from transforms.simulator.sales import with_numbers
from transforms.simulator.setting import Setting


def season_frame(setting: Setting) -> pl.DataFrame:
    """`day` (a date), `intensity` (mean 1), `is_promotion`; the sum of intensities is operational time."""
    day, season = np.arange(setting.days), setting.season
    return pl.DataFrame(
        {
            "day": np.datetime64(setting.first, "D") + day.astype("timedelta64[D]"),
            "intensity": season.intensity,
            "is_promotion": season.is_promotion,
        }
    )


def person_frame(
    setting: Setting, lives: Lives, departures: Departures, people: pl.DataFrame, orders: pl.DataFrame
) -> pl.DataFrame:
    """One row a person; see docs/demo-world.md for the columns."""
    customers, first = lives.customers, setting.first
    dies = customers.buys & (departures.cause < 0) & (lives.death_day < setting.days)
    counted = (
        orders.filter("is_paid")
        .group_by("person")
        .agg(
            occasions=pl.col("day").n_unique().cast(pl.Int64),
            orders=pl.len().cast(pl.Int64),
            paid=(pl.col("goods_cents") + pl.col("shipping_cents")).cast(pl.Int64).sum() * CENTS_SCALE,
            refunded=pl.col("refunded_cents").cast(pl.Int64).sum() * CENTS_SCALE,
        )
    )
    latent = ("lambda_per_day", "mu_per_day", "lifetime_days", "mean_spend", "favourite_category")
    return (
        pl.DataFrame(
            {
                "person": np.arange(len(lives)),
                "arrival_date": _dates(first, lives.arrival_day),
                "is_buyer": customers.buys,
                "lambda_per_day": customers.purchase_rate,
                "mu_per_day": customers.death_rate,
                "lifetime_days": customers.lifetime_days,
                "death_date": _dates(first, np.where(dies, lives.death_day, -1)),
                "cause": _causes(departures.cause),
                "cause_date": _dates(first, departures.cause_day),
                "is_stayer": departures.is_stayer,
                "has_traces": departures.shown >= 0,
                "traces_of": _causes(departures.shown),
                "changed_date": _dates(first, departures.changed_day),
                "anchor_date": _dates(first, departures.anchor_day),
                "traces_until": _dates(first, departures.shown_until_day),
                "is_promotion_only": lives.is_promotion_only,
                "is_business": lives.is_business,
                "is_haggler": lives.is_haggler,
                "is_referrer": lives.is_referrer,
                "mean_spend": customers.mean_spend,
                "favourite_category": people["favourite_category"],
            }
        )
        .with_columns(pl.when("is_buyer").then(name).alias(name) for name in latent)
        .hstack(
            people.select("customer_name", "email", "phone", "phone_owner", "is_shared", "birthday", "lunar_birthday")
        )
        .join(counted, on="person", how="left", maintain_order="left")
        .with_columns(pl.col("occasions", "orders", "paid", "refunded").fill_null(0))
    )


def account_frame(facts: pl.DataFrame) -> pl.DataFrame:
    """One row an account; a shared phone is one account id of several people on Youzan."""
    return pl.concat(
        [
            facts.select(
                "account", "person", _store(), "account_id", "opened_at", "customer_name", "email", "phone", "street",
                "is_first", "is_masked", "is_shared", "is_name_misspelt", "is_address_misspelt", "orders",
            ),
            clear_keys(facts),
        ],
        how="horizontal",
    )  # fmt: skip


def order_frame(orders: pl.DataFrame, facts: pl.DataFrame) -> pl.DataFrame:
    """One row an order placed, paid or not."""
    money = ("gross", "discount", "goods", "shipping", "paid", "refunded")
    return with_numbers(orders).select(
        _store(), "order_id", "platform_number", "person", "account",
        facts["account_id"].gather(orders["account"]),
        "ordered_at", "is_paid", "lines",
        *((pl.col(f"{name}_cents") * CENTS_SCALE).alias(name) for name in money),
        "refunded_at",
        is_gift=pl.col("recipient") != pl.col("account"),
        campaign=pl.when(pl.col("campaign") >= 0).then("campaign"),
    )  # fmt: skip


def campaign_frame(first: date, mailing: Mailing) -> pl.DataFrame:
    """One row a campaign. `mean_uplift` is the uplift of everyone assigned, those past being moved included."""
    return mailing.campaigns.with_columns(
        sent_date=_dates(first, mailing.campaigns["sent_day"].to_numpy()),
        mean_uplift=pl.when(pl.col("assigned") > 0).then(pl.col("uplift") * pl.col("movable") / pl.col("assigned")),
    ).drop("sent_day")


def assignment_frame(first: date, mailing: Mailing) -> pl.DataFrame:
    """One row a campaign and person: account, arm, and the date of the occasion it brought, if it did."""
    extra = mailing.assignments["extra_day"].to_numpy()
    return mailing.assignments.drop("extra_day").with_columns(extra_order_date=_dates(first, extra))


def trace_frame(
    orders: pl.DataFrame, departures: Departures, reviews: pl.DataFrame, tickets: pl.DataFrame
) -> pl.DataFrame:
    """`person`, `traces_of`, `kind` (refund, review, ticket), `subject_id`, `happened_at`: what was planted."""
    person = orders["person"]
    is_bad = departures.shown[person.to_numpy()] == QUALITY
    planted = [
        with_numbers(orders.filter(pl.Series(is_bad) & pl.col("is_anchor"))).select(
            "person", kind=pl.lit("refund"), subject_id="order_id", happened_at="refunded_at"
        )
    ]
    for kind, frame, at in (("review", reviews, "reviewed_at"), ("ticket", tickets, "opened_at")):
        rows = frame.filter("is_planted")
        planted.append(
            rows.select(
                person=person.gather(rows["order"]),
                kind=pl.lit(kind),
                subject_id=pl.col(f"{kind}_id"),
                happened_at=pl.col(at),
            )
        )
    joined = pl.concat(planted)
    return joined.with_columns(traces_of=_causes(departures.shown).gather(joined["person"])).sort(
        "person", "happened_at", "kind", "subject_id"
    )


def _dates(first: date, day: Ints) -> pl.Series:
    """Dates of calendar days; null for a negative one."""
    known = pl.Series(np.datetime64(first, "D") + np.maximum(day, 0).astype("timedelta64[D]"))
    return pl.select(pl.when(pl.Series(day) >= 0).then(known)).to_series()


def _causes(index: Ints) -> pl.Series:
    known = pl.Series(CAUSES).gather(np.maximum(index, 0))
    return pl.select(pl.when(pl.Series(index) >= 0).then(known)).to_series()


def _store() -> pl.Expr:
    return pl.lit(pl.Series(STORES)).gather(pl.col("store")).alias("store_id")
