"""Accounts become customers in a night: the same whatever came when, well enough, and undone by the settings."""

import random
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from flows.demo_world import SHOP, Wanted, write_demo_world
from flows.night import Night, open_night
from flows.settings import Settings
from flows.steps.collect import collect
from flows.steps.customers import customers
from flows.steps.fit import fit
from flows.steps.identify import IDENTITY, identify
from flows.steps.read import read
from flows.steps.score import score
from flows.steps.stage import stage
from tests.bench.identity import measured
from tests.flows.steps.conftest import Shop
from transforms.contracts import mart

UNTIL = date(2026, 11, 20)
ACCOUNTS = "store_id,account_id,opened_at,customer_name,phone"
ORDERS = "store_id,order_id,ordered_at,account_id,product_id,quantity,unit_price"


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")


@pytest.mark.parametrize("world", ["standard", "hard"])
def test_accounts_of_the_demo_world_become_its_people(tmp_path: Path, world: str) -> None:
    ours, by_phone = measured(tmp_path, world, 4_000)
    assert ours.clear > 150
    assert ours.precision >= 0.999
    assert ours.clear_recall >= by_phone.clear_recall
    assert by_phone.precision < 0.95
    assert ours.f1 > by_phone.f1


@pytest.mark.slow
def test_accounts_of_a_large_demo_world_become_its_people(tmp_path: Path) -> None:
    ours, by_phone = measured(tmp_path, "standard", 20_000)
    assert ours.precision >= 0.999
    assert ours.clear_recall >= 0.97
    assert ours.f1 > by_phone.f1


