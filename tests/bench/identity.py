"""Who is who in the demo worlds: `python -m tests.bench.identity [--people N]`, beside joining by phone alone."""

import argparse
import tempfile
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from flows.demo_world import SHOP, Wanted, write_demo_world
from flows.night import Night, open_night
from flows.settings import Settings
from flows.steps.collect import collect
from flows.steps.identify import IDENTITY, identify
from flows.steps.read import read
from flows.steps.stage import stage
from tests.identity_truth import Pairs, pairs
from transforms.contracts import mart, staged

UNTIL = date(2026, 11, 20)


def main() -> None:
    """Print precision and recall of each world."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--people", type=int, default=20_000)
    asked = parser.parse_args()
    for world in ("standard", "hard"):
        with tempfile.TemporaryDirectory() as folder:
            ours, by_phone = measured(Path(folder), world, asked.people)
        for method, found in (("identity", ours), ("phone alone", by_phone)):
            print(
                f"{world:>8} {method:<12} precision {found.precision:.5f} recall {found.recall:.4f}"
                f" over clear keys {found.clear_recall:.4f} ({found.both:,} of {found.together:,} together right,"
                f" {found.true:,} true, {found.clear:,} clear)"
            )


def measured(folder: Path, world: str, people: int) -> tuple[Pairs, Pairs]:
    """Pairs of a world read as exports are, by identity and by phone alone."""
    demo = write_demo_world(folder / "exports", Wanted(people, UNTIL, 1, world))
    night = staged_night(folder, demo.directory)
    identify(night, mart.CUSTOMER_LINK.empty())
    truth = pl.read_parquet(demo.truth_directory / "account.parquet")
    ids = pl.read_parquet(night.work.root / IDENTITY).rename({"customer_id": "customer"})
    return pairs(truth, ids), pairs(truth, _by_phone(night))


def staged_night(folder: Path, exports: Path) -> Night:
    """The night that ends the world, up to its staged tables."""
    settings = Settings(shop=SHOP)
    paths = settings.paths.model_copy(update={"exports": exports, "lake": folder / "lake"})
    night = open_night(settings.model_copy(update={"paths": paths}), UNTIL, datetime(2026, 11, 21, 1, tzinfo=UTC))
    stage(night, *read(night, collect(night)))
    return night


def _by_phone(night: Night) -> pl.DataFrame:
    accounts = night.work.scan(staged.CUSTOMER_ACCOUNT)
    phones = night.work.scan(staged.ADDRESS).filter(kind="phone").select(phone="text", address="address")
    return (
        accounts.join(phones, on="phone", how="left")
        .select("account_key", customer=pl.coalesce("address", "account_key"))
        .collect()
    )


if __name__ == "__main__":
    main()
