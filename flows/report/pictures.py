"""The findings as pictures: which chart shows what, in which words."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from altair.utils.schemapi import debug_mode

from flows.report import proof_pictures, worth_pictures
from flows.report.charts.bars import Bar, bars_chart
from flows.report.charts.cohorts import LATEST_WIDE, cohort_chart
from flows.report.charts.look import DARK, FULL, HALF, LIGHT, MIDDLE, STRONG
from flows.report.charts.picture import Cell, Picture, picture
from flows.report.charts.risk import risk_chart
from flows.report.charts.value import value_chart
from flows.report.findings import Findings, Listed
from flows.report.numerals import count, money, percent
from flows.report.texts import Both, named, said
from flows.report.wording import rejection

FEWEST_NEW = 10
"""New customers of a month below which percentages would tell of chance alone."""
MOST_RULES = 8
"""Rules with a bar of their own; the others share the last."""


def pictures(found: Findings) -> Mapping[str, Picture]:
    """Name -> picture, of all that can be shown; draws everything, which takes a second or two."""
    # Altair validates every part as it is made: a sixth of the time, and the tests do it too.
    with debug_mode(arg=False):
        return {name: drawn for name, draw in PICTURES.items() if (drawn := draw(found))}


def _bars(bars: Sequence[Bar], alternative: str, header: tuple[Cell, Cell]) -> Picture:
    rows = [(bar.label, bar.figure) for bar in bars]
    return picture(partial(bars_chart, bars), HALF, said(alternative), header, rows)


def _tonight(found: Findings) -> Picture | None:
    if not found.customers:
        return None
    at_risk, gone = found.at_risk or 0, found.gone or 0
    in_rhythm = found.regulars - at_risk - gone
    groups = [
        ("tonight.in_rhythm" if found.risk else "tonight.regulars", in_rhythm, MIDDLE),
        ("tonight.at_risk", at_risk, STRONG),
        ("tonight.gone", gone, LIGHT),
        ("tonight.once", found.buyers - found.regulars, LIGHT),
        ("tonight.never", found.customers - found.buyers, LIGHT),
    ]
    shown = [(said(key), number, colour) for key, number, colour in groups if number]
    bars = [_of_customers(label, number, found.customers, colour) for label, number, colour in shown]
    return _bars(bars, "tonight.lead", (said("table.group"), said("table.customers")))


def _of_customers(label: Cell, number: int, everyone: int, colour: str, heading: Cell | None = None) -> Bar:
    return Bar(label, _share(number, everyone), f"{count(number)} · {percent(number, everyone)}", colour, heading)


def _written(found: Findings) -> Picture | None:
    bars = [_of_customers(_listed(part), part.customers, found.customers, DARK) for part in found.listed]
    if found.control:
        bars.append(_of_customers(said("written.control"), found.control, found.customers, MIDDLE))
    return _bars(bars, "written.heading", (said("table.group"), said("table.customers"))) if bars else None


def _listed(part: Listed) -> Both:
    return said("written.listed", occasion=named("occasion", part.occasion), channel=named("channel", part.channel))


def _held(found: Findings) -> Picture | None:
    if not found.held:
        return None
    held = found.held.items()
    bars = [_of_customers(named("reason", reason), number, found.customers, LIGHT) for reason, number in held]
    return _bars(bars, "held.heading", (said("held.reason"), said("table.customers")))


def _tiers(found: Findings) -> Picture | None:
    tiers, currency = found.tiers, found.currency
    if not tiers:
        return None
    people, revenue = sum(tier.customers for tier in tiers), sum(tier.net_revenue for tier in tiers)
    bars, rows = [], []
    for tier in tiers:
        name = named("tier", tier.name)
        bars.append(_of_customers(said("tiers.customers"), tier.customers, people, LIGHT, name))
        share, amount = percent(tier.net_revenue, revenue), money(tier.net_revenue, currency)
        bars.append(
            Bar(
                said("tiers.revenue"),
                _share(tier.net_revenue, revenue),
                Both(f"{amount.en} · {share}", f"{amount.zh} · {share}"),
                DARK,
            )
        )
        rows.append((name, count(tier.customers), percent(tier.customers, people), amount, share))
    header = ("tiers.tier", "tiers.customers", "table.share", "tiers.revenue", "table.share")
    return picture(partial(bars_chart, bars), HALF, said("tiers.lead"), [said(key) for key in header], rows)


def _value(found: Findings) -> Picture | None:
    value, currency = found.value, found.currency
    if value is None:
        return None
    told = {value.gold_customers, *(value.customers * part // 10 for part in range(1, 11))} - {0}
    rows = [
        (percent(people, 1), count(number), percent(revenue, 1), money(round(revenue * value.total), currency))
        for people, revenue in value.curve
        if (number := round(people * value.customers)) in told
    ]
    what = named("basis", value.basis)
    header = [*map(said, ("table.share", "value.customers", "table.share")), said("value.revenue", what=what)]
    return picture(partial(value_chart, value), HALF, said("value.alternative", what=what), header, rows)


def _risk(group: str, found: Findings) -> Picture | None:
    bins = found.risk
    if bins is None:
        return None
    rows = [(f"{part.low_percent}–{part.high_percent}%", count(getattr(part, group))) for part in bins]
    header = (said("risk.axis"), said("table.customers"))
    return picture(partial(risk_chart, bins, group), HALF, said(f"risk.{group}_alternative"), header, rows)


def _cohorts(found: Findings) -> Picture | None:
    shown = [cohort for cohort in found.cohorts or () if cohort.customers >= FEWEST_NEW][-LATEST_WIDE:]
    if not any(cohort.active for cohort in shown):
        return None
    months = max(len(cohort.active) for cohort in shown)
    rows = [
        [
            f"{cohort.month:%Y-%m}",
            *map(count, (cohort.customers, *cohort.active)),
            *[""] * (months - len(cohort.active)),
        ]
        for cohort in shown
    ]
    header: list[Cell] = [said("cohorts.month"), said("cohorts.size"), *map(str, range(1, months + 1))]
    return picture(partial(cohort_chart, shown), FULL, said("cohorts.alternative"), header, rows)


def _rejected(found: Findings) -> Picture | None:
    if not found.rejected:
        return None
    rows = [(rejection(failure), failure.rows or 0) for failure in found.rejected]
    shown = rows[:MOST_RULES]
    if rest := rows[MOST_RULES:]:
        shown.append((said("rejected.others", rules=count(len(rest))), sum(number for _, number in rest)))
    bars = [Bar(label, _share(number, found.quarantined), count(number), DARK) for label, number in shown]
    header = (said("table.rule"), said("table.rows"))
    told = [(label, count(number)) for label, number in rows]
    return picture(partial(bars_chart, bars), HALF, said("rejected.lead"), header, told)


def _account(found: Findings) -> Picture | None:
    account = found.account
    if account is None or not account.lines_read:
        return None
    parts = [
        ("account.loaded", account.loaded, MIDDLE),
        ("account.merged", account.merged, LIGHT),
        ("account.quarantined", account.quarantined, DARK),
        ("account.erased", account.erased, LIGHT),
    ]
    bars = [
        Bar(said(key), _share(rows, account.lines_read), f"{count(rows)} · {percent(rows, account.lines_read)}", colour)
        for key, rows, colour in parts
    ]
    return _bars(bars, "account.heading", (said("table.group"), said("table.rows")))


def _share(part: int, whole: int) -> float:
    return max(part / whole, 0.0) if whole > 0 else 0.0


PICTURES: Mapping[str, Callable[[Findings], Picture | None]] = {
    "tonight": _tonight,
    "written": _written,
    "tiers": _tiers,
    "value": _value,
    "regulars": partial(_risk, "regulars"),
    "once": partial(_risk, "once"),
    "cohorts": _cohorts,
    "held": _held,
    "rejected": _rejected,
    "account": _account,
    **worth_pictures.PICTURES,
    **proof_pictures.PICTURES,
}
