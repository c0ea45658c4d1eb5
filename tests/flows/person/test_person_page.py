"""The page: every cell escaped and explained, in a file of its owner alone."""

import html
import re
import stat
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

import flows.person
from flows.faults import InputError
from flows.io.lake import RawFile
from flows.person.held import Held
from flows.person.lake import FileRows
from flows.person.page import person_texts, render, write_page
from transforms.contracts import contact, mart

WHO = "c" + "1" * 20
CHINESE = "[\u3000-\u9fff\uff00-\uffef]"
CAME = datetime(2026, 3, 1, 23, tzinfo=UTC)
FILE = RawFile("f", "0" * 64, "orders.csv", 10, 0, CAME, "generic_orders", 2)


def a_row(table, **told: object) -> pl.DataFrame:
    values = {column.name: None for column in table.columns} | {"customer_id": WHO} | told
    return pl.DataFrame([values], schema=table.polars_schema)


def holding(*tables: tuple[object, pl.DataFrame]) -> Held:
    rows = FileRows(FILE, ("order_id", "note"), [("2", "O1", "<b>hi</b>"), ("3", None, "x")])
    return Held(WHO, list(tables), [rows], ["web/7"], [("2026-03-01", "run-1")], [], {"torn.csv": 3})


def page(*tables: tuple[object, pl.DataFrame]) -> str:
    return render(holding(*tables), "Tea & Co", date(2026, 3, 2))


@pytest.mark.parametrize("key", person_texts())
def test_every_text_says_the_same_in_both_languages_and_is_used(key: str) -> None:
    text = person_texts()[key]
    assert set(text) == {"en", "zh"}
    assert re.search(CHINESE, text["zh"])
    assert not re.search(CHINESE, text["en"])
    template = Path(flows.person.__file__).with_name("page.html").read_text(encoding="utf-8")
    assert f'say("{key}"' in template


def test_one_row_is_told_column_by_column_with_its_meaning() -> None:
    card = a_row(contact.CUSTOMER_CARD, customer_name="Lin <i>", open_complaint_at=CAME)
    shown = page((contact.CUSTOMER_CARD, card))
    meaning = contact.CUSTOMER_CARD.column("customer_name").description
    assert f"<td>Lin &lt;i&gt;</td><td>{html.escape(meaning)} Personal data.</td>" in shown
    assert "<td>2026-03-01 23:00:00 UTC</td>" in shown
    assert "Who the customer is, for the person at the counter" in shown


def test_several_rows_stand_below_each_other_and_money_is_exact() -> None:
    orders = pl.concat(
        a_row(mart.PURCHASE_ORDER, order_key=f"web/{number}", customer_paid=paid)
        for number, paid in ((1, 1_234_5678), (2, 10_0000))
    )
    shown = page((mart.PURCHASE_ORDER, orders))
    assert shown.count("<td>web/") == 2
    assert "<td>1,234.5678</td>" in shown
    meaning = mart.PURCHASE_ORDER.column("customer_paid").description
    assert f"<td>{html.escape(meaning)} Unit: currency.</td>" in shown


def test_rows_of_files_stand_under_the_headers_of_the_file() -> None:
    shown = page()
    assert '<th scope="col">order_id</th><th scope="col">note</th>' in shown
    assert "<tr><td>2</td><td>O1</td><td>&lt;b&gt;hi&lt;/b&gt;</td></tr>" in shown
    assert "<tr><td>3</td><td>–</td><td>x</td></tr>" in shown
    assert "3 rows of torn.csv are broken" in shown
    assert "<code>web/7</code>" in shown


def test_it_opens_without_a_network() -> None:
    assert not re.search(r"https?://|src=|@import|url\(", page())


def test_the_file_is_for_its_owner_and_never_replaces_another(tmp_path: Path) -> None:
    path = tmp_path / "held.html"
    write_page(holding(), "Tea & Co", path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    before = path.read_text(encoding="utf-8")
    assert "Everything Tea &amp; Co holds on one person" in before
    with pytest.raises(InputError, match="is there already; give the name of a new file with --out"):
        write_page(holding(), "Others", path)
    assert path.read_text(encoding="utf-8") == before
    with pytest.raises(InputError, match="there is no such folder"):
        write_page(holding(), "Tea", tmp_path / "none" / "held.html")


def test_counts_leave_out_what_is_empty() -> None:
    assert holding((mart.PURCHASE_ORDER, mart.PURCHASE_ORDER.empty())).counts() == {
        "orders.csv": 2,
        "records of nights": 1,
    }
