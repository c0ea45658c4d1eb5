"""A person with accounts in three stores, whom identity joins and then erasing by any id or address takes out whole."""

import shutil
from datetime import date, timedelta
from pathlib import Path

import polars as pl
import pytest

from flows.demo_world import Wanted, write_demo_world
from flows.io.erasures import Erasures
from flows.io.lake import Lake
from flows.io.warehouse import open_warehouse
from flows.io.warehouse.tables import customer_columns
from tests.deployments.traces import cells, traces
from tests.flows.conftest import Run
from tests.flows.decoded import decoded
from tests.flows.published import assert_same, tables
from tests.flows.steps.native import SHOPIFY, TAOBAO_ITEMS, TAOBAO_ORDERS, YOUZAN_ITEMS, YOUZAN_ORDERS
from tests.flows.test_erase import _server_files
from transforms.contracts import WAREHOUSE
from transforms.identity.customers import own_id

pytestmark = [pytest.mark.night, pytest.mark.slow, pytest.mark.xdist_group("erase_joined")]

UNTIL = date(2026, 3, 14)
BEFORE = UNTIL - timedelta(days=1)
SETTINGS = '[shop]\ncurrency = "CNY"\ntimezone = "Asia/Shanghai"\n'
NAME, NICK, EMAIL, PHONE = "Zenobia Wraithmoor", "旧梦zw77", "Z.Wraith@planted.example", "13877770001"
PERSON = (NAME, NICK, EMAIL, EMAIL.lower(), PHONE, "+86 138-7777-0001", f"+86{PHONE}")
FRIEND = "friend@example.org"
AT = "2026-03-0{} 10:00:00"


def own(account: str) -> str:
    return pl.select(own_id(pl.lit(account), "a key for tests only")).item()


SHOPPER, BUYER, MEMBER = own(f"shopify/{EMAIL.lower()}"), own(f"taobao/{NICK}"), own(f"youzan/{PHONE}")


def _shopify(order: str, email: str, name: str, phone: str, day: int) -> str:
    told = f"paid,fulfilled,CNY,0.00,15.00,0.00,{AT.format(day)} +0800"
    return f"{order},{email},{told},1,Tea,15.00,TEA,0.00,,0.00,{phone},{name},{name}\n"


FIRST_FILES = {
    "shopify/orders_planted.csv": f"{SHOPIFY},Billing Name,Shipping Name\n"
    + _shopify("#ZW1", EMAIL, NAME, "+86 138-7777-0001", 2)
    + _shopify("#FR1", FRIEND, "Some Friend", "", 3),
    "taobao/ExportOrderList202603120900.csv": f"{TAOBAO_ORDERS},联系手机,收货人姓名\n"
    f'="991",{NICK},0.00,10.00,10.00,交易成功,{AT.format(4)},{AT.format(4)},,0.00,{PHONE},{NAME}\n',
    "taobao/ExportOrderDetailList202603120900.csv": f'{TAOBAO_ITEMS}\n="991",Tea,10.00,1,TEA,,,,交易成功,TEA\n',
    "planted_referrals.csv": "store_id,referral_id,referred_at,referrer_account_id,account_id\n"
    f"shopify,FZW,{AT.format(3)},{EMAIL},{FRIEND}\n",
    "planted_notes.csv": "store_id,account_id,attribute,attribute_value,source,recorded_at\n"
    f"taobao,{NICK},nickname,called {NAME},service chat,{AT.format(5)}\n",
    "planted_tickets.csv": "store_id,ticket_id,opened_at,account_id,order_id,channel,ticket_type,tags\n"
    f"taobao,TZW,{AT.format(5)},{NICK},991,wechat,complaint,late;{NAME}\n",
    "planted_reviews.csv": "store_id,review_id,reviewed_at,account_id,product_id,rating,review_text\n"
    f"shopify,RZW,{AT.format(6)},{EMAIL},TEA,2,Not for {NAME}\n",
}
LATER_FILES = {
    # Her oldest order of all, so that her id changes.
    "youzan/orders_planted.csv": f"{YOUZAN_ORDERS},收货人/提货人\n"
    f"EZW,交易完成,2025-06-01 10:00:00,2025-06-01 10:01:00,0.00,8.00,{NAME},{PHONE},,,,,{NAME}\n",
    "youzan/order_items_planted.csv": f"{YOUZAN_ITEMS}\nEZW,茶,,TEA,8.00,1,0.00\n",
}
ENCODINGS = {"taobao": "gb18030", "youzan": "utf-8-sig"}
THEIR_ROWS = dict.fromkeys((*FIRST_FILES, *LATER_FILES), 1)


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).write_text(text, encoding=ENCODINGS.get(name.split("/")[0], "utf-8"))


