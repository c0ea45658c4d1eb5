"""`regulars check --suggest-map`: what it finds in files that people have looked at, and a block that reads one."""

import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.check import check
from flows.faults import InputError
from flows.io.inspection import inspect
from flows.io.text_files import TextFile, text_pieces
from flows.settings import Settings, load_settings
from flows.suggest import block, print_suggested, suggest_maps
from tests.flows.conftest import SHARED
from tests.flows.io.containers.packed import xlsx, zipped
from tests.transforms.reading.known_maps import KNOWN
from transforms.platforms.shipped import LAYOUTS
from transforms.reading.layout import Layout
from transforms.reading.suggest import Suggestion, suggest

EXPORTS = SHARED / "data" / "exports"
FILES = {
    "shopify_orders": "exports/shopify_orders_gocommerce_fixture.csv",
    "shopify_customers": "exports/shopify_customers_fixture.csv",
    "taobao_ExportOrderList": "exports/taobao_ExportOrderList_invented_gbk.csv",
    "taobao_ExportOrderDetailList": "exports/taobao_ExportOrderDetailList_invented_gbk.csv",
    "youzan_orders": "exports/youzan_orders_fixture.csv",
    "youzan_customers": "exports/youzan_customers_fixture.csv",
    "etsy_sold_orders": "exports/etsy_sold_orders_fixture.csv",
    "etsy_sold_order_items": "exports/etsy_sold_order_items_fixture.csv",
    "judgeme_reviews": "exports/judgeme_reviews_fixture.csv",
    "tmall_order_report": "tmall-2020-02/tmall_order_report_original_header.csv",
    "uci-online-retail": "uci-online-retail/by-day/2010-12-01.csv",
    **{name: f"olist-sample/{name}.csv" for name in KNOWN if name.startswith("olist")},
}
OF_TAOBAO = {"taobao", "tmall", "qianniu"}


def others(name: str) -> list[Layout]:
    """Shipped layouts but those of the platform of the file, which would know its headers."""
    platform = _platform(name)
    own = OF_TAOBAO if platform in OF_TAOBAO else {platform}
    return [layout for layout in LAYOUTS if _platform(layout.name) not in own]


def _platform(name: str) -> str:
    return name.partition("_")[0]


def look(name: str) -> Suggestion:
    """What is suggested for the file, or for the header alone where no file is there."""
    if name not in FILES:
        layout = json.loads((EXPORTS / "headers.json").read_text(encoding="utf-8"))[name]
        header = next(csv.reader([layout["header"]], delimiter=layout["delimiter"]))
        rows = pl.DataFrame(schema=dict.fromkeys((f"cell_{place}" for place in range(len(header))), pl.String))
        return suggest(header, rows, "Asia/Shanghai", others(name))
    path = SHARED / "data" / FILES[name]
    facts = inspect(path, name)
    text = next(text_pieces([TextFile("f", name, datetime.now(UTC), path, facts)]))
    cells = text.head(3000).select(f"cell_{place}" for place in range(len(facts.header)))
    return suggest(facts.header, cells, "Asia/Shanghai", others(name))


def test_how_many_columns_are_right() -> None:
    """The figures of docs/suggest-map.md, for files of platforms whose own layouts are not asked."""
    if not EXPORTS.is_dir():
        pytest.skip("real data absent: shared/data")
    known = right = proposed = kinds = 0
    for name, (kind, truth) in KNOWN.items():
        found = look(name)
        kinds += found.kind in kind
        known += len(truth)
        proposed += len(found.guesses)
        right += sum(guess.header.strip() in truth.get(guess.column, ()) for guess in found.guesses)
    assert (kinds, len(KNOWN)) == (30, 30)
    assert (known, right, proposed - right) == (215, 202, 10)


def test_what_a_person_knows_of_a_file_is_a_header_of_it() -> None:
    if not EXPORTS.is_dir():
        pytest.skip("real data absent: shared/data")
    layouts = json.loads((EXPORTS / "headers.json").read_text(encoding="utf-8"))
    assert layouts.keys() <= KNOWN.keys()
    for name, layout in layouts.items():
        header = {cell.strip() for cell in next(csv.reader([layout["header"]], delimiter=layout["delimiter"]))}
        assert {told for headers in KNOWN[name][1].values() for told in headers} <= header, name