def _identity(folder: Path, exports: Path, batches: list[list[str]]) -> list[pl.DataFrame]:
    """Identity and links after nights to each of which some files come."""
    arrived = folder / "exports"
    for files in batches:
        for file in files:
            (arrived / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(exports / file, arrived / file)
        night = _night(folder, arrived)
        stage(night, *read(night, collect(night)))
    identify(night, mart.CUSTOMER_LINK.empty())
    ids = pl.read_parquet(night.work.root / IDENTITY)
    return [ids, night.work.scan(mart.CUSTOMER_LINK).collect()]


def _night(folder: Path, exports: Path) -> Night:
    paths = Settings(shop=SHOP).paths.model_copy(update={"exports": exports, "lake": folder / "lake"})
    return open_night(Settings(shop=SHOP, paths=paths), UNTIL, datetime(2026, 11, 21, 1, tzinfo=UTC))


def test_it_does_not_matter_which_store_comes_when(tmp_path: Path) -> None:
    demo = write_demo_world(tmp_path / "demo", Wanted(400, UNTIL, 3, "standard"))
    files = sorted(str(path.relative_to(demo.directory)) for path in demo.directory.rglob("*.csv"))
    together = _identity(tmp_path / "together", demo.directory, [files])
    assert together[1].filter(verdict="joined").height > 20
    for seed in range(2):
        shuffled = random.Random(seed).sample(files, len(files))
        # An order comes before what it holds in some, after it in others; a first night needs an order.
        first = [file for file in shuffled if file.startswith("shopify/orders")]
        rest = [file for file in shuffled if file not in first]
        one_by_one = [first, rest[:4], rest[4:5], rest[5:]]
        found = _identity(tmp_path / str(seed), demo.directory, one_by_one)
        assert all(now.equals(then) for now, then in zip(found, together, strict=True))


def _two_accounts(shop: Shop, other_phone: str) -> None:
    shop.export(
        "accounts.csv", "a,1,2026-02-01,Ann Lee,13800138000", f"b,2,2026-02-02,Ann Lee,{other_phone}", header=ACCOUNTS
    )
    shop.export(
        "orders.csv", "a,O1,2026-03-01 10:00:00,1,P,1,2.50", "b,O2,2026-03-02 10:00:00,2,P,1,3.00", header=ORDERS
    )


def _links(shop: Shop, before: pl.DataFrame, settings: str = "") -> tuple[pl.DataFrame, pl.DataFrame]:
    """Ids and links of a night under the settings and after the links `before`."""
    shop.config.write_text(f'[shop]\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n{settings}')
    night = shop.night()
    stage(night, *read(night, collect(night)))
    identify(night, before)
    return pl.read_parquet(night.work.root / IDENTITY), night.work.scan(mart.CUSTOMER_LINK).collect()


def test_a_forbidden_link_is_parted_the_next_night_and_told(shop: Shop) -> None:
    _two_accounts(shop, "+86 138 0013 8000")
    ids, links = _links(shop, mart.CUSTOMER_LINK.empty())
    assert ids["customer_id"].n_unique() == 1
    assert links.select("verdict", "evidence", "link_date", "accounts").rows() == [
        ("joined", "phone", date(2026, 2, 2), 2)
    ]
    old, new = links.select("old_customer_id", "new_customer_id").row(0)
    forbidding = f'[identity]\napart = [["{old}", "{new}"]]\n'
    ids, links = _links(shop, links, forbidding)
    assert sorted(ids["customer_id"]) == sorted([old, new])
    told = links.select("old_customer_id", "new_customer_id", "verdict", "link_date").rows()
    assert told == [(old, new, "forbidden", date(2026, 2, 2)), (old, new, "parted", shop.as_of)]
    # It stays told, and since when, until the link is allowed again.
    assert _links(shop, links, forbidding)[1].equals(links)
    ids, links = _links(shop, links)
    assert (ids["customer_id"].n_unique(), links["verdict"].to_list()) == (1, ["joined"])


def test_who_was_told_of_no_longer_is_not_parted(shop: Shop) -> None:
    _two_accounts(shop, "13800138000")
    _, links = _links(shop, mart.CUSTOMER_LINK.empty())
    gone = links.with_columns(old_customer_id=pl.lit("c" + "0" * 20))
    assert _links(shop, gone)[1].equals(links)


def _scored(shop: Shop, settings: str = "", before: pl.DataFrame | None = None) -> dict[str, pl.DataFrame]:
    """What a night computes, without what tells of the accounts themselves."""
    told = mart.CUSTOMER_LINK.empty() if before is None else before
    shop.config.write_text(f'[shop]\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n{settings}')
    night = shop.night()
    stage(night, *read(night, collect(night)))
    identify(night, told)
    customers(night)
    score(night, fit(night))
    tables = (mart.CUSTOMER, mart.CUSTOMER_SCORE, mart.SEGMENT_SUMMARY, mart.COHORT_RETENTION, mart.CUSTOMER_LINK)
    return {table.name: night.work.scan(table).sort(table.key).collect() for table in tables}


def _export_pairs(shop: Shop, phones: list[str]) -> None:
    """A hundred people with an account in each of two stores, who come back as they please."""
    rng, accounts, orders = random.Random(5), list[str](), list[str]()
    for place, phone in enumerate(phones):
        store, number = "ab"[place % 2], place // 2
        accounts.append(f"{store},{number},2025-01-01,Person {number},{phone}")
        first, gap_days, nth = date(2025, 3, 1).toordinal() + rng.randrange(200), rng.gammavariate(1, 60), 0
        leaves = rng.betavariate(0.5, 1)
        day = float(first)
        while day < date(2026, 3, 4).toordinal():
            placed = f"{date.fromordinal(int(day))} 12:00:00"
            orders.append(f"{store},{number}-{nth},{placed},{number},P{nth},1,{rng.randrange(10, 90)}")
            day, nth = day + 1 + rng.expovariate(1 / gap_days), nth + 1
            if rng.random() < leaves:
                break
    shop.export("accounts.csv", *accounts, header=ACCOUNTS)
    shop.export("orders.csv", *orders, header=ORDERS)


def test_a_parted_link_leaves_no_trace_in_scores(make_shop: Callable[[], Shop]) -> None:
    once, never = make_shop(), make_shop()
    _export_pairs(once, [f"138001380{place // 2:02}" for place in range(200)])
    _export_pairs(never, [f"13800138{place:03}" for place in range(200)])
    joined, apart = _scored(once), _scored(never)
    assert joined["customer"].height == 100
    assert apart["customer"].height == 200
    assert set(apart["customer_score"]["model"]) != {"none"}
    links = joined["customer_link"].select("old_customer_id", "new_customer_id").rows()
    pairs = ", ".join(f'["{old}", "{new}"]' for old, new in links)
    parted = _scored(once, f"[identity]\napart = [{pairs}]\n", joined["customer_link"])
    assert set(parted.pop("customer_link")["verdict"]) == {"forbidden", "parted"}
    assert apart.pop("customer_link").is_empty()
    for name, table in parted.items():
        assert_frame_equal(table, apart[name])