def _night(as_of: date, warehouse: str = "w.duckdb") -> tuple[object, ...]:
    flags = ("--config", "regulars.toml", "--lake", "lake", "--warehouse", warehouse)
    return ("run", "--exports", "exports", "--as-of", as_of, *flags)


def _erase(*who: str, warehouse: str = "w.duckdb") -> tuple[object, ...]:
    return ("erase", *who, "--config", "regulars.toml", "--lake", "lake", "--warehouse", warehouse)


def _nights(folder: Path, regulars: Run, warehouse: str = "w.duckdb") -> None:
    (folder / "regulars.toml").write_text(SETTINGS)
    write_demo_world(folder / "exports", Wanted(250, UNTIL, 3))
    for as_of, files in ((BEFORE, FIRST_FILES), (UNTIL, LATER_FILES)):
        _write(folder / "exports", files)
        done = regulars(*_night(as_of, warehouse), cwd=folder)
        assert done.returncode == 0, done.stderr


def _bearing(warehouse: str, ids: set[str]) -> dict[str, int]:
    """Rows that hold one of the ids, by table."""
    held = {}
    for name, table in WAREHOUSE.items():
        columns = [column.name for column in customer_columns(table)]
        if columns:
            found = open_warehouse(warehouse).read(name).filter(pl.any_horizontal(pl.col(columns).is_in(ids)))
            held[name] = found.height
    return {name: rows for name, rows in held.items() if rows}


