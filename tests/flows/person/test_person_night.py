"""Two planted people who know each other: what is written of one holds all of theirs and nothing of the other's."""

import html
import re
import stat
from datetime import date
from pathlib import Path

import pytest

from flows.demo_shop import write_demo_shop
from tests.flows.conftest import Run

pytestmark = [pytest.mark.night, pytest.mark.slow, pytest.mark.xdist_group("person")]

UNTIL = date(2026, 3, 14)
ANNA = {
    "account": "XQ-77-planted",
    "name": "Xaviera Quillfeather",
    "email": "x.quill@planted.example",
    "phone": "+86 138 0000 9999",
}
BERT = {
    "account": "ZB-88-planted",
    "name": "Zebedee Brandywine",
    "email": "z.brandy@planted.example",
    "phone": "+86 139 1111 7777",
}
HOUSE = {
    "own-customers.csv": "account_id,opened_at,customer_name,email,phone\n"
    + "".join(f"{one['account']},2025-01-01,{one['name']},{one['email']},{one['phone']}\n" for one in (ANNA, BERT))
    # Rejected, and Anna's all the same.
    + f"{ANNA['account']},someday,{ANNA['name']} rejected,{ANNA['email']},\n",
    "own-orders.csv": f"""order_id,ordered_at,account_id,product_id,quantity,unit_price,product_name
A1,2026-01-05 10:00:00,{ANNA["account"]},P1,1,2.50,annas teapot
A1,2026-01-05 10:00:00,,P2,1,2.50,annas nameless cup
A2,2026-02-05 10:00:00,{ANNA["account"]},P1,1,cheap,annas rejected pot
A3,2026-02-08 10:00:00,{BERT["account"]},P1,1,2.50,annas strainer
B1,2026-01-06 10:00:00,{BERT["account"]},P3,1,7.77,berts kettle
B1,2026-01-06 10:00:00,,P4,1,7.77,berts nameless lid
B2,2026-02-06 10:00:00,{BERT["account"]},P3,1,dear,berts rejected lid
""",
    "own-tickets.csv": f"""ticket_id,opened_at,account_id,order_id,channel,ticket_type,first_reply_at,resolved_at,tags
T1,2026-01-07 10:00:00,{ANNA["account"]},A1,email,complaint,,,annas tag
T2,2026-01-08 10:00:00,{BERT["account"]},A1,email,complaint,,,berts tag
""",
    "own-referrals.csv": f"""referral_id,referred_at,referrer_account_id,account_id,note
R1,2026-01-09 10:00:00,{ANNA["account"]},{BERT["account"]},brought {BERT["name"]}
""",
    "own-attributes.csv": f"""account_id,recorded_at,attribute,attribute_value,source
{ANNA["account"]},2026-01-10 10:00:00,family,annas two children,survey
{BERT["account"]},2026-01-10 10:00:00,family,berts three children,survey
""",
}
CORRECTIONS = "\n".join(
    [
        "file,line,store_id,kind,subject_id,product_id,column,wrong,right,action,rows,reason,author,date",
        *(
            f",,main,customer_account,{account},,customer_name,{name},{name} II,set,1,{why},x,{UNTIL}"
            for account, name, why in (
                (ANNA["account"], ANNA["name"], "annas correction"),
                (BERT["account"], BERT["name"], "berts correction"),
            )
        ),
        # It came as Bert's.
        f",,main,order_line,A3,,account_id,{BERT['account']},{ANNA['account']},set,1,wrong buyer,x,{UNTIL}",
    ]
)
ANNAS = {
    *ANNA.values(),
    "annas teapot",
    "annas nameless cup",
    "annas rejected pot",
    "annas strainer",
    "annas tag",
    "annas two children",
    f"{ANNA['name']} rejected",
    "annas correction",
    "someday",
    "cheap",
}
BERTS = {
    *BERT.values(),
    "berts kettle",
    "berts nameless lid",
    "berts rejected lid",
    "berts tag",
    "berts three children",
    "berts correction",
    "dear",
}


@pytest.fixture(scope="module")
def shop(regulars: Run, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("person")
    write_demo_shop(folder / "exports", customers=300, until=UNTIL, seed=5)
    for name, text in HOUSE.items():
        (folder / "exports" / name).write_text(text, encoding="utf-8")
    (folder / "regulars.toml").write_text('[shop]\nname = "Tea & Co"\n', encoding="utf-8")
    (folder / "corrections.csv").write_text(CORRECTIONS, encoding="utf-8")
    done = regulars("run", "--exports", "exports", "--as-of", UNTIL, cwd=folder)
    assert done.returncode == 0, done.stderr
    return folder


def asked(regulars: Run, shop: Path, out: Path, *who: str) -> str:
    done = regulars("person", *who, "--out", out, cwd=shop)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def text_of(page: Path) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "\n", page.read_text(encoding="utf-8")))


@pytest.mark.parametrize(("one", "theirs", "of_others"), [(ANNA, ANNAS, BERTS), (BERT, BERTS, ANNAS)])
def test_all_of_one_and_nothing_of_the_other(
    one: dict[str, str], theirs: set[str], of_others: set[str], regulars: Run, shop: Path, tmp_path: Path
) -> None:
    out = tmp_path / "held.html"
    said = asked(regulars, shop, out, "--email", one["email"].upper())
    page = text_of(out)
    assert {text for text in theirs if text not in page} == set()
    assert {text for text in of_others if text in page} == set()
    # The referral is of both, and each is told of it without the other.
    assert "R1" in page
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    for place in ("mart.purchase_order", "quality.quarantine", "own-orders.csv", "own-referrals.csv"):
        assert place in said
    assert not any(text in said for text in (*ANNA.values(), *BERT.values()))


def test_nothing_of_anybody_stays_in_the_lake_or_beside_it(regulars: Run, shop: Path, tmp_path: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in shop.rglob("*") if path.is_file()}
    asked(regulars, shop, tmp_path / "held.html", "--phone", ANNA["phone"])
    after = {path: path.stat().st_mtime_ns for path in shop.rglob("*") if path.is_file()}
    assert {path for path in after if after[path] != before.get(path)} <= {shop / "regulars-data" / "lake" / "lock"}


def test_nobody_known_and_a_file_that_is_there_are_wrong_input(regulars: Run, shop: Path, tmp_path: Path) -> None:
    out = tmp_path / "held.html"
    for who in (("--customer", "c0123456789abcdef0123"), ("--email", "nobody@planted.example")):
        done = regulars("person", *who, "--out", out, cwd=shop)
        assert done.returncode == 2
        assert "nobody is known by that" in done.stderr
        assert who[1] not in done.stderr
    out.write_text("kept")
    done = regulars("person", "--email", ANNA["email"], "--out", out, cwd=shop)
    assert done.returncode == 2
    assert out.read_text() == "kept"
