"""Pictures: what is drawn is what the tables below them say, and what is not known is not drawn."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import pytest

from flows.report.charts.picture import Picture
from flows.report.findings import Cohort, Failure, Findings, RiskBin, RowAccount, findings
from flows.report.numerals import NO_BREAK_SPACE, count
from flows.report.page import render
from flows.report.pictures import FEWEST_NEW, MOST_RULES, PICTURES, pictures
from flows.report.texts import plain
from flows.settings import Shop
from tests.flows.report.charts.conftest import texts_of
from tests.flows.report.conftest import night_frames, without_model
from tests.flows.report.test_findings import tables


@pytest.fixture(scope="module")
def found() -> Findings:
    return findings(tables())


@pytest.fixture(scope="module")
def drawn(found: Findings) -> Mapping[str, Picture]:
    return pictures(found)


@pytest.fixture(scope="module")
def nothing() -> Findings:
    return findings(tables({name: frame.clear() for name, frame in night_frames().items()}))


def month(number: int) -> date:
    return date(2020 + number // 12, number % 12 + 1, 1)


@pytest.mark.parametrize("name", ["tonight", "written", "held", "rejected", "account"])
def test_every_bar_carries_the_figure_of_the_table(drawn: Mapping[str, Picture], name: str) -> None:
    picture = drawn[name]
    assert picture.rows
    for drawing in (picture.wide, picture.narrow):
        for language in ("en", "zh"):
            words = texts_of(getattr(drawing, language))
            figures = [plain(figure, language) for _, figure in picture.rows]
            assert [word for word in words if word in figures] == figures
            told = "".join(words).replace(" ", "")
            labels = [plain(label, language) for label, _ in picture.rows]
            assert [label for label in labels if label.replace(" ", "") not in told] == []


def test_every_customer_is_counted_once(found: Findings, drawn: Mapping[str, Picture]) -> None:
    numbers = {
        name: [int(str(figure).split(" ")[0].replace(",", "")) for _, figure in drawn[name].rows]
        for name in ("tonight", "written", "held", "account")
    }
    assert numbers["tonight"] == [1, 2, 1, 3, 1]
    assert sum(numbers["tonight"]) == sum(numbers["written"]) + sum(numbers["held"]) == found.customers
    assert sum(numbers["account"]) == found.account.lines_read


def test_tables_hold_the_figures_of_the_findings(found: Findings, drawn: Mapping[str, Picture]) -> None:
    assert drawn["tiers"].rows[0][1] == "1"
    assert plain(drawn["tiers"].rows[0][3], "en") == f"EUR{NO_BREAK_SPACE}4,500"
    assert drawn["regulars"].rows == tuple(
        (f"{part.low_percent}–{part.high_percent}%", count(part.regulars)) for part in found.risk
    )
    assert [row[1] for row in drawn["once"].rows] == [count(part.once) for part in found.risk]
    assert drawn["cohorts"].rows == (("2025-12", "20", "5", "3"), ("2026-02", "12", "", ""))
    assert [row[1] for row in drawn["value"].rows] == ["1", "2", "3", "4", "5", "6", "7"]


def test_what_is_not_known_is_not_drawn(drawn: Mapping[str, Picture], nothing: Findings) -> None:
    assert set(drawn) == set(PICTURES)
    unknown = findings(tables(without_model(night_frames())))
    of_models = {"value", "regulars", "once", "classes", "concentration", "foretold_buys", "foretold_orders"}
    of_models |= {"calibration_churn_risk_90d", "calibration_expected_orders_90d"}
    assert set(PICTURES) - set(pictures(unknown)) == of_models
    assert set(pictures(nothing)) == {"account"}
    assert pictures(replace(nothing, account=None)) == {}


def test_months_of_few_customers_are_not_drawn(found: Findings) -> None:
    draw = PICTURES["cohorts"]
    few, enough = Cohort(month(0), FEWEST_NEW - 1, (1, 1)), Cohort(month(1), FEWEST_NEW, (1,))
    assert [row[0] for row in draw(replace(found, cohorts=(few, enough))).rows] == ["2020-02"]
    assert draw(replace(found, cohorts=(few,))) is None
    # Without a month since that is over there is no cell to draw.
    assert draw(replace(found, cohorts=(Cohort(month(0), 500, ()),))) is None


@pytest.mark.parametrize(
    ("cohorts", "told"),
    [
        ((), "The first month after a first order is not over yet"),
        ((Cohort(month(0), 500, ()),), "The first month after a first order is not over yet"),
        ((Cohort(month(0), 2, (1,)),), "Too few new customers to draw"),
        (
            (Cohort(month(0), 2, (1,)), Cohort(month(1), 50, (1,))),
            "Months with fewer than 10 new customers are left out",
        ),
        (None, "This picture belongs to the latest night"),
    ],
)
def test_a_picture_that_is_missing_is_explained(
    nothing: Findings, cohorts: tuple[Cohort, ...] | None, told: str
) -> None:
    assert told in render(replace(nothing, cohorts=cohorts), Shop())


def test_rare_faults_share_a_bar_and_keep_their_rows_in_the_table(found: Findings) -> None:
    failures = tuple(Failure("row.order_line", f"rule_{n}", 100 - n) for n in range(MOST_RULES + 3))
    picture = PICTURES["rejected"](replace(found, rejected=failures))
    words = texts_of(picture.wide.en)
    assert "3 more kinds of fault" in words
    assert str(sum(100 - n for n in range(MOST_RULES, MOST_RULES + 3))) in words
    assert len(picture.rows) == MOST_RULES + 3


def test_a_large_old_shop_has_a_page_that_can_be_mailed(found: Findings) -> None:
    cohorts = tuple(
        Cohort(month(start), 98_765, tuple(12_345 + start * number for number in range(60 - start)))
        for start in range(60)
    )
    bins = tuple(RiskBin(10 * n, 10 * n + 10, 345_678, 456_789, n > 4) for n in range(10))
    rows = RowAccount(123_456_789, 120_000_000, 3_000_000, 456_789, 0)
    page = render(replace(found, cohorts=cohorts, risk=bins, account=rows, customers=9_876_543), Shop())
    assert len(page.encode()) < 700_000
    assert "Shown are the latest 36 months" in page
    assert "Shown are the latest 12 months" in page
