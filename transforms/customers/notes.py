"""What the shop noted of a customer, in whose words: contact.customer_attribute. Shard-local by customer.

Any attribute is kept. These names mean something to the customer file; what they say stands in its columns, and is
null there where it cannot be read:

    birthday         1990-02-28, by the solar calendar
    lunar_birthday   08-15, by the lunar one
    sex              female, male, f, m, woman, man, 女, 男, ...
    language         zh, zh-CN, English, 中文, ...
    tags             words, parted by commas or semicolons
    wechat_friend    yes, no, 是, 否, ...
    paid_level       a bought membership in the platform's words
    paid_until       2027-01-31, its last day
    contract_end     2027-01-31, last day of a contract or subscription
    stored_value     200.00, money of the customer in an account of the shop, in the shop's currency
"""

import polars as pl

_OLDEST_FIRST = ("happened_at", "known_at", "source", "account_key", "attribute_value")
"""Without an instant a note is older than any with one: nobody knows since when it holds."""


def customer_attributes(notes: pl.LazyFrame) -> pl.LazyFrame:
    """contact.customer_attribute, sorted by key; of several accounts the latest note of a source counts.

    `notes`: staged.customer_attribute with `customer_id`.
    """
    key = ["customer_id", "attribute", "source"]
    in_time = notes.sort(_OLDEST_FIRST, nulls_last=False)
    latest = in_time.group_by(key, maintain_order=True).agg(pl.col("attribute_value", "happened_date").last())
    return latest.with_columns(noted_date="happened_date").sort(key)


def latest_note(notes: pl.LazyFrame, attribute: str, value: pl.Expr, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """`customer_id`, the columns `by`, and a column called `attribute`: `value` of the latest note in which it is one.

    `notes`: staged.customer_attribute with `customer_id`. `value`: made of `attribute_value`, null where it is none.
    """
    told = notes.filter(pl.col("attribute") == attribute).with_columns(value.alias(attribute))
    in_time = told.filter(pl.col(attribute).is_not_null()).sort(_OLDEST_FIRST, nulls_last=False)
    return in_time.group_by("customer_id", *by, maintain_order=True).agg(pl.col(attribute).last())


def noted_date() -> pl.Expr:
    """The note as a date; null where it is not one of the form `2027-01-31`."""
    return pl.col("attribute_value").str.strip_chars().str.to_date("%Y-%m-%d", strict=False)
