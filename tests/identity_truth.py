"""How well accounts of a demo world became people: pairs of accounts, counted beside the truth."""

from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of accounts of different numbers; what several people do under one number nobody can tell apart."""

    together: int
    """Put together."""
    true: int
    """Of one person."""
    both: int
    """Put together rightly."""
    clear: int
    """Of one person, showing the same phone or e-mail that is nobody else's."""
    clear_found: int
    """Of those, put together."""

    @property
    def precision(self) -> float:
        """Share of pairs put together that are one person's."""
        return self.both / self.together if self.together else 1.0

    @property
    def recall(self) -> float:
        """Share of one person's pairs that were put together."""
        return self.both / self.true

    @property
    def clear_recall(self) -> float:
        """Of pairs that an honest reader could tell."""
        return self.clear_found / self.clear


def pairs(truth: pl.DataFrame, customers: pl.DataFrame) -> Pairs:
    """`truth`: the table `account` of the demo world. `customers`: `account_key`, `customer`, any labels of groups."""
    named = truth.filter(pl.col("account_id").is_not_null()).with_columns(
        account_key=pl.concat_str("store_id", pl.lit("/"), "account_id")
    )
    # An account all of whose rows are damaged is in no table.
    units = named.join(customers, on="account_key")
    clear = (
        pl.concat(
            units.join(units, on=["person", key]).select(
                one="account",
                other="account_right",
                same=pl.col("customer") == pl.col("customer_right"),
                apart=pl.col("account_key") != pl.col("account_key_right"),
            )
            for key in ("clear_phone", "clear_email")
        )
        .filter(pl.col("apart") & (pl.col("one") < pl.col("other")))
        .unique()
    )
    return Pairs(
        _pairs(units, "customer") - _pairs(units, "account_key"),
        _pairs(units, "person") - _pairs(units, "person", "account_key"),
        _pairs(units, "customer", "person") - _pairs(units, "account_key", "person"),
        clear.height,
        clear.filter("same").height,
    )


def _pairs(units: pl.DataFrame, *labels: str) -> int:
    size = pl.col("len").cast(pl.Int64)
    return int(units.group_by(labels).len().select((size * (size - 1) // 2).sum()).item())
