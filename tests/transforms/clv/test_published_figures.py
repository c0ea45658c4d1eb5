"""The published figures of CDNOW, from the raw file through our own history. Published times are weeks, ours days."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from transforms.clv.gamma_gamma import GammaGamma
from transforms.clv.history import occasions, purchase_history
from transforms.clv.modified_beta_geo import ModifiedBetaGeo

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
    return purchase_history(orders.lazy(), date(1997, 9, 30)).collect()


@pytest.fixture(scope="module")
def model(history: pl.DataFrame) -> ModifiedBetaGeo:
    return ModifiedBetaGeo.fit(history)


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


def test_p_alive_of_a_one_time_buyer_as_published(model: ModifiedBetaGeo, vectors: dict[str, Any]) -> None:
    (vector,) = (value for value in vectors["values"] if value["what"].startswith("P(alive) of a one-time buyer"))
    buyer = pl.DataFrame({"x": [0], "t_x_days": [0], "age_days": [272]})
    assert model.p_alive(buyer)[0] == pytest.approx(vector["value"][1], abs=vector["tolerance"])


def test_mbg_nbd_foretells_the_holdout_about_as_bg_nbd_does(
    history: pl.DataFrame, model: ModifiedBetaGeo, vectors: dict[str, Any]
) -> None:
    (vector,) = (value for value in vectors["values"] if value["what"].startswith("39-week hold-out on the sample, BG"))
    assert model.expected_purchases(history, 273).sum() == pytest.approx(vector["value"][0], rel=0.05)


def test_gamma_gamma_as_published(history: pl.DataFrame, vectors: dict[str, Any]) -> None:
    fit = vectors["fits"]["gamma_gamma"]
    model = GammaGamma.fit(history)
    assert {"p": model.p, "q": model.q, "v": model.v} == pytest.approx(fit["published"], rel=0.005)
    assert model.loglik == pytest.approx(fit["precise"]["loglik"], abs=0.05)
    assert model.customers == fit["customers"]


def test_expected_spend_as_published(history: pl.DataFrame, vectors: dict[str, Any]) -> None:
    (vector,) = (value for value in vectors["values"] if value["what"].startswith("Gamma-Gamma E[M]"))
    spend = GammaGamma(6.25, 3.74, 15.44, 0.0, 1).expected_spend(history.head(10))
    assert spend.to_list() == pytest.approx(vector["value"], abs=vector["tolerance"])
