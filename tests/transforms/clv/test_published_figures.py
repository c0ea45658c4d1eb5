"""The published figures of CDNOW, from the raw file through our own history. Published times are weeks, ours days."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from transforms.clv.history import occasions, purchase_history
from transforms.clv.spend.gamma_gamma import GammaGamma
from transforms.clv.times.beta_geo import BetaGeo
from transforms.clv.times.death_first import Pairs, Rates
from transforms.clv.times.modified_beta_geo import ModifiedBetaGeo
from transforms.clv.times.pareto_nbd import ParetoNBD

SHARED = Path(__file__).parents[3].parent / "shared"
SAMPLE, VECTORS = SHARED / "data/cdnow/CDNOW_sample.txt", SHARED / "vectors/clv.json"

pytestmark = pytest.mark.skipif(
    not (SAMPLE.exists() and VECTORS.exists()), reason="needs the CDNOW sample and clv.json beside the repository"
)


@pytest.fixture(scope="module")
def vectors() -> dict[str, Any]:
    return dict(json.loads(VECTORS.read_text(encoding="utf-8")))


@pytest.fixture(scope="module")
def orders() -> pl.DataFrame:
    lines = [line.split() for line in SAMPLE.read_text(encoding="ascii").splitlines() if line.strip()]
    return pl.DataFrame(
        {
            "customer_id": [line[1] for line in lines],
            "happened_date": [date.fromisoformat(line[2]) for line in lines],
            "spend": [round(float(line[4]) * 100) * 100 for line in lines],
        }
    )


@pytest.fixture(scope="module")
def history(orders: pl.DataFrame) -> pl.DataFrame:
    return purchase_history(orders.lazy(), date(1997, 9, 30)).sort("customer_id").collect()


@pytest.fixture(scope="module")
def beta_geo(history: pl.DataFrame) -> BetaGeo:
    return BetaGeo.fit(history)


@pytest.fixture(scope="module")
def model(history: pl.DataFrame) -> ModifiedBetaGeo:
    return ModifiedBetaGeo.fit(history)


@pytest.fixture(scope="module")
def pareto(history: pl.DataFrame) -> ParetoNBD:
    return ParetoNBD.fit(history)


def vector_of(vectors: dict[str, Any], what: str) -> dict[str, Any]:
    (vector,) = (value for value in vectors["values"] if value["what"].startswith(what))
    return dict(vector)


def pareto_in_weeks(r: float, alpha: float, s: float, beta: float) -> ParetoNBD:
    return ParetoNBD(r, alpha * 7, s, beta * 7, loglik=0.0, customers=1)


def beta_geo_in_weeks(r: float, alpha: float, a: float, b: float, loglik: float) -> BetaGeo:
    return BetaGeo(r, alpha * 7, a, b, loglik=loglik, customers=1)


def precise_beta_geo(vectors: dict[str, Any]) -> BetaGeo:
    return beta_geo_in_weeks(**vectors["fits"]["bg_nbd"]["precise"])


def one_history(x: int, t_x_days: int, age_days: int) -> pl.DataFrame:
    return pl.DataFrame({"x": [x], "t_x_days": [t_x_days], "age_days": [age_days]})


def test_history_has_the_published_counts(history: pl.DataFrame, orders: pl.DataFrame, vectors: dict[str, Any]) -> None:
    facts = vectors["data_facts"]
    assert history.height == facts["customers"]
    assert history.filter(pl.col("x") > 0).height == facts["with_repeat"]
    assert history.filter(pl.col("x") == 0).height == facts["without_repeat"]
    assert history["x"].sum() == facts["repeat_occasions"]
    assert history["x"].max() == facts["max_x"]
    later = occasions(orders.lazy().filter(pl.col("happened_date") > date(1997, 9, 30))).collect()
    assert later.height == facts["holdout_occasions"]


def test_mbg_nbd_as_published(history: pl.DataFrame, model: ModifiedBetaGeo, vectors: dict[str, Any]) -> None:
    fit = vectors["fits"]["mbg_nbd"]
    ours = {"r": model.r, "alpha": model.alpha / 7, "a": model.a, "b": model.b}
    assert ours == pytest.approx(fit["published"], rel=0.005)
    in_weeks = model.loglik + history["x"].sum() * np.log(7)
    assert in_weeks == pytest.approx(fit["recomputed"]["loglik_two_decimal_csv"], abs=0.05)
    assert model.customers == vectors["data_facts"]["customers"]


def test_p_alive_of_a_one_time_buyer_as_published(
    beta_geo: BetaGeo, model: ModifiedBetaGeo, pareto: ParetoNBD, vectors: dict[str, Any]
) -> None:
    vector = vector_of(vectors, "P(alive) of a one-time buyer")
    ours = [fitted.p_alive(one_history(0, 0, 272))[0] for fitted in (beta_geo, model, pareto)]
    assert ours == pytest.approx(vector["value"], abs=vector["tolerance"])


def test_mbg_nbd_foretells_the_holdout_about_as_bg_nbd_does(
    history: pl.DataFrame, model: ModifiedBetaGeo, vectors: dict[str, Any]
) -> None:
    vector = vector_of(vectors, "39-week hold-out on the sample, BG")
    assert model.expected_purchases(history, 273).sum() == pytest.approx(vector["value"][0], rel=0.05)


def test_gamma_gamma_as_published(history: pl.DataFrame, vectors: dict[str, Any]) -> None:
    fit = vectors["fits"]["gamma_gamma"]
    model = GammaGamma.fit(history)
    assert {"p": model.p, "q": model.q, "v": model.v} == pytest.approx(fit["published"], rel=0.005)
    assert model.loglik == pytest.approx(fit["precise"]["loglik"], abs=0.05)
    assert model.customers == fit["customers"]


def test_expected_spend_as_published(history: pl.DataFrame, vectors: dict[str, Any]) -> None:
    vector = vector_of(vectors, "Gamma-Gamma E[M]")
    spend = GammaGamma(6.25, 3.74, 15.44, loglik=0.0, customers=1).expected_spend(history.head(10))
    assert spend.to_list() == pytest.approx(vector["value"], abs=vector["tolerance"])


def test_pareto_nbd_as_published(history: pl.DataFrame, pareto: ParetoNBD, vectors: dict[str, Any]) -> None:
    fit = vectors["fits"]["pareto_nbd"]
    ours = {"r": pareto.r, "alpha": pareto.alpha / 7, "s": pareto.s, "beta": pareto.beta / 7}
    ours["loglik"] = pareto.loglik + history["x"].sum() * np.log(7)
    assert ours == pytest.approx(fit["published"], rel=0.001)
    assert ours == pytest.approx(fit["precise"], rel=0.0005)
    assert ours["loglik"] == pytest.approx(fit["precise"]["loglik"], abs=0.001)
    assert pareto.customers == vectors["data_facts"]["customers"]


@pytest.mark.parametrize("name", ["BG/NBD", "Pareto/NBD"])
def test_the_holdout_is_foretold_as_published(
    history: pl.DataFrame,
    orders: pl.DataFrame,
    beta_geo: BetaGeo,
    pareto: ParetoNBD,
    vectors: dict[str, Any],
    name: str,
) -> None:
    vector = vector_of(vectors, f"39-week hold-out on the sample, {name}")
    model = {"BG/NBD": beta_geo, "Pareto/NBD": pareto}[name]
    later = occasions(orders.lazy().filter(pl.col("happened_date") > date(1997, 9, 30)))
    came = later.group_by("customer_id").agg(came=pl.len()).collect()
    both = history.join(came, on="customer_id", how="left", maintain_order="left")
    bought = both["came"].fill_null(0).to_numpy().astype(float)
    off = model.expected_purchases(history, 273).to_numpy() - bought
    ours = [bought.sum() + off.sum(), 100 * off.sum() / bought.sum(), np.abs(off).mean(), np.sqrt((off**2).mean())]
    for figure, published, tolerance in zip(ours, vector["value"], vector["tolerance"], strict=True):
        assert figure == pytest.approx(published, abs=tolerance)


def test_bg_nbd_as_published(history: pl.DataFrame, beta_geo: BetaGeo, vectors: dict[str, Any]) -> None:
    fit = vectors["fits"]["bg_nbd"]
    ours = beta_geo.parameters | {"alpha": beta_geo.alpha / 7}
    ours["loglik"] = beta_geo.loglik + history["x"].sum() * np.log(7)
    assert ours == pytest.approx(fit["published"], rel=0.005)
    assert ours == pytest.approx(fit["precise"], rel=0.0001)
    assert ours["loglik"] == pytest.approx(fit["precise"]["loglik"], abs=0.001)
    assert beta_geo.loglik == pytest.approx(-14363.53, abs=0.005)
    assert beta_geo.customers == vectors["data_facts"]["customers"]


def test_bg_nbd_expects_of_a_new_customer_what_is_published(vectors: dict[str, Any]) -> None:
    vector = vector_of(vectors, "BG/NBD E[X(t)]")
    model = precise_beta_geo(vectors)
    ours = [model.expected_purchases(one_history(0, 0, 0), 7 * weeks)[0] for weeks in vector["t"]]
    assert ours == pytest.approx(vector["value"], abs=vector["tolerance"])


def test_bg_nbd_of_one_customer_as_published(vectors: dict[str, Any]) -> None:
    buyer = one_history(2, 213, 272)
    expected = vector_of(vectors, "BG/NBD conditional expectation over 39 weeks, x=2, t_x=30.43, T=38.86")
    alive = vector_of(vectors, "BG/NBD P(alive), x=2, t_x=30.43, T=38.86")
    model = precise_beta_geo(vectors)
    assert model.expected_purchases(buyer, 273)[0] == pytest.approx(expected["value"], abs=expected["tolerance"])
    assert model.p_alive(buyer)[0] == pytest.approx(alive["value"], abs=alive["tolerance"])


def test_bg_nbd_counts_of_new_customers_as_published(vectors: dict[str, Any]) -> None:
    vector = vector_of(vectors, "BG/NBD pmf with the three-decimal parameters")
    model = beta_geo_in_weeks(**vectors["fits"]["bg_nbd"]["published"])
    ours = [model.p_purchases(n, 7 * weeks) for n, weeks in ((10, 2), (0, 39), (11, 30), (20, 30))]
    assert ours == pytest.approx(vector["value"], rel=vector["relative_tolerance"])


def test_pareto_nbd_expects_of_a_new_customer_what_is_published(vectors: dict[str, Any]) -> None:
    vector = vector_of(vectors, "Pareto/NBD E[X(t)]")
    model = pareto_in_weeks(0.55, 10.56, 0.61, 11.64)
    ours = [model.expected_purchases(one_history(0, 0, 0), 7 * weeks)[0] for weeks in (1, 2, 9)]
    assert ours == pytest.approx(vector["value"], abs=vector["tolerance"])


def test_pareto_nbd_of_a_frequent_buyer_as_published(vectors: dict[str, Any]) -> None:
    vector = vector_of(vectors, "Pareto/NBD, x=26")
    model, buyer = pareto_in_weeks(0.5534, 10.5802, 0.6061, 11.6562), one_history(26, 216, 217)
    ours = model.p_alive(buyer)[0], model.expected_purchases(buyer, 364)[0]
    for figure, published, tolerance in zip(ours, vector["value"], vector["tolerance"], strict=True):
        assert figure == pytest.approx(published, abs=tolerance)


def test_pareto_nbd_stays_smooth_where_others_jump(vectors: dict[str, Any]) -> None:
    vector = vector_of(vectors, "Pareto/NBD stays smooth")
    model = pareto_in_weeks(0.55, 10.58, 0.61, 11.67)
    ours = [model.expected_purchases(one_history(x, 1400, 1400), 70)[0] for x in (132, 133)]
    assert ours == pytest.approx(vector["value"], abs=vector["tolerance"])


def test_pareto_nbd_holds_where_others_overflow(vectors: dict[str, Any]) -> None:
    vector = vector_of(vectors, "Pareto/NBD numerical stress")
    model = pareto_in_weeks(0.5143, 2.8845, 0.2856, 14.1087)
    rows = {"x": [221, 254, 161, 204], "t_x_days": [724, 680, 663, 690], "age_days": [725, 681, 686, 696]}
    assert model.p_alive(pl.DataFrame(rows)).to_list() == pytest.approx(vector["value"], abs=vector["tolerance"])


def test_pareto_nbd_integral_holds_where_others_overflow(vectors: dict[str, Any]) -> None:
    vector = vector_of(vectors, "Pareto/NBD log A0")
    r, alpha, s, beta = 10.465, 0.00798565181, 3.0516, 2.820
    rates = Rates(r, alpha * 7, s, beta * 7)
    x, t_x, age = np.array([400, 500, 500]), np.array([5, 1, 4]), np.array([6, 37, 37])

    def log_gone_since(weeks: NDArray[np.int64]) -> NDArray[np.float64]:
        h = Pairs.of(x, weeks * 7).probability(rates)
        return np.asarray(np.log(h) - (r + x) * np.log(alpha + weeks) - s * np.log(beta + weeks))

    last, end = log_gone_since(t_x), log_gone_since(age)
    ours = np.log((r + s + x) / s) + last + np.log1p(-np.exp(end - last))
    assert ours == pytest.approx(vector["value"], abs=vector["tolerance"])
