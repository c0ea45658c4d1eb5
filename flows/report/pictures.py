"""The findings as pictures: which chart shows what, in which words."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from flows.report.charts.bars import Bar, bars_chart
from flows.report.charts.cohorts import LATEST_WIDE, cohort_chart
from flows.report.charts.look import DARK, FULL, HALF, LIGHT, MIDDLE, STRONG
from flows.report.charts.picture import Cell, Picture, picture
from flows.report.charts.risk import risk_chart
from flows.report.charts.value import value_chart
from flows.report.findings import Cohort, Findings, RiskBin, RowAccount, Tier, Value
from flows.report.numerals import count, money, percent
from flows.report.texts import named, said
from flows.report.wording import rejection

MOST_RULES = 8
"""Rules with a bar of their own; the others share the last."""


def pictures(found: Findings) -> Mapping[str, Picture]:
    """Name -> picture, of all that can be shown; draws everything, which takes a second or two."""
    drawn: dict[str, Picture] = {"contacts": _contacts(found)}
    if found.customers:
        drawn["tonight"] = _tonight(found)
    if found.tiers:
        drawn["tiers"] = _tiers(found.tiers, found.currency)
    if found.value:
        drawn["value"] = _value(found.value, found.currency)
    if found.risk:
        drawn |= {group: _risk(found.risk, group) for group in ("regulars", "once")}
    if found.cohorts and any(cohort.active for cohort in found.cohorts):
        drawn["cohorts"] = _cohorts(found.cohorts)
    if found.rejected:
        drawn["rejected"] = _rejected(found)
    if found.account and found.account.lines_read:
        drawn["account"] = _account(found.account)
    return drawn


def _bars(bars: Sequence[Bar], alternative: str, header: tuple[Cell, Cell]) -> Picture:
    rows = [(bar.label, bar.figure) for bar in bars]
    return picture(partial(bars_chart, bars), HALF, said(alternative), header, rows)


def _tonight(found: Findings) -> Picture:
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


def _contacts(found: Findings) -> Picture:
    everyone = found.customers
    written = [
        (
            said("contacts.listed", occasion=named("occasion", part.occasion), channel=named("channel", part.channel)),
            part,
        )
        for part in found.listed
    ]
    bars = [_of_customers(label, part.customers, everyone, DARK) for label, part in written]
    bars = bars or [Bar(said("contacts.nobody"), 0, count(0))]
    if found.control:
        bars.append(_of_customers(said("contacts.control"), found.control, everyone, MIDDLE))
    bars[0] = replace(bars[0], heading=said("contacts.written"))
    held = [_of_customers(named("reason", reason), number, everyone, LIGHT) for reason, number in found.held.items()]
    if held:
        held[0] = replace(held[0], heading=said("contacts.held"))
    return _bars([*bars, *held], "contacts.lead", (said("table.group"), said("table.customers")))


def _tiers(tiers: Sequence[Tier], currency: str) -> Picture:
    people, revenue = sum(tier.customers for tier in tiers), sum(tier.net_revenue for tier in tiers)
    bars, rows = [], []
    for tier in tiers:
        name = named("tier", tier.name)
        bars.append(_of_customers(said("tiers.customers"), tier.customers, people, LIGHT, name))
        share, amount = percent(tier.net_revenue, revenue), money(tier.net_revenue, currency)
        bars.append(Bar(said("tiers.revenue"), _share(tier.net_revenue, revenue), f"{amount} · {share}", DARK))
        rows.append((name, count(tier.customers), percent(tier.customers, people), amount, share))
    header = ("tiers.tier", "tiers.customers", "table.share", "tiers.revenue", "table.share")
    return picture(partial(bars_chart, bars), HALF, said("tiers.lead"), [said(key) for key in header], rows)


def _value(value: Value, currency: str) -> Picture:
    rows = [
        (
            percent(people, 1),
            count(round(people * value.customers)),
            percent(revenue, 1),
            money(round(revenue * value.total), currency),
        )
        for people, revenue in value.curve[1:]
    ]
    header = ("table.share", "value.customers", "table.share", "value.revenue")
    return picture(partial(value_chart, value), HALF, said("value.alternative"), [said(key) for key in header], rows)


def _risk(bins: Sequence[RiskBin], group: str) -> Picture:
    rows = [(f"{part.low_percent}–{part.high_percent}%", count(getattr(part, group))) for part in bins]
    header = (said("risk.axis"), said("table.customers"))
    return picture(partial(risk_chart, bins, group), HALF, said(f"risk.{group}_alternative"), header, rows)


def _cohorts(cohorts: Sequence[Cohort]) -> Picture:
    shown = cohorts[-LATEST_WIDE:]
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


def _rejected(found: Findings) -> Picture:
    rows = [(rejection(failure), failure.rows or 0) for failure in found.rejected]
    shown = rows[:MOST_RULES]
    if rest := rows[MOST_RULES:]:
        shown.append((said("rejected.others", rules=count(len(rest))), sum(number for _, number in rest)))
    bars = [Bar(label, _share(number, found.quarantined), count(number), DARK) for label, number in shown]
    header = (said("table.rule"), said("table.rows"))
    told = [(label, count(number)) for label, number in rows]
    return picture(partial(bars_chart, bars), HALF, said("rejected.lead"), header, told)


def _account(account: RowAccount) -> Picture:
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
