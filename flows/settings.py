"""The one settings schema: `regulars.toml`, overridden by `REGULARS_*` variables, overridden by flags."""

import datetime
import difflib
import os
import tomllib
from decimal import Decimal
from functools import cache, cached_property
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, ValidationError, model_validator

from flows.faults import InputError
from transforms.contracts.rows import NEEDED
from transforms.facts.costs import Costs
from transforms.platforms.shipped import LAYOUTS
from transforms.reading.layout import KINDS, Layout
from transforms.segments.tiers import DEFAULT_TIERS, Tier

CONFIG_FILE = "regulars.toml"
PREFIX = "REGULARS_"
OWN_VARIABLES = frozenset({"REGULARS_KEY"})
"""Variables with a meaning of their own, which override no setting."""


def _zone(name: str) -> str:
    if name not in available_timezones():
        near = difflib.get_close_matches(name, available_timezones(), n=1)
        raise ValueError(f"unknown time zone {name!r}" + (f"; did you mean {near[0]!r}?" if near else ""))
    return name


TimeZone = Annotated[str, AfterValidator(_zone)]
CurrencyCode = Annotated[str, Field(pattern="^[A-Z]{3}$")]
Country = Annotated[str, Field(pattern="^[A-Z]{2}$")]
CustomerId = Annotated[str, Field(pattern="^c[0-9a-f]{20}$")]
StoreId = Annotated[str, Field(pattern="^[A-Za-z0-9_-]+$")]


