"""What comes out of the plain shop, counted as the night counts it, agrees with the parameters that went in.

Seeds are fixed, so these tests cannot fail by chance; each bound is the one an honest sample breaks once in a thousand.
"""

from datetime import date
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray
from scipy.special import gammaln, hyp2f1
from scipy.stats import chi2

from transforms.simulator.plain import plain_shop
from transforms.simulator.world import PlainWorld, Shop

FIRST, UNTIL = date(2023, 11, 23), date(2026, 11, 21)
WORLD = PlainWorld()
ONCE_IN_A_THOUSAND = 3.29
"""Standard errors, both sides."""

Floats = NDArray[np.float64]


@pytest.fixture(scope="module", params=[1, 2, 3])
def shop(request: pytest.FixtureRequest) -> Shop:
    return plain_shop(request.param, 20_000, FIRST, UNTIL)


def histories(shop: Shop) -> pl.DataFrame:
    """Repeat occasions x, days from first to last, days from first to the end, mean spend: from the lines alone."""
    return (
        shop.order_lines.with_columns(day=pl.col("ordered_at").dt.date())
        .group_by("account_id")
        .agg(
            x=pl.col("day").n_unique().cast(pl.Float64) - 1,
            t_x_days=(pl.col("day").max() - pl.col("day").min()).dt.total_days().cast(pl.Float64),
            age_days=(pl.lit(UNTIL) - pl.col("day").min()).dt.total_days().cast(pl.Float64),
            paid=(pl.col("quantity") * pl.col("unit_price") - pl.col("discount")).sum() / 10_000,
        )
        .sort("account_id")
    )


def log_likelihood(theta: Floats, x: Floats, t_x: Floats, age: Floats) -> Any:
    """Fader and Hardie, "A Note on Deriving the Pareto/NBD Model" (2005), equation for alpha >= beta."""
    r, alpha, s, beta = theta
    assert alpha >= beta
    size = r + s + x

    def reached(t: Floats) -> Any:
        return np.log(hyp2f1(size, s + 1, size + 1, (alpha - beta) / (alpha + t))) - size * np.log(alpha + t)

    alive = -(r + x) * np.log(alpha + age) - s * np.log(beta + age)
    dead = s / size * (np.exp(reached(t_x) - alive) - np.exp(reached(age) - alive))
    return gammaln(r + x) - gammaln(r) + r * np.log(alpha) + s * np.log(beta) + alive + np.log1p(dead)


def test_the_true_parameters_pass_a_score_test_on_the_purchase_histories(shop: Shop) -> None:
    x, t_x, age = histories(shop).select("x", "t_x_days", "age_days").to_numpy().T
    truth = np.array([WORLD.r, WORLD.alpha, WORLD.s, WORLD.beta])
    step = 1e-4 * truth
    scores = np.stack(
        [
            (log_likelihood(truth + shift, x, t_x, age) - log_likelihood(truth - shift, x, t_x, age))
            / (2 * shift.sum())
            for shift in np.diag(step)
        ]
    )
    total = scores.sum(axis=1)
    statistic = total @ np.linalg.solve(scores @ scores.T, total)
    assert statistic < chi2.ppf(0.999, df=4)


@pytest.mark.parametrize("days", [90, 365, 730])
def test_repeat_purchases_are_as_many_as_the_pareto_nbd_expects(shop: Shop, days: int) -> None:
    bought = histories(shop).filter(pl.col("age_days") >= days).select("account_id")
    repeats = (
        shop.order_lines.join(bought, on="account_id")
        .with_columns(day=pl.col("ordered_at").dt.date())
        .with_columns(since=(pl.col("day") - pl.col("day").min().over("account_id")).dt.total_days())
        .filter(pl.col("since") <= days)
        .group_by("account_id")
        .agg(x=pl.col("since").n_unique() - 1)["x"]
        .to_numpy()
    )
    r, alpha, s, beta = WORLD.r, WORLD.alpha, WORLD.s, WORLD.beta
    expected = r * beta / (alpha * (s - 1)) * (1 - (beta / (beta + days)) ** (s - 1))
    assert abs(repeats.mean() - expected) < ONCE_IN_A_THOUSAND * repeats.std() / np.sqrt(len(repeats))


def test_mean_spend_is_that_of_the_gamma_gamma(shop: Shop) -> None:
    of_customer = histories(shop).select(pl.col("paid") / (pl.col("x") + 1)).to_series().to_numpy()
    expected = WORLD.p * WORLD.v / (WORLD.q - 1)
    assert abs(of_customer.mean() - expected) < ONCE_IN_A_THOUSAND * of_customer.std() / np.sqrt(len(of_customer))


def test_spend_scatters_about_each_customers_mean_as_its_gamma(shop: Shop) -> None:
    occasions = (
        shop.order_lines.with_columns(day=pl.col("ordered_at").dt.date())
        .group_by("account_id", "day")
        .agg(paid=(pl.col("quantity") * pl.col("unit_price") - pl.col("discount")).sum() / 10_000)
        .join(shop.truth["customer"].select("account_id", "mean_spend"), on="account_id")
    )
    ratio = (occasions["paid"] / occasions["mean_spend"]).to_numpy()
    # The variance of Gamma(p, rate p) is 1 / p; that of the squared deviations, (3 + 6 / p - 1) / p^2.
    error = np.sqrt((2 + 6 / WORLD.p) / len(ratio)) / WORLD.p
    assert abs(((ratio - 1) ** 2).mean() - 1 / WORLD.p) < ONCE_IN_A_THOUSAND * error


def test_latent_rates_follow_their_gammas(shop: Shop) -> None:
    latent = shop.truth["customer"].drop_nulls("lambda_per_day")
    for column, shape, rate in (("lambda_per_day", WORLD.r, WORLD.alpha), ("mu_per_day", WORLD.s, WORLD.beta)):
        error = np.sqrt(shape) / rate / np.sqrt(len(latent))
        assert abs(latent[column].to_numpy().mean() - shape / rate) < ONCE_IN_A_THOUSAND * error


def test_the_default_world_looks_like_a_web_shop(shop: Shop) -> None:
    occasions = histories(shop)["x"].to_numpy() + 1
    assert 0.4 < (occasions == 1).mean() < 0.6
    assert np.median(occasions) in {1, 2}
    assert (occasions >= 20).mean() > 0.005
    businesses, never = int(shop.customer_accounts["is_business"].sum()), 20_000 - len(occasions)
    assert abs(businesses / 20_000 - WORLD.business_share) < ONCE_IN_A_THOUSAND * np.sqrt(0.04 * 0.96 / 20_000)
    assert never == 400
