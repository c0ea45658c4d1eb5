import re
from datetime import timedelta
from html.parser import HTMLParser

import polars as pl
import pytest

from flows.faults import InputError
from flows.report.findings import findings
from flows.report.page import render, write_report
from flows.report.pictures import PICTURES
from flows.settings import Shop
from tests.flows.report.conftest import NIGHT, night_frames, without_model
from tests.flows.report.test_findings import tables

VOID = {"meta", "input", "br"}
INLINE = {"span", "b", "code", "label", "a"}
SPACES = re.compile(r"\s+")


class Reader(HTMLParser):
    """The text one language shows or tells a screen reader, after the style sheet has hidden the other."""

    def __init__(self, language: str) -> None:
        super().__init__()
        self.language, self.open, self.text = language, [], []

    def handle_starttag(self, tag, attrs) -> None:
        if tag not in VOID:
            hidden = tag in {"style", "script"} or (
                tag == "span" and dict(attrs).get("lang", self.language) != self.language
            )
            self.open.append((tag, hidden))
            self.handle_data(dict(attrs).get("aria-label", ""))

    def handle_endtag(self, tag) -> None:
        assert self.open.pop()[0] == tag
        self.text.append("" if tag in INLINE else " ")

    def handle_data(self, data) -> None:
        if not any(hidden for _, hidden in self.open):
            self.text.append(data)


def read(page: str, language: str) -> str:
    reader = Reader(language)
    reader.feed(page)
    assert not reader.open
    return SPACES.sub(" ", "".join(reader.text))


@pytest.fixture
def page_of(publish, tmp_path):
    def page(frames, shop_name: str = "Tea & Letters") -> str:
        shop = Shop(name=shop_name, timezone="Europe/Berlin")
        return write_report(publish(NIGHT, frames), NIGHT, shop, tmp_path / "report").read_text(encoding="utf-8")

    return page


@pytest.fixture(scope="module")
def usual_page() -> str:
    """The page of the night most tests are about; drawn once."""
    return render(findings(tables()), Shop(name="Shop", timezone="Europe/Berlin"))


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "en",
            [
                "Your customers on the night of 1 March 2026",
                "2 of your 4 regulars may be slipping away.",
                "On 2 March 2026, one customer is to get a message. One more, picked by chance, gets none,",
                "One gold customer, 14% of those who have bought, is expected to bring 80% of the next year's revenue.",
                "Customers 8 ",
                "coming revenue: EUR 1,000 in all over the next 365 days, after refunds.",
                "14% 1 80% EUR 800",
                "Platinum 1 14% EUR 4,500 75%",
                "Regulars silent for longer than usual, by email 1 · 12%",
                "they have not agreed to be written to 2 · 25%",
                "Of all new customers, 25% buy again in the month after.",
                "2025-12 20 5 3",
                "Orders: a quantity below zero that is no refund 40",
                "Orders: the date and time cannot be read 5",
                "12,345 rows read = 12,000 used + 300 repeats merged + 45 set aside + 0 erased on request",
                "2 of 3 checks of the tables held. Every check of the night. Worth a look:",
                "No order gave back more than was paid purchase_order: refunds_within(customer_paid) · 3 rows",
                "taobao 31 January 2026 · 29 days before Is an export missing?",
                "MBG/NBD, learned from all purchase dates",
                "Published 2 March 2026, 02:14 (Europe/Berlin)",
                "Version of Regulars 0.1.0",
            ],
        ),
        (
            "zh-Hans",
            [
                "2026年3月1日晚的顾客情况",
                "4 位回头客中，有 2 位可能正在流失。",
                "2026年3月2日将给 1 位顾客发消息。另外随机留出 1 位不发，",
                "顾客总数 8 ",
                "铂金 1 14% EUR 4,500 75%",
                "没有同意接收营销消息 2 · 25%",
                "全部新顾客中，次月再次购买的占 25%。",
                "订单：数量小于零，但不是退款 40",
                "订单：日期和时间无法识别 5",
                "读入 12,345 行 = 采用 12,000 + 合并重复 300 + 拒收 45 + 应要求删除 0",
                "taobao 2026年1月31日 · 29 天前 是不是漏了导出？",
                "new 还没有订单",
            ],
        ),
    ],
)
def test_the_page_says_what_the_night_found(usual_page, language, sentences) -> None:
    seen = read(usual_page, language)
    assert [sentence for sentence in sentences if sentence not in seen] == []


def test_a_reader_of_one_language_sees_no_word_of_the_other(usual_page) -> None:
    assert re.findall("[\u4e00-\u9fff]+", read(usual_page, "en")) == ["中文"]
    assert "customers" not in read(usual_page, "zh-Hans").lower()


