"""What the shop is worth, as pictures: by value class, by what brought the customers, by year, and of the top few."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from flows.report.charts.bars import Bar, bars_chart
from flows.report.charts.look import DARK, HALF, LIGHT, STRONG
from flows.report.charts.picture import Cell, Picture, picture
from flows.report.findings import Findings
from flows.report.numerals import count, money, percent
from flows.report.texts import Both, named, said
from flows.report.worth import Part, Worth

MOST_PARTS = 8
"""Sources and years with bars of their own; the table has all."""


def _classes(found: Findings) -> Picture | None:
    return _parts(found, lambda worth: worth.classes, "value_class")


def _sources(found: Findings) -> Picture | None:
    return _parts(found, lambda worth: worth.sources, "acquired_by")


def _years(found: Findings) -> Picture | None:
    return _parts(found, lambda worth: worth.years, "cohort_year", latest=True)


def _parts(
    found: Findings, parts_of: Callable[[Worth], Sequence[Part]], dimension: str, *, latest: bool = False
) -> Picture | None:
    if found.worth is None or not (parts := parts_of(found.worth)):
        return None
    shop = found.worth.shop
    is_expected = shop.equity is not None
    shown = parts[-MOST_PARTS:] if latest else parts[:MOST_PARTS]
    bars = [bar for part in shown for bar in _bars(part, shop, dimension, found.currency)]
    rows = [
        (
            named(dimension, part.name),
            count(part.customers),
            _money(part.historic, found.currency),
            _money(part.equity, found.currency),
            _money(part.ten_years, found.currency),
            _retention(part),
        )
        for part in parts
    ]
    header = [said(f"worth.{name}") for name in ("part", "customers", "historic", "equity", "ten_years", "retention")]
    alternative = said("worth.parts_lead" if is_expected else "worth.parts_lead_historic")
    return picture(partial(bars_chart, bars), HALF, alternative, header, rows)


def _bars(part: Part, shop: Part, dimension: str, currency: str) -> list[Bar]:
    people = f"{count(part.customers)} · {percent(part.customers, shop.customers)}"
    value, whole = (part.value or 0, shop.value or 0) if part.value is not None else (0, shop.value or 0)
    amount, share = _money(part.value, currency), percent(value, whole) if whole > 0 else "–"
    label = "worth.historic" if part.equity is None else "worth.equity"
    told = Both(f"{amount.en} · {share}", f"{amount.zh} · {share}")
    return [
        Bar(
            said("worth.customers"),
            _share(part.customers, shop.customers),
            people,
            LIGHT,
            named(dimension, part.name),
        ),
        # Where another part costs money, this one brings more than the whole.
        Bar(said(label), min(_share(value, whole), 1.0), told, DARK),
    ]


def _concentration(found: Findings) -> Picture | None:
    if found.worth is None or not found.worth.tops:
        return None
    bars = [
        Bar(said("worth.top", top=f"{top}%"), max(0.0, min(share, 1.0)), percent(share, 1), STRONG)
        for top, share in found.worth.tops
    ]
    rows: list[tuple[Cell, ...]] = [(bar.label, bar.figure) for bar in bars]
    header = (said("worth.part"), said("worth.of_equity"))
    return picture(partial(bars_chart, bars), HALF, said("worth.concentration_lead"), header, rows)


def _money(amount: int | None, currency: str) -> Both:
    return Both("–", "–") if amount is None else money(amount, currency)


def _retention(part: Part) -> str:
    return "–" if part.retention is None else percent(part.retention, 1)


def _share(part: int, whole: int) -> float:
    return max(part / whole, 0.0) if whole > 0 else 0.0


PICTURES: Mapping[str, Callable[[Findings], Picture | None]] = {
    "classes": _classes,
    "concentration": _concentration,
    "sources": _sources,
    "years": _years,
}
