"""Exchange rates: those of the settings and those of a file, one a currency and day."""

import csv
from collections.abc import Iterator
from pathlib import Path

import polars as pl
from pydantic import ValidationError

from flows.faults import InputError
from flows.settings import Rate, Settings
from transforms.staging.currencies import RATE_SCALE, RATES

HEADER = tuple(Rate.model_fields)


def rates_of(settings: Settings) -> pl.DataFrame:
    """Rates of `[[rates]]` and of the file `paths.rates`, with the columns `RATES`.

    Raises InputError naming file and line for a file that cannot be read, a cell that is wrong, the reporting currency,
    and a second, different rate of one currency on one day.
    """
    found: dict[tuple[object, ...], int] = {}
    for place, rate in _all(settings):
        if rate.currency == settings.shop.currency:
            raise InputError(f"{place}: {rate.currency} is the reporting currency, whose rate is 1; remove it")
        scaled = int(rate.rate * RATE_SCALE)
        if found.setdefault((rate.currency, rate.date), scaled) != scaled:
            raise InputError(f"{place}: another rate for {rate.currency} on {rate.date} is told already; remove one")
    rows = [(*key, scaled) for key, scaled in found.items()]
    return pl.DataFrame(rows, schema=RATES, orient="row")


def _all(settings: Settings) -> Iterator[tuple[str, Rate]]:
    for number, rate in enumerate(settings.rates, start=1):
        yield f"settings: [[rates]] number {number}", rate
    if settings.paths.rates:
        yield from _of_file(settings.paths.rates)


def _of_file(path: Path) -> Iterator[tuple[str, Rate]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = csv.DictReader(file, strict=True)
            if sorted(lines.fieldnames or ()) != sorted(HEADER):
                raise InputError(f"{path}: line 1: the header must be {','.join(HEADER)}")
            for cells in lines:
                place = f"{path}: line {lines.line_num}"
                yield place, _parsed(place, cells)
    except OSError as error:
        raise InputError(f"{path}: cannot be read ({error.strerror}); correct paths.rates in the settings") from None
    except (UnicodeDecodeError, csv.Error):
        raise InputError(f"{path}: is no CSV in UTF-8; save it as such, with the header {','.join(HEADER)}") from None


def _parsed(place: str, cells: dict[str, str]) -> Rate:
    try:
        return Rate.model_validate({name: cells[name] for name in HEADER})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        raise InputError(f"{place}, column {first['loc'][0]}: {first['msg']}") from None
