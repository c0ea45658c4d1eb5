"""What the shop is worth, as `mart.shop_kpi` tells it."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from transforms.contracts.table import MONEY_SCALE


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the shop. `historic`, `equity` (365 days) and `ten_years` are money; None where nobody can tell."""

    name: str
    customers: int
    historic: int | None
    equity: int | None
    ten_years: int | None
    retention: float | None
    """Expected share of its customers who buy in the next 365 days."""

    @property
    def value(self) -> int | None:
        """What parts are compared by: what is expected, or without a model what was."""
        return self.historic if self.equity is None else self.equity


@dataclass(frozen=True, slots=True)
class Worth:
    """The shop and its parts. Money is in ten-thousandths."""

    shop: Part
    five_points: int | None
    """What five points more retention would add to the value of the next 365 days."""
    new_customer: int | None
    """Expected value over ten years of a customer who has just bought first."""
    tops: tuple[tuple[int, float], ...]
    """The top so many percent of customers, and their share of the expected value."""
    sources: tuple[Part, ...]
    """By what brought them, most customers first."""
    years: tuple[Part, ...]
    """By year of the first order, the oldest first."""
    classes: tuple[Part, ...]
    """Gold, rising and the others, as far as there are."""


CLASSES = ("gold", "rising", "core")
Figures = dict[tuple[str, str, str], float]


def worth(kpis: pl.DataFrame) -> Worth | None:
    """Findings of a night's rows of `mart.shop_kpi`; None where nobody has bought."""
    found: Figures = {(d, m, metric): figure for d, m, metric, figure in _rows(kpis)}
    shop = _part(found, "all", "all")
    if not shop.customers:
        return None
    members = {dimension: sorted(_members(kpis, dimension)) for dimension in ("acquired_by", "cohort_year")}
    tops = sorted((int(name), found["top_percent", name, "value_share"]) for name in _members(kpis, "top_percent"))
    sources = (_part(found, "acquired_by", name) for name in members["acquired_by"])
    classes = set(_members(kpis, "value_class"))
    return Worth(
        shop=shop,
        five_points=_money(found, "all", "all", "five_points_retention"),
        new_customer=_money(found, "all", "all", "new_customer_value_3650d"),
        tops=tuple(tops),
        sources=tuple(sorted((part for part in sources if part.customers), key=lambda part: -part.customers)),
        years=tuple(part for name in members["cohort_year"] if (part := _part(found, "cohort_year", name)).customers),
        classes=tuple(_part(found, "value_class", name) for name in CLASSES if name in classes),
    )


def _rows(kpis: pl.DataFrame) -> list[tuple[Any, ...]]:
    return kpis.select("dimension", "member", "metric", "metric_value").rows()


def _members(kpis: pl.DataFrame, dimension: str) -> list[str]:
    return kpis.filter(dimension=dimension)["member"].unique().to_list()


def _part(found: Figures, dimension: str, member: str) -> Part:
    return Part(
        member,
        round(found.get((dimension, member, "customers"), 0)),
        _money(found, dimension, member, "historic_value"),
        _money(found, dimension, member, "customer_equity"),
        _money(found, dimension, member, "customer_equity_3650d"),
        found.get((dimension, member, "retention_365d")),
    )


def _money(found: Figures, dimension: str, member: str, metric: str) -> int | None:
    units = found.get((dimension, member, metric))
    return None if units is None else round(units * MONEY_SCALE)
