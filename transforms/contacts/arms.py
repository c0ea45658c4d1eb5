"""Who is written to and who is kept as control, so that the effect can be proved."""

import polars as pl

from transforms.identity.keyed_hash import hmac_sha256_hex

_DIGITS = 8


def arm(customer_id: pl.Expr, campaign: pl.Expr, control_share: float, key: str) -> pl.Expr:
    """`control` below the share, else `treated`. A larger share moves people from treated to control only."""
    hashed = hmac_sha256_hex(pl.concat_str(customer_id, pl.lit("|"), campaign), key).str.head(_DIGITS)
    place = hashed.str.to_integer(base=16, dtype=pl.Int64) / 16**_DIGITS
    return pl.when(place < control_share).then(pl.lit("control")).otherwise(pl.lit("treated"))
