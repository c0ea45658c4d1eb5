"""Who a customer is, without personal data. Shard-local by customer, but for `referrers`."""

import polars as pl

from transforms.customers.notes import latest_note

LANGUAGES = {
    "zh": ("chinese", "mandarin", "putonghua", "中文", "汉语", "普通话", "国语", "简体中文"),
    "en": ("english", "英语", "英文"),
}
"""ISO 639 code -> words for it, in lower case. Others are told by their code."""
CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el "
    "en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it "
    "iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt "
    "my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl "
    "sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo "
    "za zh zu "
)
"""Of ISO 639-1."""


def persons(accounts: pl.LazyFrame, notes: pl.LazyFrame, referrers: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `accounts`, `region`, `acquired_by`, `is_business`, `language`, `referred_by_customer_id`.

    One row for every customer of `accounts`, staged.customer_account with `customer_id`; the oldest account that tells
    counts. `notes`: staged.customer_attribute with `customer_id`. `referrers`: `referrers` of all shards.
    """
    # Sorted before, not within the groups: that takes a fifth of the time.
    oldest_first = accounts.sort("happened_at", "account_key", nulls_last=True)
    told = pl.col("region", "acquired_by", "is_business").first(ignore_nulls=True)
    return (
        oldest_first.group_by("customer_id")
        .agg(told, accounts=pl.len())
        .join(latest_note(notes, "language", _language()), on="customer_id", how="left")
        .join(referrers, on="customer_id", how="left")
        .sort("customer_id")
    )


def referrers(referrals: pl.LazyFrame, ids: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `referred_by_customer_id`: who was first to bring each customer. A merge over all shards.

    Between accounts of one customer nobody is brought. `referrals`: staged.referral. `ids`: `account_key`,
    `customer_id`.
    """
    who = ids.select(referrer_account_key="account_key", referred_by_customer_id="customer_id")
    others = referrals.join(ids, on="account_key").join(who, on="referrer_account_key")
    return (
        others.filter(pl.col("customer_id") != pl.col("referred_by_customer_id"))
        .sort("happened_at", "referral_key")
        .group_by("customer_id", maintain_order=True)
        .agg(pl.col("referred_by_customer_id").first())
    )


def _language() -> pl.Expr:
    """ISO 639-1 code of a note; null where it is something else, which nobody knows to hold no personal data."""
    text = pl.col("attribute_value").str.strip_chars().str.to_lowercase()
    words = {word: code for code, called in LANGUAGES.items() for word in called}
    code = text.str.extract(r"^([a-z]{2})(?:[-_][a-z0-9]+)*$")
    return pl.coalesce(text.replace_strict(words, default=None), pl.when(code.is_in(CODES.split())).then(code))
