"""Models, their reasons and their record: what the tables hold is said, and unknown words do not break the page."""

import re
from dataclasses import replace

import polars as pl
import pytest

from flows.report import proof_wording
from flows.report.findings import findings
from flows.report.page import render
from flows.report.pictures import PICTURES
from flows.report.proof import PARTS, Choice, Compared, Reason, Tenth, calibration, proof
from flows.report.texts import plain, texts
from flows.settings import Shop
from tests.flows.report.charts.conftest import texts_of
from tests.flows.report.conftest import MODEL_TABLES, NIGHT, contract_frame, night_frames, without_model
from tests.flows.report.test_findings import tables
from tests.flows.report.test_page import read
from transforms.contracts import value


@pytest.fixture(scope="module")
def found():
    return findings(tables())


def test_the_record_is_that_of_the_model_in_use(found) -> None:
    assert (found.proof.model, found.proof.past_days, found.proof.customers) == ("mbg_nbd", 3, 4_321)
    assert len(found.proof.compared) == 13
    assert found.proof.compared[0] == Compared("loglik", "bg_nbd", -2.315, -2.32, "same")
    assert [one.rival for one in found.proof.compared[1:4]] == ["bg_nbd", "last_period", "own_rate"]


def test_without_a_model_in_use_there_is_no_record() -> None:
    quality = night_frames()["mart.model_quality"]
    assert proof(quality.clear()) is None
    assert proof(quality.with_columns(is_champion=pl.lit(value=False))) is None


def test_tenths_come_by_score_from_the_lowest(found) -> None:
    assert found.calibration["churn_risk_90d"][0] == Tenth(0.1, 0.12, 400)
    assert [tenth.predicted for tenth in found.calibration["churn_risk_90d"]] == [0.1, 0.5, 0.95]
    assert calibration(night_frames()["mart.score_calibration"].filter(score="churn_risk_90d")).keys() == {
        "churn_risk_90d"
    }


def test_parts_come_in_their_order(found) -> None:
    assert [choice.part for choice in found.choices] == list(PARTS)
    assert found.choices[2] == Choice(
        "season", "ratio", (Reason("gain", "ratio", 0.05, 0.25), Reason("no_gain", "clock", 0.3, 0.25))
    )


def test_verdicts_are_counted_by_rival(found) -> None:
    assert [sentence.en for sentence in proof_wording.summary(found.proof)] == [
        "Against the last 90 days repeated: better in 3 of 4 measures, about the same in 1, worse in 0.",
        "Against each customer&#39;s own rate: better in 2 of 4 measures, about the same in 0, worse in 2.",
        "Against the other models: better in 0 of 5 comparisons, about the same in 5, worse in 0.",
        "Of all customers together it expected 12% more purchases than came.",
    ]


@pytest.mark.parametrize(
    ("reason", "told"),
    [
        (
            Choice("purchases", "mbg_nbd", (Reason("best_out_of_sample", "bg_nbd", -2.3151, -2.32),)),
            "It held what came at past days more likely than BG/NBD did, by 0.0049 log-likelihood a customer.",
        ),
        (
            Choice("purchases", "stack", (Reason("best_out_of_sample", "bg_nbd", -2.31001, -2.31003),)),
            "It held what came at past days more likely than BG/NBD did, by <0.0001 log-likelihood a customer.",
        ),
        (
            Choice("purchases", "stack", (Reason("stacked", "mbg_nbd_2", 0.215, None),)),
            "MBG/NBD of two kinds of customers has 22% of the say in it: with these weights the models together held "
            "what came most likely.",
        ),
        (
            Choice("purchases", "none", (Reason("no_recent_purchase", "none", None, 30.0),)),
            "The last purchase is – days old; a model needs one within 30 days. Is an export missing?",
        ),
        (
            Choice("purchases", "none", (Reason("too_few_customers", "none", 40.0, 1500.0),)),
            "A model needs 1,500 customers with a purchase; there are 40.",
        ),
        (
            # exp(0.05) = 1.051, exp(0.25) = 1.284.
            Choice("season", "ratio", (Reason("gain", "ratio", 0.05, 0.25),)),
            "The same season of last year: tested at past days. "
            "The total of purchases was off by 5% with it, by 28% without.",
        ),
        (
            Choice("season", "clock", (Reason("gain", "ratio", 0.05, 0.25),)),
            "The same season of last year: it gained too (off by 5% with it, by 28% without), "
            "but where a clock gains, the clock is used.",
        ),
        (
            Choice("value", "margin", (Reason("costs_told", "margin", 0.9988, None),)),
            "The shop's settings or exports tell costs; that of the goods is known for >99% of the orders.",
        ),
        (
            Choice("spend", "credibility", (Reason("depends_on_frequency", "gamma_gamma", -0.312, 0.2),)),
            "How much customers spend goes with how often they come: correlation −0.31, and Gamma-Gamma allows 0.20.",
        ),
        (Choice("purchases", "new_model", (Reason("moon", "new_model", None, None),)), "new_model: moon."),
        (Choice("weather", "sun", (Reason("bright", "none", 1.5, None),)), "none: bright."),
    ],
)
def test_reasons_are_sentences_and_unknown_ones_keep_their_code(reason: Choice, told: str) -> None:
    assert plain(proof_wording.why(reason, reason.reasons[0]), "en") == told


