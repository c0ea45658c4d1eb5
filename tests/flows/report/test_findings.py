from dataclasses import replace
from datetime import date
from itertools import pairwise

import polars as pl
import pytest

from flows.report.findings import Cohort, Findings, NightTables, RiskBin, RowAccount, Tier, Value, findings
from tests.flows.report.conftest import NIGHT, RUN, night_frames, without_model


def tables(frames=None, **run) -> NightTables:
    frames = frames or night_frames()
    return NightTables(
        scores=frames["mart.customer_score"],
        segments=frames["mart.segment_summary"],
        contacts=frames["mart.contact_summary"],
        checks=frames["mart.data_quality"],
        freshness=frames["mart.freshness"],
        cohorts=frames["mart.cohort_retention"],
        kpis=frames["mart.shop_kpi"],
        choices=frames["mart.model_choice"],
        quality=frames["mart.model_quality"],
        calibration=frames["mart.score_calibration"],
        run={"as_of_date": NIGHT, **RUN, **run},
    )


@pytest.fixture
def found() -> Findings:
    return findings(tables())


def test_customers_are_counted(found) -> None:
    assert (found.customers, found.buyers, found.regulars) == (8, 7, 4)
    assert found.currency == "EUR"


def test_at_risk_are_regulars_from_half_to_below_nine_tenths(found) -> None:
    assert (found.at_risk, found.gone) == (2, 1)


def test_value_is_that_of_gold_customers_among_all_with_a_value(found) -> None:
    curve = tuple((place / 7, share) for place, share in enumerate((0, 0.8, 0.9, 0.95, 0.97, 0.99, 1, 1)))
    assert found.value == Value(customers=7, gold_customers=1, total=1_000_0000, gold=800_0000, curve=curve)


def test_the_curve_of_many_customers_has_few_points_and_the_one_of_gold() -> None:
    frames = night_frames()
    values = pl.Series("clv_365d", range(100_000, 0, -1))
    classes = pl.Series("value_class", ["gold"] * 55_279 + ["core"] * 44_721)
    scores = pl.concat([frames["mart.customer_score"].head(1)] * 100_000).with_columns(values, classes)
    value = findings(tables({**frames, "mart.customer_score": scores})).value
    assert len(value.curve) == 52
    assert dict(value.curve)[0.55279] == value.gold / value.total
    assert all(left < right for left, right in pairwise(value.curve))
    assert (value.curve[0], value.curve[-1]) == ((0, 0), (1, 1))


def test_cohorts_hold_the_months_that_are_over(found) -> None:
    assert found.cohorts == (Cohort(date(2025, 12, 1), 20, (5, 3)), Cohort(date(2026, 2, 1), 12, ()))


def test_every_buyer_with_a_risk_is_in_one_bin_and_the_bins_agree_with_those_at_risk(found) -> None:
    assert found.risk[0] == RiskBin(0, 10, once=0, regulars=1, is_at_risk=False)
    assert found.risk[5] == RiskBin(50, 60, once=0, regulars=1, is_at_risk=True)
    assert found.risk[9] == RiskBin(90, 100, once=1, regulars=1, is_at_risk=False)
    assert sum(part.once + part.regulars for part in found.risk) == 7
    assert sum(part.regulars for part in found.risk if part.is_at_risk) == found.at_risk


def test_a_risk_on_a_bound_falls_into_the_upper_bin() -> None:
    frames = night_frames()
    scores = pl.concat([frames["mart.customer_score"].head(1)] * 9)
    bounds = pl.Series("churn_risk_90d", [number / 10 for number in range(1, 10)])
    found = findings(tables({**frames, "mart.customer_score": scores.with_columns(bounds)}))
    assert [part.regulars for part in found.risk] == [0, *[1] * 9]


def test_tiers_come_in_their_order_with_the_highest_first(found) -> None:
    assert found.tiers == (Tier("platinum", 1, 4_500_0000), Tier("member", 6, 1_500_5000))


def test_contacts_add_up_to_all_customers(found) -> None:
    assert (found.treated, found.control, found.left_alone) == (1, 1, 6)
    assert list(found.held) == ["not_due", "no_consent", "no_purchase"]


def test_rejected_rows_and_failed_checks_are_told_apart(found) -> None:
    assert [(failure.check, failure.rows) for failure in found.rejected] == [
        ("quantity_negative", 40),
        ("happened_at_unreadable", 5),
    ]
    assert found.quarantined == 45
    assert (found.checks, [failure.check for failure in found.failed_checks]) == (3, ["refunds_within(customer_paid)"])


def test_the_row_account_adds_up(found) -> None:
    assert found.account == RowAccount(12_345, 12_000, 300, 45, 0)
    assert found.account.adds_up
    assert not replace(found.account, merged=299).adds_up


def test_stores_tell_their_newest_order(found) -> None:
    stores = {store.name: (store.last_order_date, store.days) for store in found.stores}
    assert stores == {"berlin": (date(2026, 2, 28), 1), "new": (None, None), "taobao": (date(2026, 1, 31), 29)}


def test_without_a_model_nothing_is_told_of_risk_and_value() -> None:
    found = findings(tables(without_model(night_frames())))
    assert (found.at_risk, found.gone, found.risk, found.value) == (None, None, None, None)
    assert (found.models, found.buyers, found.regulars) == (("none",), 7, 4)


def test_a_model_of_visits_alone_tells_risk_but_no_value() -> None:
    frames = night_frames()
    empty = [
        pl.lit(None, frames["mart.customer_score"].schema[name]).alias(name) for name in ("clv_365d", "value_class")
    ]
    found = findings(tables({**frames, "mart.customer_score": frames["mart.customer_score"].with_columns(*empty)}))
    assert found.at_risk == 2
    assert found.value is None


def test_counts_of_a_later_attempt_are_not_told_as_those_of_the_published_night() -> None:
    found = findings(tables(run_id="later", status="stopped", lines_read=1, code_version="9"))
    assert (found.account, found.code_version, found.is_latest_attempt) == (None, None, False)
    assert found.quarantined == 45


def test_a_shop_without_anything_is_told_too() -> None:
    found = findings(tables({name: frame.clear() for name, frame in night_frames().items()}))
    assert (found.customers, found.buyers, found.treated, found.quarantined) == (0, 0, 0, 0)
    assert (found.risk, found.value, found.models, found.currency, found.cohorts) == (None, None, (), "", ())
