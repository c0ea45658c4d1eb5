"""Several accounts a person over the stores, and what of the person each of them shows."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from transforms.simulator.full_world import SHOPIFY, STORES, TAOBAO, YOUZAN
from transforms.simulator.lives import Flags, Lives
from transforms.simulator.process import Ints, Occasions
from transforms.simulator.setting import Setting

SAME_STORE_SHARE = 0.1
"""Of second accounts on Shopify and Taobao: opened in the store of the first, under another name."""
FIRST_ACCOUNT_SHARE = 0.6
"""Of the repeat occasions of people with several accounts; the others take the rest in equal parts."""
SHOPIFY_EMAIL_SHARE = 0.95
SHOPIFY_PHONE_SHARE = 0.80
TAOBAO_EMAIL_SHARE = 0.15
"""Taobao prints the buyer's Alipay account, blank for most; where it is an address it is the person's e-mail."""


@dataclass(frozen=True, slots=True)
class Accounts:
    """One entry an account that some file shows, by person and then in the order of opening."""

    person: Ints
    store: Ints
    opened_day: Ints
    is_first: Flags
    of_occasion: Ints
    """Account of each occasion."""
    of_person: Ints
    """First account of each person."""

    def __len__(self) -> int:
        return len(self.person)


def draw_accounts(setting: Setting, lives: Lives, occasions: Occasions) -> Accounts:
    """Who has an account where, opened on the day of its first occasion; who never bought signed up on arrival.

    An account without an order is seen in Shopify's and Youzan's customer exports only: Taobao has none.
    """
    rng, world = setting.stream("accounts"), setting.world
    size = len(lives)
    home = rng.choice(len(STORES), size, p=world.store_shares)
    home = np.where(~lives.customers.buys & (home == TAOBAO), SHOPIFY, home)
    has_second = lives.customers.buys & (rng.random(size) < world.second_account_share)
    count = 1 + has_second + (has_second & (rng.random(size) < world.third_account_share))
    # A second account in the same store needs another name there; in Youzan the phone is the account.
    is_same = (rng.random(size) < SAME_STORE_SHARE) & (home != YOUZAN)
    second = np.where(is_same, home, (home + rng.integers(1, 3, size)) % 3)
    third = np.where(is_same, (home + 1) % 3, 3 - home - second)

    start = np.cumsum(count) - count
    person = np.repeat(np.arange(size), count)
    nth = np.arange(len(person)) - start[person]
    store = np.choose(nth, (home[person], second[person], third[person]))

    several = count[occasions.customer] - 1
    elsewhere = 1 + (rng.random(len(occasions)) * several).astype(np.int64)
    is_repeat = np.diff(occasions.customer, prepend=-1) == 0
    moves = is_repeat & (several > 0) & (rng.random(len(occasions)) >= FIRST_ACCOUNT_SHARE)
    of_occasion = start[occasions.customer] + np.where(moves, elsewhere, 0)

    never = np.iinfo(np.int64).max
    opened = np.full(len(person), never)
    np.minimum.at(opened, of_occasion, occasions.day)
    signs_up = lives.arrival_day[person] + (rng.random(len(person)) * 60).astype(np.int64) * (nth > 0)
    signs_up = np.minimum(signs_up, setting.days - 1)
    is_seen = (opened != never) | (store != TAOBAO)
    opened = np.where(opened == never, signs_up, opened)
    new_index = np.cumsum(is_seen) - 1
    return Accounts(
        person=person[is_seen],
        store=store[is_seen],
        opened_day=opened[is_seen],
        is_first=(nth == 0)[is_seen],
        of_occasion=new_index[of_occasion],
        of_person=new_index[start],
    )


def show_accounts(setting: Setting, accounts: Accounts, people: pl.DataFrame) -> pl.DataFrame:
    """What each account shows in its platform's files, one row an account.

    `people` is the frame of `draw_identities`, with `birthday`. Returns `person`, `store` (indexes), `account_id` (null
    where masked on Youzan), `nickname`, `customer_name`, `email` (in lower case) and `phone` (11 digits),
    both null where the platform holds none, `province`, `city`, `district`, `street`, `postcode`, `country`,
    `is_masked`, `is_shared`, `is_name_misspelt`, `is_address_misspelt`, `is_first`, `is_business`, `birthday`.
    """
    rng, world = setting.stream("shown"), setting.world
    size = len(accounts)
    held = people[accounts.person].with_columns(
        person=pl.Series(accounts.person),
        number=pl.int_range(1, size + 1, dtype=pl.Int64),
        store=pl.Series(accounts.store),
        is_first=pl.Series(accounts.is_first),
        is_first_in_store=pl.Series(_is_first_in_store(accounts)),
        uses_other_phone=pl.Series(rng.random(size) < world.second_phone_share) & ~pl.Series(accounts.is_first),
        tells_email=pl.Series(rng.random(size)),
        tells_phone=pl.Series(rng.random(size) < SHOPIFY_PHONE_SHARE),
        is_masked=pl.Series((rng.random(size) < world.noise.masked_share) & (accounts.store != SHOPIFY)),
        is_name_misspelt=pl.Series(rng.random(size) < world.noise.misspelt_share),
        is_address_misspelt=pl.Series(rng.random(size) < world.noise.misspelt_share),
        slip=pl.Series(rng.integers(0, 1 << 16, size)),
    )
    store = pl.col("store")
    own_email = pl.when("is_first_in_store").then("email").otherwise("other_email")
    is_shared = pl.col("is_shared") & ~pl.col("uses_other_phone")
    # Without an e-mail the phone is the account, which two accounts cannot share; who never bought is known by e-mail.
    needs_email = is_shared | ~pl.col("is_first_in_store") | ~pl.col("buys")
    has_email = (
        pl.when(store == SHOPIFY)
        .then(needs_email | (pl.col("tells_email") < SHOPIFY_EMAIL_SHARE))
        .otherwise((store == TAOBAO) & (pl.col("tells_email") < TAOBAO_EMAIL_SHARE))
    )
    has_phone = (store != SHOPIFY) | ~has_email | (pl.col("tells_phone") & pl.col("buys"))
    # GBK has not every accent.
    held = held.with_columns(customer_name=pl.when(store == TAOBAO).then("plain_name").otherwise("customer_name"))
    held = held.with_columns(
        email=pl.when(has_email).then(own_email),
        phone=pl.when(has_phone).then(pl.when("uses_other_phone").then("other_phone").otherwise("phone")),
        is_shared=is_shared & has_phone,
        nickname=pl.concat_str(pl.lit("tb"), "handle", pl.lit("_"), "number"),
        customer_name=_misspelt("customer_name", "is_name_misspelt"),
        street=_misspelt("street", "is_address_misspelt"),
    )
    account_id = (
        pl.when(store == SHOPIFY)
        .then(pl.coalesce("email", pl.concat_str(pl.lit("+86"), "phone")))
        .when(store == TAOBAO)
        .then("nickname")
        .when(~pl.col("is_masked"))
        .then("phone")
    )
    return held.select(
        "person", "store", account_id.alias("account_id"), "nickname", "customer_name", "email", "phone", "province",
        "city", "district", "street", "postcode", "country", "is_masked", "is_shared", "is_name_misspelt",
        "is_address_misspelt", "is_first", "is_business", "birthday",
    )  # fmt: skip


def clear_keys(shown: pl.DataFrame) -> pl.DataFrame:
    """What an honest reader could join each account by: `clear_phone`, `clear_email`, `has_clear_key`.

    A phone is clear where it is printed unmasked and is nobody else's; `has_clear_key` tells that another account of
    the same person shows the same clear phone or e-mail.
    """
    clear = shown.select(
        "person",
        clear_phone=pl.when(~pl.col("is_masked") & ~pl.col("is_shared")).then("phone"),
        clear_email="email",
    )
    return clear.with_columns(
        has_clear_key=pl.any_horizontal(
            pl.col(key).is_not_null() & (pl.len().over("person", key) > 1) for key in ("clear_phone", "clear_email")
        )
    ).drop("person")


def masked(phone: pl.Expr) -> pl.Expr:
    """A phone as a platform masks it: `186******05`."""
    return pl.concat_str(phone.str.slice(0, 3), pl.lit("******"), phone.str.slice(-2))


def _is_first_in_store(accounts: Accounts) -> Flags:
    key = accounts.person * len(STORES) + accounts.store
    _, first_at = np.unique(key, return_index=True)
    is_earliest = np.zeros(len(key), dtype=np.bool_)
    is_earliest[first_at] = True
    return is_earliest


def _misspelt(name: str, flag: str) -> pl.Expr:
    """The text with one character written twice, where the flag is set; so it always differs."""
    at = pl.col("slip") % pl.col(name).str.len_chars()
    twice = pl.concat_str(pl.col(name).str.slice(0, at + 1), pl.col(name).str.slice(at))
    return pl.when(flag).then(twice).otherwise(name).alias(name)