@pytest.mark.parametrize("key", [key for key in texts() if key.startswith("why.")])
def test_every_reason_is_told_without_figures_too(key: str) -> None:
    _, part, *code = key.split(".")
    reason = Reason("".join(code).removesuffix("_left_out") or part, "none", None, None)
    told = proof_wording.why(Choice(part, "none", (reason,)), reason)
    assert "{" not in told.en + told.zh


def test_every_value_of_the_contracts_has_words() -> None:
    expected = [
        *(f"model_short.{name}" for name in (*value.PURCHASE_MODELS, *value.SPEND_MODELS)),
        *(f"model.{name}" for name in (*value.PURCHASE_MODELS, *value.SPEND_MODELS)),
        *(f"metric.{metric}" for metric in value.METRICS),
        *(f"baseline.{name}" for name in value.BASELINES),
        *(f"verdict.{word}" for word in value.MODEL_QUALITY.column("verdict").values),
        *(f"part.{part}" for part in value.MODEL_CHOICE.column("part").values),
        *(f"chosen_season.{season}" for season in value.SEASONS),
        *(f"chosen_value.{basis}" for basis in value.VALUE_BASES),
        *(f"basis.{basis}" for basis in value.VALUE_BASES),
        *(f"basis_less.{basis}" for basis in value.VALUE_BASES),
        *(f"value_class.{name}" for name in value.VALUE_CLASSES),
    ]
    assert [key for key in expected if key not in texts()] == []


def test_bars_are_errors_of_the_model_both_baselines_and_the_best_other(found) -> None:
    buys, orders = (PICTURES[name](found) for name in ("foretold_buys", "foretold_orders"))
    for picture, figures in (
        (buys, ("0.412", "0.900", "0.500", "0.413")),
        (orders, ("1.251", "+12%", "−24%", "+2.0%")),
    ):
        words = texts_of(picture.wide.en)
        assert words.count("MBG/NBD, in use") == words.count("BG/NBD: the model in use is about the same") == 2
        assert set(figures) < set(words)
    assert [plain(cell, "en") for cell in buys.rows[0]] == [
        "How likely it held what came (log-likelihood a customer; more is better)",
        "BG/NBD",
        "−2.315",
        "−2.320",
        "about the same",
    ]
    assert len(buys.rows) + len(orders.rows) == len(found.proof.compared)


def test_too_few_purchases_are_called_fewer(found) -> None:
    compared = tuple(replace(one, ours=-0.034) for one in found.proof.compared if one.metric == "volume_bias_90d")
    told = proof_wording.summary(replace(found.proof, compared=compared))[-1]
    assert told.en == "Of all customers together it expected 3.4% fewer purchases than came."


def test_the_page_says_why_there_is_nothing_to_show() -> None:
    frames = without_model(night_frames())
    english = read(render(findings(tables(frames)), Shop()), "en")
    assert "Not tested: no model was in use" in english
    assert "No model A model needs 500 customers with a purchase; there are 7." in english
    assert "Does it come as foretold?" not in english
    nothing = {name: frame.clear() if name in MODEL_TABLES else frame for name, frame in frames.items()}
    english = read(render(findings(tables(nothing)), Shop()), "en")
    assert "This night has kept no record of its choices." in english
    assert "Nobody has bought anything yet, so there is nothing to value." in english


def test_what_the_page_has_no_words_for_does_not_break_it() -> None:
    columns = ["part", "chosen", "candidate", "reason", "figure", "needed"]
    odd = [("weather", "<sun>", "rain", "new_reason", 1.5, None), ("season", "tide", "tide", "moon", None, None)]
    frames = night_frames() | {"mart.model_choice": contract_frame("mart.model_choice", NIGHT, odd, columns)}
    quality = frames["mart.model_quality"].with_columns(pl.col("baseline").replace("bg_nbd", "oracle"))
    page = render(findings(tables({**frames, "mart.model_quality": quality})), Shop())
    assert "&lt;sun&gt;" in page
    assert "oracle" in page
    assert re.search("weather.*rain: new_reason", read(page, "en"))


def test_value_in_margin_is_called_margin() -> None:
    frames = night_frames()
    scores = frames["mart.customer_score"].with_columns(value_basis=pl.lit("margin"))
    english = read(render(findings(tables({**frames, "mart.customer_score": scores})), Shop()), "en")
    assert "is expected to bring 80% of the next year's margin." in english
    assert "Where next year's margin comes from" in english
    assert "EUR 1,000 in all over the next 365 days, after refunds and the costs the shop has told." in english
    assert "Expected margin" in english


def test_without_a_model_the_record_of_choices_tells_what_value_is() -> None:
    columns = ["part", "chosen", "candidate", "reason", "figure", "needed"]
    told = [("value", "margin", "margin", "costs_told", 0.5, None)]
    frames = without_model(night_frames())
    assert findings(tables(frames)).basis == "net_revenue"
    frames["mart.model_choice"] = contract_frame("mart.model_choice", NIGHT, told, columns)
    assert findings(tables(frames)).basis == "margin"
