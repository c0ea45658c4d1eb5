"""What the shop is worth: figures of mart.shop_kpi by part, and what is not known is left out."""

from dataclasses import replace

import polars as pl
import pytest

from flows.report.findings import findings
from flows.report.pictures import PICTURES, pictures
from flows.report.texts import plain
from flows.report.worth import Part, worth
from tests.flows.report.charts.conftest import texts_of
from tests.flows.report.conftest import night_frames, without_model
from tests.flows.report.test_findings import tables


@pytest.fixture(scope="module")
def kpis() -> pl.DataFrame:
    return night_frames()["mart.shop_kpi"]


def test_the_shop_and_its_parts_have_their_figures_in_ten_thousandths(kpis: pl.DataFrame) -> None:
    found = worth(kpis)
    assert found.shop == Part("all", 7, 6_000_5000, 1_000_0000, 4_000_2500, 0.5)
    assert (found.five_points, found.new_customer) == (99_5000, 321_0000)
    assert found.tops == ((1, 0.8), (5, 0.8), (20, 0.9))
    assert found.sources[0] == Part("web", 4, 1_500_5000, 250_0000, 1_000_0000, 0.25)
    assert [part.name for part in found.sources] == ["web", "unknown"]
    assert [part.name for part in found.years] == ["2025", "2026"]
    assert [part.name for part in found.classes] == ["gold", "rising", "core"]


def test_without_a_model_parts_are_compared_by_what_was(kpis: pl.DataFrame) -> None:
    found = findings(tables(without_model(night_frames())))
    assert found.worth.shop == Part("all", 7, 6_000_5000, None, None, None)
    assert (found.worth.five_points, found.worth.new_customer, found.worth.tops) == (None, None, ())
    picture = PICTURES["sources"](found)
    # Web brought 1,500.50 of 6,000.50.
    assert "EUR\u00a01,500 · 25%" in texts_of(picture.wide.en)
    assert [plain(cell, "en") for cell in picture.rows[0]] == ["web", "4", "EUR\u00a01,500", "–", "–", "–"]


def test_a_shop_without_a_purchase_is_not_valued(kpis: pl.DataFrame) -> None:
    nobody = kpis.filter(metric="customers", dimension="all").with_columns(metric_value=pl.lit(0.0))
    assert worth(nobody) is None
    assert worth(nobody.clear()) is None


def test_parts_without_a_customer_are_left_out(kpis: pl.DataFrame) -> None:
    empty = kpis.filter(metric="customers", dimension="acquired_by", member="web").with_columns(
        metric_value=pl.lit(0.0), member=pl.lit("mall")
    )
    assert [part.name for part in worth(pl.concat([kpis, empty])).sources] == ["web", "unknown"]


def test_a_part_that_loses_money_has_no_bar_and_its_figure(kpis: pl.DataFrame) -> None:
    is_web = (pl.col("member") == "web") & (pl.col("metric") == "customer_equity")
    losing = kpis.with_columns(metric_value=pl.when(is_web).then(-250.0).otherwise("metric_value"))
    found = replace(findings(tables()), worth=worth(losing))
    assert "EUR\u00a0−250 · -25%" in [
        text.replace("−25%", "-25%") for text in texts_of(PICTURES["sources"](found).wide.en)
    ]


def test_many_sources_share_the_table_but_not_the_picture(kpis: pl.DataFrame) -> None:
    row = kpis.filter(metric="customers", dimension="acquired_by", member="web")
    many = [row.with_columns(member=pl.lit(f"s{number:02}")) for number in range(20)]
    picture = PICTURES["sources"](replace(findings(tables()), worth=worth(pl.concat([kpis, *many]))))
    assert len(picture.rows) == 22
    assert texts_of(picture.wide.en).count("Customers") == 8


def test_every_picture_of_worth_says_what_the_table_says() -> None:
    drawn = pictures(findings(tables()))
    rising = [plain(cell, "zh").replace("\u00a0", " ") for cell in drawn["classes"].rows[1]]
    assert rising == ["上升顾客", "1", "EUR 500", "EUR 100", "EUR 400", "60%"]
    assert "EUR\u00a0100 · 10%" in texts_of(drawn["classes"].wide.zh)
    assert [plain(cell, "en") for row in drawn["concentration"].rows for cell in row] == [
        "The top 1%", "80%", "The top 5%", "80%", "The top 20%", "90%",
    ]  # fmt: skip