class Section(BaseModel):
    """A part of the settings. An unknown key is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Shop(Section):
    """The seller."""

    name: str = Field("My shop", description="Shown on the report.")
    timezone: TimeZone = Field("UTC", description="Zone of the shop's days; also of instants without an offset.")
    country: Country | None = Field(
        None, description="Country of phone numbers without a prefix, ISO 3166; default that of the time zone."
    )
    currency: CurrencyCode = Field("USD", description="Reporting currency, ISO 4217.")


class Store(Section):
    """One storefront on one platform."""

    id: StoreId = Field(description="Name in tables, in a file's `store_id` column, or of a folder under exports.")
    timezone: TimeZone | None = Field(
        None, description="Zone of its exports and of rows that name it, where it is not the shop's."
    )
    currency: CurrencyCode | None = Field(
        None, description="Currency of exports that tell none, where it is not the shop's."
    )
    country: Country | None = Field(None, description="Country of its phone numbers, where it is not the shop's.")


class Rate(Section):
    """What money of another currency is worth, from its date until the next rate, for 31 days at most."""

    date: datetime.date = Field(description="First day on which it holds.")
    currency: CurrencyCode = Field(description="The other currency, ISO 4217.")
    rate: Decimal = Field(
        gt=0, lt=10**8, decimal_places=10, description="Units of the reporting currency for one of the other."
    )


class Paths(Section):
    """Where things lie."""

    exports: Path = Field(Path("exports"), description="Folder with the files the shop downloads.")
    ignore: tuple[str, ...] = Field(
        (), description="Files that no night reads, named as in `ops.export_file`, known to the lake or not."
    )
    corrections: Path | None = Field(
        None, description="File of known wrong values and what is right; default `corrections.csv` beside the settings."
    )
    lake: Path = Field(Path("regulars-data/lake"), description="Folder for copies, stages and the key.")
    warehouse: str = Field(
        "regulars-data/warehouse.duckdb", description="DuckDB file, or `postgresql://user@host/database`."
    )
    rates: Path | None = Field(
        None, description="CSV file `date,currency,rate` with exchange rates, more of what `[[rates]]` tells."
    )
    report: Path = Field(Path("regulars-data/report"), description="Folder for the report.")


class Password(Section):
    """Where the password of protected files stands. It is never in the settings themselves."""

    files: str = Field(description="Names below the exports folder, such as `taobao/*.zip`; `*` for anything.")
    variable: str = Field(description="Environment variable that holds the password.")


class LayoutSettings(Section):
    """A file layout of your own: which header means which column."""

    name: str = Field(description="Name shown in messages.")
    kind: Literal[
        "order_line",
        "purchase_order",
        "refund",
        "customer_account",
        "consent",
        "review",
        "ticket",
        "contact_event",
        "referral",
        "product_cost",
        "customer_attribute",
    ] = Field(description="What a row of the file is.")
    columns: dict[str, str] = Field(description="Our column = your header.")
    store_id: StoreId | None = Field(None, description="Store of every row.")
    timezone: TimeZone | None = Field(None, description="Zone of instants without an offset.")
    refund_prefix: str | None = Field(None, description="Order numbers that begin so are refund notes.")
    not_goods: tuple[str, ...] = Field((), description="Article codes that are not goods; `*` for any ending.")

    @model_validator(mode="after")
    def _columns_are_declared(self) -> "LayoutSettings":
        table = KINDS[self.kind]
        mappable = table.column_names[table.column_names.index("store_id") :]
        for name in self.columns:
            if name not in mappable:
                raise ValueError(_unknown(f"layouts.{self.name}.columns.{name}", name, mappable))
        missing = [name for name in self._needed() if name not in self.columns]
        if missing:
            raise ValueError(f"layout {self.name} maps no header to {', '.join(missing)}; add it under columns")
        return self

    def _needed(self) -> list[str]:
        told_otherwise = {"store_id", "is_refund", "is_goods"}
        table = KINDS[self.kind]
        columns = table.columns[table.column_names.index("store_id") :]
        needed = [column for column in columns if not column.nullable or (self.kind, column.name) in NEEDED]
        return [column.name for column in needed if column.name not in told_otherwise]

    def declaration(self) -> Layout:
        """The layout, detected by the headers of the columns that must not be empty."""
        required = tuple(self.columns[name] for name in self._needed())
        return Layout(**{**self.model_dump(), "required": required, "is_own": True})


class Identity(Section):
    """Which accounts are one customer."""

    apart: tuple[tuple[CustomerId, CustomerId], ...] = Field(
        (), description="Pairs `old_customer_id`, `new_customer_id` of `mart.customer_link` that are two people."
    )


class Score(Section):
    """Value and risk."""

    min_customers: int = Field(500, ge=1, description="Customers with a purchase below which no model is fitted.")
    min_history_days: int = Field(180, ge=1, description="Days since the first purchase below which none is.")
    last_purchase_within_days: int = Field(30, ge=1, description="Days without any purchase above which none is.")
    min_with_three: int = Field(10, ge=1, description="Customers with three purchases below which none is.")
    discount_rate: float = Field(0.10, ge=0, lt=1, description="Yearly rate for the value of future purchases.")


class Checks(Section):
    """What stops a night."""

    largest_fall: float = Field(
        0.1, ge=0, le=1, description="Share of last night's orders, lines and accounts that may be gone."
    )


class Contacts(Section):
    """Whom to write to."""

    control_share: float = Field(0.1, ge=0, le=0.9, description="Share kept without a message, to prove the effect.")
    pause_days: int = Field(30, ge=1, description="Nobody is written to twice within so many days.")
    send_from_hour: int = Field(9, ge=0, le=23, description="Messages go out from this hour, shop-local.")
    send_until_hour: int = Field(20, ge=1, le=24, description="And not after this one.")

    @model_validator(mode="after")
    def _hours_leave_time(self) -> "Contacts":
        if self.send_from_hour >= self.send_until_hour:
            raise ValueError("send_until_hour must be later than send_from_hour")
        return self


class Running(Section):
    """How the night runs."""

    shards: int = Field(1, ge=1, le=64, description="Parts of the customers computed one by one.")
    log_format: Literal["text", "json"] = Field("text", description="Lines for people or for machines.")


class Settings(Section):
    """Everything a shop can set."""

    shop: Shop = Shop()
    stores: tuple[Store, ...] = ()
    rates: tuple[Rate, ...] = ()
    paths: Paths = Paths()
    passwords: tuple[Password, ...] = ()
    layouts: tuple[LayoutSettings, ...] = ()
    identity: Identity = Identity()
    tiers: tuple[Tier, ...] = DEFAULT_TIERS
    costs: Costs = Costs()
    score: Score = Score()
    checks: Checks = Checks()
    contacts: Contacts = Contacts()
    running: Running = Running()

    _config: Path | None = PrivateAttr(None)

    @model_validator(mode="after")
    def _names_are_told_apart(self) -> "Settings":
        shipped = [layout.name for layout in LAYOUTS]
        _no_twins("stores", [store.id for store in self.stores])
        _no_twins("layouts", [*shipped, *(layout.name for layout in self.layouts)])
        _no_twins("tiers", [tier.name for tier in self.tiers])
        shares = [tier.top_share for tier in self.tiers]
        if sorted(set(shares)) != shares or shares[-1:] != [1]:
            raise ValueError("tiers: list them from the highest, each top_share above the last; the lowest has 1")
        return self

    @property
    def config(self) -> Path | None:
        """The settings file, if there is one."""
        return self._config

    @property
    def zone(self) -> ZoneInfo:
        """Zone of the shop's days."""
        return ZoneInfo(self.shop.timezone)

    def country_of(self, store_id: str) -> str | None:
        """Country of the store's phone numbers, told or that of its time zone; None where that is no country's."""
        store = next((store for store in self.stores if store.id == store_id), Store(id=store_id))
        of_zone = store.timezone and country_of_zone(store.timezone)
        return store.country or of_zone or self.shop.country or country_of_zone(self.shop.timezone)

    @cached_property
    def fingerprint(self) -> str:
        """First 16 hex digits of the hash of everything but the paths."""
        return sha256(self.model_dump_json(exclude={"paths", "running"}).encode()).hexdigest()[:16]