@pytest.fixture(scope="module")
def shops(regulars: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders `nights`, after two nights, and `erased`, after the person was erased by a former id; exports beside."""
    folder = tmp_path_factory.mktemp("joined")
    nights, erased = folder / "nights", folder / "erased"
    nights.mkdir()
    _nights(nights, regulars)
    shutil.move(nights / "exports", folder / "exports")
    shutil.copytree(nights, erased)
    done = regulars(*_erase("--customer", BUYER), cwd=erased)
    assert done.returncode == 0, done.stderr
    (erased / "said").write_text(done.stdout + done.stderr)
    return folder


def test_three_accounts_are_one_customer_whose_earlier_night_bears_the_new_id(shops: Path) -> None:
    warehouse = open_warehouse(str(shops / "nights" / "w.duckdb"))
    links = warehouse.read("mart.customer_link").filter(verdict="joined")
    theirs = links.filter(new_customer_id=MEMBER).select("old_customer_id").to_series()
    assert set(theirs) == {SHOPPER, BUYER}
    scores = warehouse.read("mart.customer_score", BEFORE)
    assert scores.filter(customer_id=MEMBER)["frequency"].to_list() == [1]
    assert set(scores["customer_id"]).isdisjoint({SHOPPER, BUYER})
    friend = warehouse.read("mart.customer").filter(customer_id=own(f"shopify/{FRIEND}"))
    assert friend["referred_by_customer_id"].to_list() == [MEMBER]


def test_nothing_of_the_person_is_left_in_any_file(shops: Path, prefect_api: dict[str, str]) -> None:
    found = traces(PERSON, decoded(shops / "nights"))
    places = ("lake/raw", "lake/batches", "lake/nights", "contact.contact_point", "customer_card", "customer_attribute")
    for place in places:
        assert any(place in trace for trace in found), place
    assert traces(PERSON, decoded(shops / "erased")) == []
    home = Path(prefect_api["PREFECT_HOME"])
    assert traces(PERSON, [*cells(home / "prefect.db"), *decoded(home)]) == []
    assert "mart.customer_channel" not in _bearing(str(shops / "erased" / "w.duckdb"), {MEMBER, SHOPPER, BUYER})


def test_no_id_of_theirs_is_left_in_any_table_and_nobody_else_is_gone(shops: Path) -> None:
    ids = {MEMBER, SHOPPER, BUYER}
    before, after = (str(shops / name / "w.duckdb") for name in ("nights", "erased"))
    held = _bearing(before, ids)
    assert _bearing(after, ids) == {}
    assert {"mart.customer", "mart.customer_link", "mart.customer_score", "contact.customer_card"} <= set(held)
    # The friend whom they brought stays.
    held["mart.customer"] -= 1
    told = {name: (tables(before)[name].height, tables(after)[name].height) for name in held}
    assert {name: had - has for name, (had, has) in told.items()} == held
    friend = open_warehouse(after).read("mart.customer").filter(customer_id=own(f"shopify/{FRIEND}"))
    assert friend["referred_by_customer_id"].to_list() == [None]


def test_the_receipt_tells_of_all_stores(shops: Path) -> None:
    (receipt,) = Erasures(Lake(shops / "erased" / "lake")).receipts()
    assert (receipt.customer_id, receipt.accounts) == (MEMBER, 3)
    assert set(receipt.customer_ids) == {MEMBER, SHOPPER, BUYER}
    assert {file["file_name"]: file["rows"] for file in receipt.files} == THEIR_ROWS
    assert MEMBER in (shops / "erased" / "said").read_text()


def test_their_old_exports_change_nothing_and_every_file_adds_up(shops: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(shops / "erased", tmp_path, dirs_exist_ok=True)
    (tmp_path / "exports").mkdir()
    assert regulars(*_night(UNTIL), cwd=tmp_path).returncode == 0
    reference = tables(str(tmp_path / "w.duckdb"))
    account = reference["quality.row_account"].filter(as_of_date=UNTIL)
    fates = pl.sum_horizontal("loaded", "merged", "quarantined", "erased")
    assert account.filter(pl.col("lines_read") != fates).is_empty()
    assert dict(account.filter(pl.col("erased") > 0).select("file_name", "erased").iter_rows()) == THEIR_ROWS

    shutil.copytree(shops / "exports", tmp_path / "exports", dirs_exist_ok=True, copy_function=shutil.copyfile)
    assert regulars(*_night(UNTIL), cwd=tmp_path).returncode == 0
    assert_same(tables(str(tmp_path / "w.duckdb")), reference)
    shutil.rmtree(tmp_path / "exports")
    assert traces(PERSON, decoded(tmp_path)) == []


def test_by_a_number_typed_in_another_way_the_same_person_goes(shops: Path, regulars: Run, tmp_path: Path) -> None:
    shutil.copytree(shops / "nights", tmp_path, dirs_exist_ok=True)
    done = regulars(*_erase("--phone", "138 7777 0001"), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert_same(tables(str(tmp_path / "w.duckdb")), tables(str(shops / "erased" / "w.duckdb")))
    again = regulars(*_erase("--customer", SHOPPER), cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert "was erased before; nothing is left" in again.stderr
    assert len(Erasures(Lake(tmp_path / "lake")).receipts()) == 1


def test_on_postgresql_nothing_is_left_in_the_servers_files(
    shops: Path, regulars: Run, tmp_path: Path, postgres_url: str
) -> None:
    _nights(tmp_path, regulars, postgres_url)
    assert_same(tables(postgres_url), tables(str(shops / "nights" / "w.duckdb")))
    assert traces([NAME, EMAIL.lower()], _server_files(postgres_url))
    done = regulars(*_erase("--customer", SHOPPER, warehouse=postgres_url), cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert_same(tables(postgres_url), tables(str(shops / "erased" / "w.duckdb")))
    assert traces(PERSON, _server_files(postgres_url)) == []
