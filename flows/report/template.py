"""How the pages are made from their templates, and what every template can say."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from flows.report import numerals
from flows.report.texts import Both, named, said, spans


def environment(**more: object) -> Environment:
    """Templates of this package; `more` are further names that they may use."""
    made = Environment(
        loader=PackageLoader("flows.report", ""),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def say(key: str, number: int | None = None, **values: str | Both) -> str:
        return spans(said(key, number, **values))

    made.globals.update(
        say=say,
        named=lambda group, name: spans(named(group, name)),
        named_both=named,
        spans=spans,
        count=numerals.count,
        money=numerals.money,
        percent=numerals.percent,
        day=numerals.day,
        **more,
    )
    return made
