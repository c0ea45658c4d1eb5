"""A shop in a folder: settings, exports, a lake of its own."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest

from flows.io.lake import Stage
from flows.night import Night, open_night
from flows.settings import load_settings
from flows.steps.collect import collect
from flows.steps.read import read
from flows.steps.stage import stage
from transforms.contracts.table import Table

STARTED = datetime(2026, 3, 5, 1, tzinfo=UTC)
AS_OF = date(2026, 3, 4)
HEADER = "order_id,ordered_at,account_id,product_id,quantity,unit_price"


class Shop:
    """Writes exports and settings, and runs the first steps of a night."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.exports = folder / "exports"
        self.exports.mkdir()
        self.as_of, self.started = AS_OF, STARTED
        self.config = folder / "regulars.toml"
        self.config.write_text('[shop]\ncurrency = "EUR"\n')

    def export(self, name: str, *lines: str, header: str = HEADER, encoding: str = "utf-8") -> None:
        """Write an export of `lines` under `header`."""
        path = self.exports / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes("".join(f"{line}\n" for line in (header, *lines)).encode(encoding))

    def night(self, shards: int = 1) -> Night:
        """A new run of the night, with settings as they are now."""
        paths = {"exports": self.exports, "lake": self.folder / "lake"}
        settings = load_settings(self.config, {"paths": paths, "running": {"shards": shards}})
        return open_night(settings, self.as_of, self.started)

    def stage(self, shards: int = 1) -> Stage:
        """Collect, read and stage; gives the staged tables."""
        night = self.night(shards)
        collected = collect(night)
        stage(night, *read(night, collected))
        return night.work

    def tables(self, *tables: Table, shards: int = 1) -> list[pl.DataFrame]:
        """Staged tables after collect, read and stage, sorted by key, without what differs from run to run."""
        work = self.stage(shards)
        return [
            work.scan(table).select(pl.exclude("known_at")).sort(table.key).collect()  # type: ignore[arg-type]
            for table in tables
        ]


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    """An empty shop."""
    return Shop(tmp_path)


@pytest.fixture
def make_shop(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Shop]:
    """A new empty shop at each call."""
    return lambda: Shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture
def native(shop: Shop) -> Shop:
    """A shop of three stores in Shanghai."""
    stores = "".join(f'[[stores]]\nid = "{store}"\n' for store in ("shopify", "taobao", "youzan"))
    shop.config.write_text(f'[shop]\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n{stores}')
    return shop
