"""Which accounts are one customer."""

import random

from hypothesis import given
from hypothesis import strategies as st

from tests.transforms.identity.shops import Account, groups_of, resolved, together

PHONE, OTHER_PHONE = "+8613800138000", "+8613900139000"
EMAIL = "ann@example.com"
ANN, BEN, CY, DEE = (
    (("Ann Lee", "Ann Lee", 1),),
    (("Ben Wu", "Ben Wu", 1),),
    (("Cy Xu", None, 1),),
    (("Dee Yu", None, 1),),
)


def test_a_phone_an_email_and_a_buyer_number_each_join() -> None:
    accounts = [
        Account("shopify/1", phone=PHONE, email=EMAIL, names=ANN),
        Account("taobao/2", phone=PHONE, buyer="taobao/tb2", names=ANN),
        Account("tmall/3", buyer="taobao/tb2"),
        Account("woo/4", email=EMAIL, names=ANN),
        Account("woo/5", email="ben@example.com", names=BEN),
    ]
    assert together(accounts) == {frozenset({"shopify/1", "taobao/2", "tmall/3", "woo/4"})}


def test_what_tells_nobody_joins_nobody() -> None:
    assert together([Account("a/1", buyer="taobao/t**b"), Account("b/1", buyer="taobao/t**b")]) == set()
    # A number typed in for whoever has none, and one that a shop gave to all.
    assert together([Account(f"till/{n:02}", phone=PHONE) for n in range(11)]) == set()
    assert together([Account(f"own/{n:03}", buyer="0") for n in range(101)]) == set()


def test_a_couple_shares_a_phone_and_stays_two_people() -> None:
    accounts = [
        Account("shopify/1", phone=PHONE, names=ANN),
        Account("taobao/2", phone=PHONE, names=BEN),
        Account("youzan/3", phone=PHONE, names=(("Lee Ann", None, 0),)),
        # Whose this one is nobody can tell.
        Account("woo/4", phone=PHONE),
    ]
    assert together(accounts) == {frozenset({"shopify/1", "youzan/3"})}
    assert together(accounts[1:2] + accounts[3:]) == {frozenset({"taobao/2", "woo/4"})}


def test_a_switchboard_joins_nobody_not_even_equal_names() -> None:
    accounts = [Account(f"shop/{n}", phone=PHONE, names=names) for n, names in enumerate((ANN, ANN, BEN, CY, DEE))]
    assert together(accounts) == set()


def test_an_account_that_two_people_order_by_joins_nobody() -> None:
    of_two = Account("youzan/1", phone=PHONE, names=(("nick 1", "Ann Lee", 2), ("other", "Ben Wu", 1)))
    assert together([of_two, Account("shopify/2", phone=PHONE, names=ANN)]) == set()
    # A nickname, and a present to somebody else, are not a second person.
    of_one = Account("youzan/1", phone=PHONE, names=(("nick 1", "Ann Lee", 2), ("nick 1", "Ben Wu", 1)))
    assert together([of_one, Account("shopify/2", phone=PHONE, names=ANN)]) == {frozenset({"youzan/1", "shopify/2"})}


def test_who_gets_presents_is_not_who_gives_them() -> None:
    giver = Account("taobao/1", phone=PHONE, names=((None, "Ann Lee", 3), (None, "Ben Wu", 1)))
    assert together([giver, Account("shopify/2", phone=PHONE, names=BEN)]) == set()


def test_whose_parcels_go_to_two_people_alike_is_neither() -> None:
    giver = Account("taobao/1", phone=PHONE, names=((None, "Ann Lee", 1), (None, "Ben Wu", 1)))
    for names in (ANN, BEN, ()):
        assert together([giver, Account("shopify/2", phone=PHONE, names=names)]) == set()


def test_a_forbidden_link_parts_nobody_else() -> None:
    accounts = [Account(f"shop/{n}", phone=PHONE, names=ANN) for n in range(4)]
    found = resolved(accounts, [("shop/0", "shop/1")])
    assert groups_of(found) == {frozenset({"shop/0", "shop/2", "shop/3"}), frozenset({"shop/1"})}
    assert found.kept_apart["account_key"].to_list() == ["shop/1"]