def test_the_block_read_as_settings_reads_the_file(uci: Path, tmp_path: Path) -> None:
    day = uci / "2010-12-01.csv"
    config = tmp_path / "regulars.toml"
    config.write_text('[shop]\ncurrency = "GBP"\n' + block(suggest_maps(Settings(), day)[0]), encoding="utf-8")
    checked = check(load_settings(config), [day], tmp_path / "rejects")
    fates = checked.account.select("layout", "lines_read", "quarantined").row(0)
    # 105 lines of cancellations: that orders beginning with C are refunds, no cell tells.
    assert fates[:2] == ("2010_12_01", 3108)
    negative = pl.read_csv(day, infer_schema=False)["Quantity"].str.starts_with("-").sum()
    assert set(checked.rejected["rule"]) == {"quantity_negative"}
    assert fates[2] == negative


def test_the_block_survives_odd_headers_and_names_what_is_missing(tmp_path: Path) -> None:
    path = tmp_path / "Bestellungen 2026 (neu).csv"
    path.write_text('"Order ""No""",Order date,SKU,Qty\n1,2026-03-01,P,2\n', encoding="utf-8")
    text = block(suggest_maps(Settings(), path)[0])
    assert '# unit_price = "..."  # needed' in text
    config = tmp_path / "regulars.toml"
    config.write_text(text.replace('# unit_price = "..."', 'unit_price = "SKU price"'), encoding="utf-8")
    [layout] = load_settings(config).layouts
    assert (layout.name, layout.kind, layout.columns["order_id"]) == (
        "bestellungen_2026_neu",
        "order_line",
        'Order "No"',
    )


def test_nothing_of_a_cell_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "o.csv"
    path.write_text("who,Order date,Qty,Status\nann@secret.example,secret-1,secret-2,secret-3\n")
    print_suggested(suggest_maps(Settings(), path)[0])
    shown = capsys.readouterr().out
    assert "Order date" in shown
    assert "secret" not in shown
    path.write_text("ann@secret.example,2026-03-01\nben@secret.example,2026-03-02\n")
    with pytest.raises(InputError, match="put a line of headers before it") as raised:
        suggest_maps(Settings(), path)
    assert "secret" not in str(raised.value)


def test_a_file_that_is_read_already_needs_no_map(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "o.csv"
    path.write_text("order_id,ordered_at,product_id,quantity,unit_price\n")
    print_suggested(suggest_maps(Settings(), path)[0])
    assert "is read as generic_order_lines; it needs no column map" in capsys.readouterr().out
    with pytest.raises(InputError, match="no such file"):
        suggest_maps(Settings(), tmp_path)


@pytest.mark.parametrize(
    "text",
    [
        "Order No,Order date,Qty\r1,2026-03-01,2\r",
        'Order No,Order date,Qty\n1,2026-03-01,2\n2,2026-03-01 12" x,1\n',
        "Order No,Order date,Qty\n1,2026-03-01,2\n2,2026-03-01,1,?,?\n",
    ],
)
def test_files_that_have_to_be_salvaged_have_a_map_too(text: str, tmp_path: Path) -> None:
    path = tmp_path / "o.csv"
    path.write_text(text, newline="")
    [found] = suggest_maps(Settings(), path)
    assert (found.header, found.rows) == (("Order No", "Order date", "Qty"), 1)


def test_each_table_of_a_container_has_a_map_and_one_may_be_named(tmp_path: Path) -> None:
    header, row = ["Order No", "Order date", "Qty"], ["1", "2026-03-01", "2"]
    archive, book = tmp_path / "o.zip", tmp_path / "book.xlsx"
    archive.write_bytes(zipped({f"{name}.csv": f"{','.join(header)}\n{name},2026-03-01,2\n".encode() for name in "ab"}))
    book.write_bytes(xlsx({"Jan": [header, row], "Feb": [[*header, "SKU"], [*row, "P"]]}))
    assert [found.path for found in suggest_maps(Settings(), archive)] == [archive / "a.csv", archive / "b.csv"]
    [found] = suggest_maps(Settings(), book / "Feb")
    assert (found.path, found.header, found.rows) == (book / "Feb", (*header, "SKU"), 1)
    with pytest.raises(InputError, match="no such file"):
        suggest_maps(Settings(), book / "Mar")
