"""Which names can be one person's."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.identity.names import alike, comparable_name, compared_names

NAMES = st.sampled_from(
    ["Ann Lee", "Lee Ann", "Anna Lee", "王小明", "小明 王", "王明", "A. Lee", "Jürgen Müller", "李雷"]
)


def are_alike(name: str, other: str) -> bool:
    told = pl.DataFrame({"name": [name], "other": [other]}).with_columns(
        comparable_name(pl.col(column)).alias(column) for column in ("name", "other")
    )
    return bool(told["name"][0] == told["other"][0] or alike(told)[0])


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Ann Lee", "LEE, Ann"),
        ("Jürgen Müller", "Jurgen Muller"),
        ("Anna Becker", "Anna Maria Becker"),
        ("Anna Beckerr", "Anna Becker"),
        ("欧阳娜", "娜 欧阳"),
        ("Anna Beckker", "Anna Becker"),
        ("王小明", "小明 王"),
        ("王小小明", "王小明"),
    ],
)
def test_one_person(name: str, other: str) -> None:
    assert are_alike(name, other)


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Leo Koch", "Lea Koch"),
        ("Anna Becker", "Ben Becker"),
        ("Anna", "Anna Becker"),
        ("J. Smith", "Jane Smith"),
        ("Mario Rossi", "Maria Rossi"),
        ("Paul Koch", "Paula Koch"),
        ("李明", "李小明"),
        ("王小明", "王小红"),
        ("王伟", "李伟"),
        ("tbweizheng_87", "郑伟"),
    ],
)
def test_two_people(name: str, other: str) -> None:
    assert not are_alike(name, other)


@given(NAMES, NAMES)
def test_it_does_not_matter_which_name_comes_first(name: str, other: str) -> None:
    assert are_alike(name, other) == are_alike(other, name)
    assert are_alike(name, name)


def test_masked_names_and_signs_alone_are_no_names() -> None:
    told = pl.DataFrame({"name": ["张**", "--", " ", None, "🙂"]})
    assert told.select(comparable_name(pl.col("name"))).to_series().to_list() == [None] * 5


def test_names_are_compared_in_their_roles_and_counted_together() -> None:
    told = pl.LazyFrame(
        [
            ("web/1", "Ann Lee", "Ben Lee", 2),
            ("web/1", "LEE Ann", "ben lee", 3),
            ("web/1", None, "张**", 4),
            ("web/2", "Cy", None, 0),
        ],
        schema=["account_key", "customer_name", "recipient_name", "orders"],
        orient="row",
    )
    assert compared_names(told).collect().rows() == [("web/1", "ann lee", "ben lee", 5), ("web/2", "cy", None, 0)]
