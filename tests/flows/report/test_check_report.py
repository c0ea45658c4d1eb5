"""The check report: what did not hold and why, every row's fate, in both languages, without a network."""

import re

import polars as pl
import pytest

from checks.gate.account import ROWS_ADD_UP, TABLE
from checks.gate.history import volume_results
from checks.gate.run import row_checks
from checks.gate.stores import SILENCES, store_results
from checks.gate.suites import structure_check
from flows.report.checks import CheckedNight, check_report_name, render_checks, write_check_report
from flows.report.texts import Both
from flows.report.wording import check_name
from flows.settings import Shop
from tests.checks.gate.test_history import TONIGHT, found, past
from tests.flows.report.conftest import NIGHT, RUN, contract_frame
from tests.flows.report.test_page import read
from transforms.contracts import quality, staged

COLUMNS = [name for name in quality.CHECK_RESULT.column_names if name != "as_of_date"]
CHECKS = [
    ("order_line", "unique(order_key, line_index)", "critical", True, 12_000, 0, "Nothing."),
    ("purchase_order", "lines_add_up(customer_paid)", "critical", False, 4_000, 3, "Lines are <lost>."),
    ("ticket", "reply_after(happened_at)", "warning", False, 1_234, 1, "Look at the export."),
    (TABLE, ROWS_ADD_UP, "critical", True, 2, 0, "Report it."),
]
FILES = [("f1", "web/orders.csv", 12_345, 12_000, 300, 45, 0, 2), ("f2", "web/customers.csv", 10, 9, 0, 0, 0, 0)]
SHOP = Shop(name="Tea & Letters")


def checks(rows: list[tuple[object, ...]]) -> pl.DataFrame:
    return contract_frame("quality.check_result", NIGHT, rows, COLUMNS)


def account() -> pl.DataFrame:
    columns = ["file_id", "file_name", "lines_read", "loaded", "merged", "quarantined", "erased", "not_data"]
    return contract_frame("quality.row_account", NIGHT, FILES, columns)


def page(rows: list[tuple[object, ...]] = CHECKS, message: str | None = None) -> str:
    return render_checks(CheckedNight(NIGHT, message, checks(rows), account()), SHOP)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Checks of the night of 1 March 2026",
                "1 critical check of 4 did not hold.",
                "The lines of every order add up to what was paid purchase_order: lines_add_up(customer_paid)",
                "the night stops 4,000 3 Lines are <lost>.",
                "No ticket was answered before it was opened ticket: reply_after(happened_at)",
                "web/customers.csv does not add up 10 9 0 0 0",
                "web/orders.csv 12,345 12,000 300 45 0",
                "All files 12,355 12,009 300 45 0",
                "No two rows share order_key, line_index",
                "Every row of every file is loaded, merged, set aside or erased",
            ],
        ),
        (
            "zh-Hans",
            [
                "2026年3月1日晚的数据检查",
                "4 项检查中有 1 项严重问题。",
                "每笔订单的明细之和等于实付金额",
                "任何两行的 order_key, line_index 都不相同",
                "web/customers.csv 数字对不上 10 9 0 0 0",
            ],
        ),
    ],
)
def test_it_tells_what_did_not_hold_and_what_became_of_every_row(language: str, sentences: list[str]) -> None:
    text = read(page(message="stopped: lines").replace("<br>", "<br />").replace("<br />", " "), language)
    assert [sentence for sentence in sentences if sentence not in text] == []


def test_critical_ones_come_first() -> None:
    shown = re.findall(r"<code>(\w+): ", page().split("<details>")[0])
    assert shown == ["purchase_order", "ticket"]


@pytest.mark.parametrize(
    ("rows", "headline"),
    [
        (CHECKS[:1] + CHECKS[3:], "All 2 checks held."),
        (CHECKS[:1] + CHECKS[2:], "1 of 3 checks did not hold; it is not critical."),
        ([], "The tables were not checked."),
    ],
)
def test_the_headline_says_how_it_stands(rows: list[tuple[object, ...]], headline: str) -> None:
    assert headline in read(page(rows), "en")


def test_it_opens_without_a_network() -> None:
    assert not re.search(r"https?://|src=|@import|url\(", page())
    assert "default-src 'none'" in page()


def test_every_check_has_words_in_both_languages() -> None:
    asked = [
        (check.table, check.name) for table in staged.TABLES for check in [structure_check(table), *row_checks(table)]
    ]
    orders = pl.LazyFrame(schema=staged.PURCHASE_ORDER.polars_schema)
    made = [
        volume_results(found(1), past(1), TONIGHT, 0.1),
        store_results(orders, pl.DataFrame(schema=SILENCES), TONIGHT),
    ]
    asked += [row for results in made for row in results.select("table_name", "check_name").rows()]
    for table, name in [*asked, (TABLE, ROWS_ADD_UP)]:
        told = check_name(table, name)
        assert told != Both(name, name), name
        assert told.en != told.zh


def test_it_is_written_for_published_and_for_stopped_nights(publish, tmp_path) -> None:
    frames = {"quality.check_result": checks(CHECKS), "quality.row_account": account()}
    run = contract_frame("ops.run", NIGHT, [RUN], list(RUN))
    path = write_check_report(publish(NIGHT, {**frames, "ops.run": run}), NIGHT, SHOP, tmp_path / "report")
    assert path == tmp_path / "report" / check_report_name(NIGHT)
    assert "The night was published." in read(path.read_text(encoding="utf-8"), "en")
    later = run.with_columns(status=pl.lit("stopped"), message=pl.lit("1 critical checks failed"))
    again = write_check_report(publish(NIGHT, {**frames, "ops.run": later}), NIGHT, SHOP, tmp_path / "report")
    assert "The latest attempt at this night was not published" in read(again.read_text("utf-8"), "en")
    never = {"published_at": None, "published_run_id": None}
    stopped = later.with_columns(pl.lit(value, run.schema[name]).alias(name) for name, value in never.items())
    again = write_check_report(publish(NIGHT, {**frames, "ops.run": stopped}), NIGHT, SHOP, tmp_path / "report")
    assert "The night was not published" in read(again.read_text(encoding="utf-8"), "en")
    assert "1 critical checks failed" in again.read_text(encoding="utf-8")