def test_a_forbidden_link_takes_the_weaker_ties_with_it() -> None:
    accounts = [
        Account("a/1", phone=PHONE),
        Account("b/1", phone=PHONE, email=EMAIL),
        Account("c/1", email=EMAIL, phone=OTHER_PHONE),
        Account("d/1", phone=OTHER_PHONE),
    ]
    assert together(accounts) == {frozenset({"a/1", "b/1", "c/1", "d/1"})}
    found = resolved(accounts, [("d/1", "a/1")])
    assert groups_of(found) == {frozenset({"a/1", "b/1"}), frozenset({"c/1", "d/1"})}
    assert found.kept_apart.to_dicts() == [
        {"account_key": "c/1", "other_account_key": "a/1", "verdict": "forbidden", "evidence": "phone+email"}
    ]
    assert together(accounts, [("b/1", "nobody/9")]) == together(accounts)


def _chain(length: int) -> list[Account]:
    phones = [f"+86138000000{n:02d}" for n in range(length)]
    emails = [f"a{n}@example.com" for n in range(length)]
    pairs = [
        (
            Account(f"x/{n:02d}", phone=phones[n], email=emails[n]),
            Account(f"y/{n:02d}", phone=phones[n], email=emails[n + 1]),
        )
        for n in range(length - 1)
    ]
    return [account for pair in pairs for account in pair]


def test_a_long_chain_is_held_apart_by_its_weakest_ties_and_told() -> None:
    short = _chain(5)
    assert together(short) == {frozenset(account.key for account in short)}
    long = _chain(8)
    found = resolved(long)
    assert groups_of(found) == {frozenset({f"x/{n:02d}", f"y/{n:02d}"}) for n in range(7)}
    assert set(found.kept_apart["verdict"]) == {"held_apart"}
    assert found.kept_apart["other_account_key"].to_list() == ["x/00"] * 6


def test_one_address_of_many_guest_orders_is_no_chain() -> None:
    accounts = [Account(f"guest/{n:02d}", email=EMAIL, names=ANN) for n in range(40)]
    assert together(accounts) == {frozenset(account.key for account in accounts)}
    numbers = [Account(f"olist/{n:02d}", buyer="person-1") for n in range(40)]
    assert together(numbers) == {frozenset(account.key for account in numbers)}


VALUES = st.sampled_from([None, 1, 2, 3, 4])
SHOPS = st.lists(
    st.builds(
        Account,
        key=st.integers(0, 99).map(lambda n: f"s{n % 3}/{n:02d}"),
        phone=VALUES.map(lambda n: n and f"+861380013800{n}"),
        email=VALUES.map(lambda n: n and f"a{n}@example.com"),
        buyer=st.sampled_from([None, None, "taobao/1", "taobao/2"]),
        names=st.lists(st.sampled_from([*ANN, *BEN, *CY]), max_size=2, unique=True).map(tuple),
    ),
    max_size=14,
    unique_by=lambda account: account.key,
)


@given(SHOPS, st.randoms(use_true_random=False))
def test_the_order_of_accounts_changes_nothing(shop: list[Account], rng: random.Random) -> None:
    shuffled = rng.sample(shop, len(shop))
    assert groups_of(resolved(shop)) == groups_of(resolved(shuffled))


@given(SHOPS)
def test_accounts_of_one_group_have_a_tie_and_every_pair_told_apart_is_apart(shop: list[Account]) -> None:
    by_key = {account.key: account for account in shop}
    for group in groups_of(resolved(shop)):
        for key in group if len(group) > 1 else ():
            mine = by_key[key]
            others = [by_key[other] for other in group if other != key]
            assert any(
                (mine.phone and mine.phone == other.phone)
                or (mine.email and mine.email == other.email)
                or (mine.buyer and mine.buyer == other.buyer)
                for other in others
            )
    if len(shop) > 1:
        pair = (shop[0].key, shop[1].key)
        assert not any(set(pair) <= group for group in groups_of(resolved(shop, [pair])))
