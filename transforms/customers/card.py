"""contact.customer_card: who the customer is, for the person at the counter or in the chat. Shard-local by customer."""

from datetime import date

import polars as pl

from transforms.contracts import contact
from transforms.customers.birthdays import LUNAR_BIRTHDAY, next_birthdays
from transforms.customers.notes import latest_note, noted_date
from transforms.reading.cells import boolean

SEXES = {
    "female": ("female", "f", "woman", "w", "ms", "mrs", "女", "女性", "女士"),
    "male": ("male", "m", "man", "mr", "男", "男性", "先生"),
}
"""What the card says -> notes that say so, in lower case."""
UNTOLD = ("", "unknown", "未知", "保密", "不详")
_PARTED = r"[,，;；、|]"


def customer_cards(
    customers: pl.LazyFrame, names: pl.LazyFrame, notes: pl.LazyFrame, parts: list[pl.LazyFrame], as_of: date
) -> pl.LazyFrame:
    """contact.customer_card, one row a customer of `customers`.

    `names`: `names_of_customers`. `notes`: staged.customer_attribute with `customer_id`. `parts`: frames of at most one
    row a `customer_id` with further columns of the card: `accounts_of_customers`, `open_complaints`, `reviews`.
    """
    text = pl.col("attribute_value").str.strip_chars()
    # A birthday that lies ahead is none.
    told = [
        latest_note(notes, "birthday", pl.when(noted_date() <= as_of).then(noted_date())),
        latest_note(notes, "lunar_birthday", pl.when(text.str.contains(LUNAR_BIRTHDAY)).then(text)),
        latest_note(notes, "sex", _sex(text)),
        latest_note(notes, "wechat_friend", boolean(text)),
        _tags(notes),
    ]
    joined = customers.select("customer_id")
    for part in [names, *told, *parts]:
        joined = joined.join(part, on="customer_id", how="left")
    renamed = joined.rename({"birthday": "birth_date", "wechat_friend": "is_wechat_friend"})
    return next_birthdays(renamed, as_of).select(contact.CUSTOMER_CARD.column_names).sort("customer_id")


def names_of_customers(accounts: pl.LazyFrame, orders: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `customer_name`: of the accounts with a name, that of the one used last.

    An account is used when it is opened or orders. `accounts`: staged.customer_account with `customer_id`. `orders`:
    staged.purchase_order.
    """
    name = pl.col("customer_name")
    last_orders = orders.group_by("account_key").agg(ordered_at=pl.col("happened_at").max())
    used_at = pl.max_horizontal("happened_at", "ordered_at")
    return (
        accounts.with_columns(name.str.strip_chars())
        .filter(name != "")
        .join(last_orders, on="account_key", how="left")
        .sort(used_at, "account_key", nulls_last=False)
        .group_by("customer_id", maintain_order=True)
        .agg(name.last())
    )


def accounts_of_customers(accounts: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `account_keys`, sorted and joined. `accounts`: staged.customer_account with `customer_id`."""
    in_turn = accounts.select("customer_id", "account_key").sort("customer_id", "account_key")
    joined = pl.col("account_key").str.join("; ")
    return in_turn.group_by("customer_id", maintain_order=True).agg(account_keys=joined)


def _sex(text: pl.Expr) -> pl.Expr:
    word = text.str.to_lowercase().str.strip_chars_end(".")
    words = {word: sex for sex, called in SEXES.items() for word in called}
    return pl.when(~word.is_in(UNTOLD)).then(pl.coalesce(word.replace_strict(words, default=None), text))


def _tags(notes: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `tags`: all words that the latest notes of all accounts and sources put to the customer."""
    latest = latest_note(notes, "tags", pl.col("attribute_value"), by=("account_key", "source"))
    words = latest.select("customer_id", tags=pl.col("tags").str.replace_all(_PARTED, ";").str.split(";")).explode(
        "tags"
    )
    told = words.with_columns(pl.col("tags").str.strip_chars()).filter(pl.col("tags") != "").unique()
    return (
        told.sort("customer_id", "tags").group_by("customer_id", maintain_order=True).agg(pl.col("tags").str.join(";"))
    )
