"""Which rows of export files are one person's, for the person to read. Whatever may be somebody else's is not."""

import polars as pl

from transforms.identity.marks import LINE, TELL_ADDRESS, TELL_BUYER

ADDRESSES = ("email", "phone")


def lines_of_person(named: pl.LazyFrame, accounts: pl.DataFrame) -> pl.LazyFrame:
    """`file_id`, `line_number`, `names_others`, sorted: rows of their accounts, and rows of nobody's that are theirs.

    The latter bear an address of one of their accounts, or belong to an order of theirs. An address that another
    account has too, and an order that another account bought too, tell nothing. `names_others`: the row also names an
    account that is not theirs. `named`: `marks.subjects` of all files. `accounts`: `account_key`, theirs.
    """
    is_theirs = pl.col("account_key").is_in(accounts["account_key"].to_list())
    own, others = named.filter(is_theirs), named.filter(~is_theirs)
    nameless = named.join(named.filter(pl.col("account_key").is_not_null()), on=LINE, how="anti")
    addressed = pl.concat(
        nameless.join(_only_theirs(own, others, column, TELL_ADDRESS), on=column, how="semi") for column in ADDRESSES
    )
    orders = _only_theirs(pl.concat([own, addressed]), others, "order_key", TELL_BUYER)
    of_orders = nameless.join(orders, on="order_key", how="semi")
    lines = pl.concat(part.select(LINE) for part in (own, addressed, of_orders)).unique()
    return (
        lines.join(others.select(*LINE, names_others=pl.lit(True)).unique(), on=LINE, how="left")
        .with_columns(pl.col("names_others").fill_null(False))
        .sort(LINE)
    )


def orders_told(named: pl.LazyFrame, lines: pl.LazyFrame) -> pl.LazyFrame:
    """`order_key` of the orders that rows of exports of orders tell, each once, sorted. `lines`: `lines_of_person`."""
    told = named.filter(pl.col("kind").is_in(TELL_BUYER)).join(
        lines.filter(~pl.col("names_others")), on=LINE, how="semi"
    )
    return told.select("order_key").drop_nulls().unique().sort("order_key")


def _only_theirs(own: pl.LazyFrame, others: pl.LazyFrame, column: str, kinds: list[str]) -> pl.LazyFrame:
    tells = pl.col("kind").is_in(kinds)
    of_others = others.filter(tells & pl.col("account_key").is_not_null()).select(column)
    return own.filter(tells).select(column).drop_nulls().unique().join(of_others, on=column, how="anti")
