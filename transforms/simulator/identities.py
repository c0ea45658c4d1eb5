"""Who the people of the full world are: invented names, addresses that reach nobody, phones nobody was given."""

import unicodedata

import numpy as np
import polars as pl

from transforms.simulator.lives import Lives
from transforms.simulator.people import FAMILY_NAMES, GIVEN_NAMES, TRADES, plain_names
from transforms.simulator.process import Ints
from transforms.simulator.setting import Setting

CHINESE_FAMILY_NAMES = (
    ("王", "wang"), ("李", "li"), ("张", "zhang"), ("刘", "liu"), ("陈", "chen"), ("杨", "yang"), ("黄", "huang"),
    ("赵", "zhao"), ("吴", "wu"), ("周", "zhou"), ("徐", "xu"), ("孙", "sun"), ("马", "ma"), ("朱", "zhu"),
    ("胡", "hu"), ("郭", "guo"), ("何", "he"), ("林", "lin"), ("高", "gao"), ("罗", "luo"), ("郑", "zheng"),
    ("梁", "liang"), ("谢", "xie"), ("宋", "song"), ("唐", "tang"), ("欧阳", "ouyang"), ("司马", "sima"),
)  # fmt: skip
CHINESE_GIVEN_NAMES = (
    ("伟", "wei"), ("芳", "fang"), ("娜", "na"), ("敏", "min"), ("静", "jing"), ("丽", "li"), ("强", "qiang"),
    ("磊", "lei"), ("洋", "yang"), ("艳", "yan"), ("勇", "yong"), ("军", "jun"), ("杰", "jie"), ("娟", "juan"),
    ("小明", "xiaoming"), ("秀英", "xiuying"), ("桂英", "guiying"), ("志强", "zhiqiang"), ("建华", "jianhua"),
    ("雨桐", "yutong"), ("梓涵", "zihan"), ("浩然", "haoran"), ("欣怡", "xinyi"), ("子轩", "zixuan"),
    ("佳琪", "jiaqi"), ("思远", "siyuan"), ("晓燕", "xiaoyan"), ("海涛", "haitao"), ("文静", "wenjing"),
    ("天宇", "tianyu"),
)  # fmt: skip
CHINESE_TRADES = ("烘焙坊", "工作室", "酒店", "幼儿园", "咖啡馆", "咨询公司", "画廊", "文具店")
CHINESE_PLACES = (
    ("北京", "北京市", "朝阳区", "100020"), ("上海", "上海市", "浦东新区", "200120"),
    ("广东省", "广州市", "天河区", "510630"), ("广东省", "深圳市", "南山区", "518000"),
    ("浙江省", "杭州市", "西湖区", "310012"), ("江苏省", "南京市", "鼓楼区", "210009"),
    ("江苏省", "苏州市", "姑苏区", "215006"), ("四川省", "成都市", "武侯区", "610041"),
    ("湖北省", "武汉市", "洪山区", "430070"), ("陕西省", "西安市", "雁塔区", "710061"),
    ("山东省", "青岛市", "市南区", "266071"), ("福建省", "厦门市", "思明区", "361001"),
)  # fmt: skip
CHINESE_STREETS = ("测试路", "样例街", "虚构大道", "示范巷", "模拟路", "例子街")
WESTERN_PLACES = (
    ("CA", "Springfield", "", "90001", "United States"), ("NY", "Riverton", "", "10001", "United States"),
    ("ENG", "Ashford", "", "TN23 1AA", "United Kingdom"), ("", "Neustadt", "", "01844", "Germany"),
    ("", "Villefranche", "", "69400", "France"), ("ON", "Milton", "", "L9T 2X5", "Canada"),
)  # fmt: skip
WESTERN_STREETS = ("Example Street", "Sample Lane", "Test Road", "Invented Avenue")

WESTERN_SHARE = 0.30
DOMAINS = ("example.com", "example.net", "example.org", "mail.example")
GROUP_SIZES = (2, 3, 4, 5, 20)
GROUP_SHARES = (0.60, 0.20, 0.10, 0.08, 0.02)
"""People behind one shared phone: couples, families, the switchboard of a firm or the phone of a reseller."""

FIRST_PHONE, PHONES = 13_000_000_000, 1_000_000_000
PHONE_STEP = 370_248_451
"""Prime to 10 and so to `PHONES`: multiples of it run through every number of 130 to 139 before one comes twice."""


def draw_identities(setting: Setting, lives: Lives) -> pl.DataFrame:
    """Who each person truly is, one row a person.

    Returns `customer_name`, `plain_name` (in letters GBK has), `handle` (ASCII), `email`, `other_email`, `phone`,
    `other_phone`, `is_shared` (the phone is also others'), `phone_owner` (index of the person whose phone it is),
    `is_business`, `province`, `city`, `district`, `street`, `postcode`, `country`, `is_chinese`, `buys`.
    """
    size = len(lives)
    rng = setting.stream("identities")
    is_chinese = pl.Series("is_chinese", rng.random(size) >= WESTERN_SHARE)
    owner, is_shared = _phone_owners(setting, size)
    offset = int(rng.integers(PHONES))
    chosen = pl.DataFrame(
        {
            "number": np.arange(1, size + 1),
            "phone_owner": owner,
            "is_shared": is_shared,
            "is_business": lives.is_business,
            "buys": lives.customers.buys,
        }
    ).with_columns(is_chinese)
    chinese, western = _chinese_names(rng, size), _western_names(rng, size)
    names = pl.select(
        pl.when(is_chinese).then(chinese[name]).otherwise(western[name]).alias(name) for name in chinese.columns
    )
    firm = pl.when("is_business")
    number = pl.col("number")
    return chosen.hstack(names).hstack(_places(rng, is_chinese)).select(
        firm.then("firm").otherwise("customer_name").alias("customer_name"),
        firm.then("plain_firm").otherwise("plain_name").alias("plain_name"),
        "handle",
        pl.concat_str("handle", number, pl.lit("@"), pl.Series(DOMAINS).gather(rng.integers(len(DOMAINS), size=size)))
        .alias("email"),
        pl.concat_str(pl.lit("hello."), "handle", number, pl.lit("@example.com")).alias("other_email"),
        _phone(pl.col("phone_owner"), offset).alias("phone"),
        _phone(number - 1 + size, offset).alias("other_phone"),
        "is_shared", "phone_owner", "is_business", "is_chinese", "buys",
        "province", "city", "district", "street", "postcode", "country",
    )  # fmt: skip


