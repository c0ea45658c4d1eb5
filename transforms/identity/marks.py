"""Marks of erased people: keyed hashes by which an account, order or address is known again and not read."""

import polars as pl

from transforms.contracts import rows
from transforms.identity.keyed_hash import hmac_sha256_hex
from transforms.reading.cells import MASKS, ROUNDED

LINE = ["file_id", "line_number"]
TELL_BUYER = [rows.ORDER_LINE.name, rows.PURCHASE_ORDER.name, rows.REFUND.name]
"""Kinds of rows that say whose an order is. A ticket about an order does not."""
TELL_ADDRESS = [rows.CUSTOMER_ACCOUNT.name]
"""Kinds of rows whose addresses are the account's own. On an order stands who receives it."""
_DOMAIN = {
    "account_key": "account",
    "buyer_key": "buyer",
    "order_key": "order",
    "email": "address",
    "phone": "address",
}


def mark(column: str, key: str) -> pl.Expr:
    """Mark of a text in a column of `subjects`: no mark shows an id that others use."""
    return hmac_sha256_hex(pl.lit(f"erased {_DOMAIN[column]}\x1f") + pl.col(column), key)


def email_as_compared(text: pl.Expr) -> pl.Expr:
    """The address without spaces around it and in lower case; null where it is masked."""
    return _unmasked(text).str.strip_chars().str.to_lowercase()


def phone_as_compared(text: pl.Expr) -> pl.Expr:
    """The digits of the number, however it is written; null where it is masked or has none."""
    digits = _unmasked(text).str.replace_all(r"\D", "")
    return pl.when(digits != "").then(digits)


def subjects(typed: pl.LazyFrame, kind: str) -> pl.LazyFrame:
    """`LINE`, `kind`, `account_key`, `buyer_key`, `order_key`, `email`, `phone`: whom and which order a row names.

    A row that names several accounts comes once for each. `typed`: typed rows of one kind of file. A number that a
    spreadsheet has rounded names nobody, for many share it.
    """
    names = typed.collect_schema().names()
    accounts = [name for name in names if name == "account_id" or name.endswith("_account_id")]
    told = {
        # What no platform gave, a shop may have put the same for many.
        "buyer_key": _of_platform(_unmasked(pl.col("buyer_key"))) if "buyer_key" in names else _NOTHING,
        "order_key": _key_of("order_id") if "order_id" in names else _NOTHING,
        "email": email_as_compared(pl.col("email")) if "email" in names else _NOTHING,
        "phone": phone_as_compared(pl.col("phone")) if "phone" in names else _NOTHING,
        "kind": pl.lit(kind),
    }
    return pl.concat(
        typed.select(*LINE, account_key=_key_of(account) if account else _NOTHING, **told)
        for account in (accounts or [""])
    )


def rows_of_barred(named: pl.LazyFrame, barred: pl.DataFrame, key: str) -> pl.LazyFrame:
    """Rows of `named` that name a barred account, buyer or order, or no account and a barred address.

    With `customer_id` and `by`, what told. `named`: `subjects` of files read together. `barred`: `customer_id`, `mark`.
    """
    nameless = named.filter(pl.col("account_key").is_null())
    told = [(named, column) for column in ("account_key", "buyer_key", "order_key")]
    told += [(nameless, column) for column in ("email", "phone")]
    return pl.concat(
        frame.join(_barred_texts(frame, column, barred, key), on=column).with_columns(by=pl.lit(column))
        for frame, column in told
    )


def marks_told(theirs: pl.DataFrame, key: str) -> pl.DataFrame:
    """`customer_id`, `mark` of the orders, buyers, accounts and addresses that rows tell to be a barred person's.

    `theirs`: `rows_of_barred`. Another buyer's row of their order tells nothing of them.
    """
    is_named = pl.col("by").is_in(["account_key", "buyer_key"])
    bought = theirs.filter((pl.col("by") != "order_key") & pl.col("kind").is_in(TELL_BUYER))
    buyers = theirs.filter(is_named & pl.col("kind").is_in([*TELL_BUYER, *TELL_ADDRESS]))
    reached = theirs.filter(is_named & pl.col("kind").is_in(TELL_ADDRESS))
    told = [("order_key", bought), ("account_key", buyers), ("buyer_key", buyers), ("email", reached)]
    return pl.concat(
        found.drop_nulls(column).select("customer_id", mark=mark(column, key))
        for column, found in [*told, ("phone", reached)]
    ).unique()


def _barred_texts(named: pl.LazyFrame, column: str, barred: pl.DataFrame, key: str) -> pl.LazyFrame:
    """`column` and `customer_id`, for the texts whose mark is barred. Each distinct text is hashed once."""
    texts = named.select(column).drop_nulls().unique()
    marked = texts.with_columns(mark=mark(column, key)).join(barred.lazy(), on="mark")
    return marked.select(column, "customer_id")


def _key_of(number: str) -> pl.Expr:
    # Cast, for a column that the file lacks is all null and of no type.
    is_whole = ~pl.col(number).cast(pl.String).str.contains(ROUNDED)
    return pl.when(is_whole).then(pl.concat_str("store_id", pl.lit("/"), pl.col(number).cast(pl.String)))


def _unmasked(address: pl.Expr) -> pl.Expr:
    text = address.cast(pl.String)
    return pl.when(~text.str.contains_any(MASKS)).then(text)


def _of_platform(buyer_key: pl.Expr) -> pl.Expr:
    return pl.when(buyer_key.str.contains("/", literal=True)).then(buyer_key)


_NOTHING = pl.lit(None, pl.String)
