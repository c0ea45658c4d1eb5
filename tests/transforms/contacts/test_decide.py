"""The decision: every customer once, on the list or on hold, for a reason that can be checked."""

import hashlib
import hmac
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.contacts.arms import arm
from transforms.contacts.back_from_silence import reason
from transforms.contacts.decide import Policy, contact_hold, contact_list, contact_summary, decided
from transforms.contracts import contact, mart

AS_OF = date(2026, 3, 4)
DAY = timedelta(days=1)
KEY = "a key of the shop"
POLICY = Policy(control_share=0.0, pause_days=30, send_from_hour=9, send_until_hour=20, timezone="Europe/Berlin")
DUE = {"customer_id": "c1", "frequency": 4, "age_days": 100, "recency_days": 40, "churn_risk_90d": 0.6}
"""Bought every 15 days, silent for 40."""
EMAIL = ("c1", "email", "a@x.example", "granted")
Point = tuple[str, str, str, str]


def night(
    scores: list[dict[str, object]],
    points: list[Point],
    sent: dict[str, date] | None = None,
    policy: Policy = POLICY,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """List and hold. `points`: customer, channel, address, state."""
    schema = mart.CUSTOMER_SCORE.polars_schema
    told = [{name: row.get(name) for name in schema} for row in scores]
    point_schema = contact.CONTACT_POINT.polars_schema
    point_rows = [
        dict(zip(("customer_id", "channel", "address", "consent_state"), point, strict=True)) for point in points
    ]
    candidates = decided(
        pl.LazyFrame(told, schema=schema),
        pl.LazyFrame(
            [{name: {"purpose": "marketing", **row}.get(name) for name in point_schema} for row in point_rows],
            schema=point_schema,
        ),
        pl.LazyFrame(list((sent or {}).items()), schema={"customer_id": pl.String, "send_on": pl.Date}, orient="row"),
        AS_OF,
        policy,
    )
    return (
        contact.CONTACT_LIST.conform(contact_list(candidates, AS_OF, policy, KEY)).collect(),
        contact.CONTACT_HOLD.conform(contact_hold(candidates, AS_OF)).collect(),
    )


def test_pieces_in_which_nobody_is_due_are_no_trouble() -> None:
    columns = ("frequency", "usual_gap_days", "recency_days", "churn_risk_90d")
    piece = pl.DataFrame([(4, 15.0, 40, 0.6)] * 2, schema=columns, orient="row")
    in_pieces = pl.concat([piece.with_columns(due=pl.lit(due)) for due in (1, 0, 1)], rechunk=False)
    said = in_pieces.lazy().filter(pl.col("due") > 0).select(reason()).collect(engine="streaming").to_series()
    told = "Bought on 5 days, usually every 15 days; silent for 40 days; 40 % likely to buy within 90 days."
    assert said.to_list() == [told] * 4


def test_a_silent_regular_who_consented_is_written_to_tomorrow() -> None:
    listed, held = night([DUE], [EMAIL])
    assert held.is_empty()
    assert listed.row(0, named=True) == {
        "as_of_date": AS_OF,
        "customer_id": "c1",
        "occasion": "back_from_silence",
        "campaign": "back_from_silence 2026-03",
        "channel": "email",
        "address": "a@x.example",
        "message": "back_from_silence",
        "reward": None,
        "send_on": AS_OF + DAY,
        "send_from_at": datetime(2026, 3, 5, 8, tzinfo=UTC),
        "send_until_at": datetime(2026, 3, 5, 19, tzinfo=UTC),
        "reason": "Bought on 5 days, usually every 15 days; silent for 40 days; 40 % likely to buy within 90 days.",
        "arm": "treated",
    }


@pytest.mark.parametrize(
    ("change", "points", "sent", "reason", "again"),
    [
        (
            {"frequency": None, "age_days": None, "recency_days": None, "churn_risk_90d": None},
            [EMAIL],
            {},
            "no_purchase",
            None,
        ),
        ({"churn_risk_90d": None}, [EMAIL], {}, "no_score", None),
        ({"churn_risk_90d": 0.9}, [EMAIL], {}, "not_worth_it", None),
        # Fifteen days of silence are as usual; the sixteenth, eight days on, is not.
        ({"recency_days": 8, "age_days": 68}, [EMAIL], {}, "not_due", AS_OF + 8 * DAY),
        ({"recency_days": 15, "age_days": 75}, [EMAIL], {}, "not_due", AS_OF + DAY),
        # Overdue, but likely to come by themselves: looked at again in a week.
        ({"churn_risk_90d": 0.49}, [EMAIL], {}, "not_due", AS_OF + 7 * DAY),
        ({"frequency": 0, "recency_days": 100}, [EMAIL], {}, "not_due", AS_OF + 7 * DAY),
        ({}, [], {}, "no_address", None),
        ({}, [("c1", "email", "a@x.example", "refused")], {}, "no_consent", None),
        ({}, [("c1", "email", "a@x.example", "unknown")], {}, "no_consent", None),
        ({}, [EMAIL], {"c1": AS_OF}, "cap_reached", AS_OF + 30 * DAY),
        ({}, [EMAIL], {"c1": AS_OF - 28 * DAY}, "cap_reached", AS_OF + 2 * DAY),
    ],
)
def test_each_reason_to_leave_someone_alone(
    change: dict[str, object], points: list[Point], sent: dict[str, date], reason: str, again: date | None
) -> None:
    listed, held = night([{**DUE, **change}], points, sent)
    assert listed.is_empty()
    assert held.select("reason", "look_again_on").row(0) == (reason, again)


def test_after_the_pause_they_may_be_written_to_again() -> None:
    listed, _ = night([DUE], [EMAIL], {"c1": AS_OF - 29 * DAY})
    assert listed["send_on"].to_list() == [AS_OF + DAY]


def test_a_refusal_on_one_channel_leaves_the_other() -> None:
    points = [("c1", "email", "a@x.example", "refused"), ("c1", "sms", "+44", "granted")]
    assert night([DUE], points)[0].select("channel", "address").row(0) == ("sms", "+44")


def test_email_comes_before_sms_and_the_smallest_address_of_a_channel_is_taken() -> None:
    points = [("c1", "sms", "+44", "granted"), ("c1", "email", "b@x", "granted"), ("c1", "email", "a@x", "granted")]
    assert night([DUE], points)[0].select("channel", "address").row(0) == ("email", "a@x")


def test_sending_hours_are_the_shops_on_a_day_of_clock_change() -> None:
    # Berlin turns its clocks at 02:00 on 29 March: 09:00 is 07:00 UTC; the day's end lies 23 hours after its start.
    policy = Policy(0.0, 30, 9, 24, "Europe/Berlin")
    assert policy.window(date(2026, 3, 29)) == (
        datetime(2026, 3, 29, 7, tzinfo=UTC),
        datetime(2026, 3, 29, 22, tzinfo=UTC),
    )


SCORES = st.lists(
    st.one_of(
        st.just({"frequency": None}),
        st.fixed_dictionaries(
            {
                "frequency": st.integers(0, 5),
                "recency_days": st.integers(0, 60),
                "churn_risk_90d": st.one_of(st.none(), st.floats(0, 1)),
            }
        ).map(lambda row: {**row, "age_days": row["recency_days"] + 10 * row["frequency"]}),
    ),
    max_size=12,
).map(lambda rows: [{"customer_id": f"c{n}", **row} for n, row in enumerate(rows)])
POINTS = st.lists(
    st.tuples(
        st.integers(0, 12).map("c{}".format),
        st.sampled_from(["email", "sms"]),
        st.sampled_from(["1", "2"]),
        st.sampled_from(["granted", "granted", "refused", "unknown"]),
    ),
    max_size=20,
    unique_by=lambda point: point[:3],
)
SENT = st.dictionaries(st.integers(0, 12).map("c{}".format), st.integers(-60, 0).map(lambda days: AS_OF + days * DAY))


@settings(max_examples=50)
@given(SCORES, POINTS, SENT, st.floats(0, 0.9))
def test_list_and_hold_hold_every_customer_once(
    scores: list[dict[str, object]], points: list[Point], sent: dict[str, date], share: float
) -> None:
    policy = Policy(share, 30, 9, 20, "UTC")
    listed, held = night(scores, points, sent, policy)
    everyone = [*listed["customer_id"], *held["customer_id"]]
    assert sorted(everyone) == sorted(str(row["customer_id"]) for row in scores)
    for row in listed.iter_rows(named=True):
        point = (row["customer_id"], row["channel"], row["address"], "granted")
        assert point in points if row["arm"] == "treated" else row["address"] is None
    assert held.filter(pl.col("look_again_on") <= AS_OF).is_empty()
    summary = contact_summary(listed.lazy(), held.lazy(), AS_OF)
    found = mart.CONTACT_SUMMARY.conform(summary).collect()
    assert found["customers"].sum() == len(scores)
    assert found.select(mart.CONTACT_SUMMARY.key).is_unique().all()


def arms(share: float, customers: list[str], campaign: str = "spring", key: str = KEY) -> list[str]:
    frame = pl.DataFrame({"customer_id": customers}, schema={"customer_id": pl.String})
    return frame.select(arm(pl.col("customer_id"), pl.lit(campaign), share, key)).to_series().to_list()


@given(st.lists(st.text(st.characters(codec="ascii")), unique=True), st.floats(0, 1), st.floats(0, 1))
def test_a_larger_control_share_moves_people_one_way(customers: list[str], one: float, other: float) -> None:
    small, large = (arms(share, customers) for share in sorted((one, other)))
    assert all(after == "control" for before, after in zip(small, large, strict=True) if before == "control")


@given(st.text(), st.text(), st.floats(0, 1))
def test_an_arm_is_the_hmac_of_customer_and_campaign_below_the_share(
    customer: str, campaign: str, share: float
) -> None:
    digest = hmac.new(KEY.encode(), f"{customer}|{campaign}".encode(), hashlib.sha256).hexdigest()
    assert arms(share, [customer], campaign) == ["control" if int(digest[:8], 16) / 2**32 < share else "treated"]


def test_control_takes_about_its_share_anew_in_each_campaign() -> None:
    customers = [f"c{n}" for n in range(4000)]
    spring, autumn = (arms(0.1, customers, campaign) for campaign in ("spring", "autumn"))
    both = sum(one == other == "control" for one, other in zip(spring, autumn, strict=True))
    assert 320 < spring.count("control") < 480  # 400 are expected, four standard deviations are 76
    assert both < 80  # 40 are expected
    assert set(arms(0, customers)) == {"treated"}
    assert set(arms(1, customers)) == {"control"}