def _phone(nth: pl.Expr, offset: int) -> pl.Expr:
    return (FIRST_PHONE + (nth * PHONE_STEP + offset) % PHONES).cast(pl.String)


def _phone_owners(setting: Setting, size: int) -> tuple[Ints, np.ndarray[tuple[int], np.dtype[np.bool_]]]:
    """Whose phone each person uses: the first of their group's, or their own."""
    rng = setting.stream("shared phones")
    owner = np.arange(size)
    is_shared = np.zeros(size, dtype=np.bool_)
    sharing = rng.permutation(size)[: round(size * setting.world.noise.shared_phone_share)]
    if len(sharing) < min(GROUP_SIZES):
        return owner, is_shared
    ends = np.cumsum(rng.choice(GROUP_SIZES, len(sharing) // min(GROUP_SIZES) + 1, p=GROUP_SHARES))
    # Nobody is left alone at the end: the last one joins the group before.
    ends = ends[ends < len(sharing) - 1]
    group = np.searchsorted(ends, np.arange(len(sharing)), side="right")
    firsts = sharing[np.concatenate([[0], ends])]
    owner[sharing] = firsts[group]
    is_shared[sharing] = True
    return owner, is_shared


def _chinese_names(rng: np.random.Generator, size: int) -> pl.DataFrame:
    family = pl.DataFrame(CHINESE_FAMILY_NAMES, schema=["family", "latin_family"], orient="row")
    given = pl.DataFrame(CHINESE_GIVEN_NAMES, schema=["given", "latin_given"], orient="row")
    both = family[rng.integers(len(family), size=size)].hstack(given[rng.integers(len(given), size=size)])
    trade = pl.Series(CHINESE_TRADES).gather(rng.integers(len(CHINESE_TRADES), size=size))
    return both.select(
        customer_name=pl.concat_str("family", "given"),
        plain_name=pl.concat_str("family", "given"),
        firm=pl.concat_str("family", pl.lit("记"), trade),
        plain_firm=pl.concat_str("family", pl.lit("记"), trade),
        handle=pl.concat_str("latin_given", "latin_family"),
    )


def _western_names(rng: np.random.Generator, size: int) -> pl.DataFrame:
    family = pl.DataFrame({"family": FAMILY_NAMES, "latin_family": plain_names(FAMILY_NAMES)})
    given = pl.DataFrame({"given": GIVEN_NAMES, "latin_given": plain_names(GIVEN_NAMES)})
    both = family[rng.integers(len(family), size=size)].hstack(given[rng.integers(len(given), size=size)])
    trade = pl.Series(TRADES).gather(rng.integers(len(TRADES), size=size))
    plain_trade = pl.Series([_without_accents(name) for name in TRADES]).gather(rng.integers(len(TRADES), size=size))
    return both.select(
        customer_name=pl.concat_str("given", pl.lit(" "), "family"),
        plain_name=pl.concat_str("latin_given", pl.lit(" "), "latin_family").str.to_titlecase(),
        firm=pl.concat_str("family", pl.lit(" "), trade),
        plain_firm=pl.concat_str(pl.col("latin_family").str.to_titlecase(), pl.lit(" "), plain_trade),
        handle=pl.concat_str("latin_given", pl.lit("."), "latin_family"),
    )


def _without_accents(text: str) -> str:
    return unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()


def _places(rng: np.random.Generator, is_chinese: pl.Series) -> pl.DataFrame:
    size = len(is_chinese)
    house = pl.Series(rng.integers(1, 400, size)).cast(pl.String)
    columns = ["province", "city", "district", "postcode", "country"]
    chinese = pl.DataFrame([(*place, "China") for place in CHINESE_PLACES], schema=columns, orient="row")
    western = pl.DataFrame(WESTERN_PLACES, schema=columns, orient="row")
    here = chinese[rng.integers(len(chinese), size=size)]
    there = western[rng.integers(len(western), size=size)]
    chinese_street = pl.Series(CHINESE_STREETS).gather(rng.integers(len(CHINESE_STREETS), size=size)) + house + "号"
    western_street = house + " " + pl.Series(WESTERN_STREETS).gather(rng.integers(len(WESTERN_STREETS), size=size))
    return pl.select(
        *(pl.when(is_chinese).then(here[name]).otherwise(there[name]).alias(name) for name in columns),
        pl.when(is_chinese).then(chinese_street).otherwise(western_street).alias("street"),
    )