def test_a_night_without_a_model_says_so_instead_of_a_blank(page_of) -> None:
    page = page_of(without_model(night_frames()))
    english, chinese = read(page, "en"), read(page, "zh-Hans")
    assert "The purchases so far do not tell who is slipping away." in english
    assert "Gold customers Not known No model of spending could be fitted" in english
    assert "Regulars at risk Not known No model could be fitted" in english
    assert "No model: the purchases so far are too few, or too much alike, to learn from." in english
    assert "黄金顾客 暂无" in chinese
    assert "没有模型：现有的购买记录太少" in chinese
    assert "None" not in page
    # Each is told once in a tile and once where its picture would be.
    assert english.count("No model of spending could be fitted") == 2
    assert english.count("No model could be fitted for this night, so nobody can say") == 2
    assert "Regulars: bought on two days or more 4 · 50%" in english


def test_an_empty_shop_has_a_page(page_of) -> None:
    empty = {name: frame if name == "ops.run" else frame.clear() for name, frame in night_frames().items()}
    english = read(page_of(empty), "en")
    assert "Nobody has bought anything yet." in english
    assert "Nobody is to be written to on 2 March 2026." in english
    assert "Nothing: every row could be used." in english


def test_names_are_escaped(page_of) -> None:
    frames = night_frames()
    segments = frames["mart.segment_summary"].with_columns(pl.col("segment").replace("platinum", "<i>top</i>"))
    page = page_of({**frames, "mart.segment_summary": segments}, shop_name="<b>&")
    assert "<title>&lt;b&gt;&amp; · Regulars 2026-03-01</title>" in page
    assert '<p class="shop">&lt;b&gt;&amp;</p>' in page
    assert "&lt;i&gt;top&lt;/i&gt;" in page
    assert "<b>&" not in page


def test_the_file_asks_nothing_of_the_network(usual_page) -> None:
    asked = re.findall(r"https?:|[\"'(]//|\bsrc=|@import|url\(|<link|<img|<iframe|fetch\(", usual_page)
    assert asked == []
    assert re.findall(r"\bhref=\"([^\"]*)\"", usual_page) == ["checks-2026-03-01.html"]
    assert "default-src 'none'" in usual_page


def test_the_page_needs_no_script(usual_page) -> None:
    assert usual_page.count("<script") == 1
    assert 'id="show-en" checked' in usual_page
    # Pictures and figures are in the file; one radio button each shows a language.
    without = re.sub("<script>.*</script>", "", usual_page, flags=re.DOTALL)
    assert without.count("<svg ") == 4 * len(PICTURES)
    assert read(without, "en") == read(usual_page, "en")


def test_the_same_night_gives_the_same_bytes(usual_page) -> None:
    assert render(findings(tables()), Shop(name="Shop", timezone="Europe/Berlin")) == usual_page


def test_counts_of_a_later_attempt_are_left_out(page_of) -> None:
    frames = night_frames()
    run = frames["ops.run"].with_columns(
        run_id=pl.lit("later"), status=pl.lit("stopped"), lines_read=pl.lit(7, pl.Int64)
    )
    english = read(page_of({**frames, "ops.run": run}), "en")
    assert "A later attempt at this night did not publish." in english
    assert "Not known: a later attempt at this night has replaced the counts." in english
    assert "Rows set aside 45 by reason further down" in english


def test_latest_is_that_of_the_latest_night(publish, tmp_path) -> None:
    folder, earlier = tmp_path / "report", NIGHT - timedelta(1)
    warehouse = publish(NIGHT, night_frames())
    path = write_report(warehouse, NIGHT, Shop(), folder)
    assert path == folder / "regulars-2026-03-01.html"
    publish(earlier, night_frames(earlier))
    old = write_report(warehouse, earlier, Shop(), folder)
    assert (folder / "latest.html").read_bytes() == path.read_bytes() != old.read_bytes()
    told = "This picture belongs to the latest night"
    assert told in old.read_text(encoding="utf-8")
    assert told not in path.read_text(encoding="utf-8")
    assert sorted(file.name for file in folder.iterdir()) == ["latest.html", old.name, path.name]


def test_a_night_that_is_not_published_has_no_report(publish, tmp_path) -> None:
    unpublished = night_frames()["ops.run"].with_columns(
        published_at=pl.lit(None, pl.Datetime("us", "UTC")), published_run_id=pl.lit(None, pl.String)
    )
    warehouse = publish(NIGHT, {"ops.run": unpublished})
    for night in (NIGHT, NIGHT + timedelta(1)):
        with pytest.raises(InputError, match=f"{night} is not published"):
            write_report(warehouse, night, Shop(), tmp_path / "report")
    assert not (tmp_path / "report").exists()
