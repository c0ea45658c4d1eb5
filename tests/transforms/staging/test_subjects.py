"""Reviews, tickets and the like: what the latest file says of a subject counts."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.contracts import rows, staged
from transforms.staging.days import not_yet
from transforms.staging.merging import behind_seen, merged_by_file
from transforms.staging.subjects import SUBJECTS, Subject, kept_subjects

EVENING = datetime(2026, 3, 1, 20, tzinfo=UTC)


def reviews(*told: dict[str, object]) -> pl.LazyFrame:
    defaults = {"store_id": "web", "product_id": "P", "happened_at": EVENING, "rating": 5, "file_rank": 0}
    filled = [
        {"file_id": f"f{row.get('file_rank', 0)}", "line_number": place + 2, "known_at": EVENING, **defaults, **row}
        for place, row in enumerate(told)
    ]
    return pl.LazyFrame(filled, schema={**rows.REVIEW.polars_schema, "file_rank": pl.Int64()})


def test_the_last_line_of_the_latest_file_counts_under_its_keys_on_the_shops_day() -> None:
    told = reviews(
        {"review_id": "1", "rating": 1, "file_rank": 1},
        {"review_id": "1", "rating": 2, "file_rank": 1, "account_id": "7"},
        {"review_id": "1", "rating": 3, "file_rank": 0},
        {"review_id": "1", "store_id": "app", "rating": 4},
    )
    kept = kept_subjects(told, ["store_id", "review_id"], "Asia/Shanghai", "CNY")
    found = staged.REVIEW.conform(kept).collect()
    columns = ("review_key", "account_key", "product_key", "happened_date", "rating")
    assert found.select(columns).rows() == [
        ("app/1", None, "app/P", date(2026, 3, 2), 4),
        ("web/1", "web/7", "web/P", date(2026, 3, 2), 2),
    ]


@pytest.mark.parametrize(("file_rank", "later_rank"), [(0, 0), (0, 1), (1, 0)])
def test_what_was_said_up_to_the_night_counts_though_more_was_said_later(file_rank: int, later_rank: int) -> None:
    told = reviews(
        {"review_id": "1", "rating": 1, "file_rank": file_rank},
        {"review_id": "1", "rating": 2, "file_rank": later_rank, "happened_at": EVENING + timedelta(days=1)},
        {"review_id": "2", "rating": 3, "file_rank": later_rank, "happened_at": EVENING + timedelta(days=1)},
    )
    ranked = behind_seen(told, date(2026, 3, 1), "UTC")
    kept = kept_subjects(ranked, ["store_id", "review_id"], "UTC", "CNY")
    assert kept.select("review_key", "rating").collect().rows() == [("web/1", 1), ("web/2", 3)]
    merged = merged_by_file(ranked, kept, ["store_id", "review_id"]).collect()
    assert merged["merged"].sum() + kept.collect().height == 3


@pytest.mark.parametrize("subject", SUBJECTS, ids=lambda subject: subject.staged.name)
def test_every_kind_gives_its_staged_table(subject: Subject) -> None:
    told = subject.told.empty().with_columns(file_rank=pl.lit(0)).lazy()
    kept = kept_subjects(told, subject.subject, "UTC", "CNY").collect()
    assert subject.staged.conform(kept.lazy()).collect().columns == subject.staged.column_names
    assert set(subject.later) <= set(kept.columns)


def test_what_comes_after_the_night_has_not_happened_yet() -> None:
    late = pl.DataFrame({"resolved_at": [EVENING, EVENING + timedelta(hours=5), None]})
    assert late.select(not_yet(("resolved_at",), date(2026, 3, 1), "UTC")).to_series().to_list() == [
        EVENING,
        None,
        None,
    ]


@settings(max_examples=30)
@given(st.lists(st.tuples(st.sampled_from("12"), st.integers(0, 2), st.integers(1, 5)), max_size=10))
def test_every_row_is_kept_or_merged(told: list[tuple[str, int, int]]) -> None:
    read = reviews(*({"review_id": one, "file_rank": rank, "rating": stars} for one, rank, stars in told))
    subject = ["store_id", "review_id"]
    kept = kept_subjects(read, subject, "UTC", "CNY").collect()
    merged = dict(merged_by_file(read, kept.lazy(), subject).collect().iter_rows())
    assert Counter(kept["file_id"].to_list()) + Counter(merged) == Counter(f"f{rank}" for _, rank, _ in told)
    assert kept.height == len({one for one, _, _ in told})