def _no_twins(place: str, names: list[str]) -> None:
    twins = sorted({name for name in names if names.count(name) > 1})
    if twins:
        raise ValueError(f"{place}: the name {twins[0]} is taken already; choose another")


@cache
def country_of_zone(name: str) -> str | None:
    """ISO 3166 code of the country that the tz database names first for a zone."""
    zones, links = (
        (files("tzdata") / "zoneinfo" / file).read_text(encoding="utf-8") for file in ("zone.tab", "tzdata.zi")
    )
    countries = {
        zone: code for code, _, zone, *_ in (line.split("\t") for line in zones.splitlines() if line[:1] != "#")
    }
    # Former names, such as US/Eastern, are links to today's.
    today = {link: zone for kind, zone, link in (line.split() for line in links.splitlines() if line[:2] == "L ")}
    return countries.get(name) or countries.get(today.get(name, ""))


def load_settings(config: Path | None, flags: dict[str, Any] | None = None) -> Settings:
    """Settings from `config` (default: `regulars.toml` here, if there is one), the environment and flags.

    `flags` is nested like the settings; None values in it do not count. Raises InputError naming file, key and the
    nearest known key.
    """
    path = config or (Path(CONFIG_FILE) if Path(CONFIG_FILE).is_file() else None)
    values = _merged(_merged(_file(path), _environment()), flags or {})
    try:
        settings = Settings.model_validate(values)
    except ValidationError as error:
        raise InputError(f"{path or 'settings'}: {_explain(error)}") from None
    settings._config = path
    return settings


def _file(path: Path | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{path}: cannot be read ({type(error).__name__}); give a settings file with --config"
        ) from None
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{path}: not valid TOML: {error}") from None


def _environment() -> dict[str, Any]:
    found: dict[str, Any] = {}
    for variable, text in os.environ.items():
        if not variable.startswith(PREFIX) or variable in OWN_VARIABLES:
            continue
        section, separator, key = variable.removeprefix(PREFIX).lower().partition("__")
        if not separator and not _is_meant(variable):
            continue  # a cluster announces a service of our name as REGULARS_SERVICE_HOST and the like
        if section not in Settings.model_fields or not key:
            known = [f"{PREFIX}{name.upper()}__..." for name in Settings.model_fields] + sorted(OWN_VARIABLES)
            raise InputError(_unknown(variable, variable, known))
        found.setdefault(section, {})[key] = text
    return found


def _is_meant(variable: str) -> bool:
    keys = [
        f"{PREFIX}{section}__{key}".upper()
        for section, field in Settings.model_fields.items()
        for key in getattr(field.annotation, "model_fields", ())
    ]
    return bool(difflib.get_close_matches(variable, keys, n=1, cutoff=0.9))


def _merged(under: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    result = dict(under)
    for key, value in over.items():
        if isinstance(value, dict):
            below = result.get(key)
            result[key] = _merged(below if isinstance(below, dict) else {}, value)
        elif value is not None:
            result[key] = value
    return result


def _explain(error: ValidationError) -> str:
    first = error.errors(include_url=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    if first["type"] == "extra_forbidden":
        return _unknown(place, str(first["loc"][-1]), _keys_at(first["loc"][:-1]))
    message = first["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message


def _keys_at(location: tuple[int | str, ...]) -> list[str]:
    model: Any = Settings
    for part in location:
        if isinstance(part, str):
            annotation = model.model_fields[part].annotation
            model = getattr(annotation, "__args__", (annotation,))[0]
    return list(model.model_fields)


def _unknown(place: str, key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"unknown setting {place}; " + (f"did you mean {near[0]}?" if near else f"known are {', '.join(known)}")
