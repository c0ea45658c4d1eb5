"""HMAC-SHA256 as a Polars expression, so that a million ids need no loop."""

import polars as pl
from polars_hash import CryptographicHashingNameSpace


def hmac_sha256_hex(text: pl.Expr, key: str) -> pl.Expr:
    """64 hex digits of HMAC-SHA256 of each text under `key`, both as UTF-8 (RFC 2104); null stays null."""
    return CryptographicHashingNameSpace(text).hmac_sha256(key=key)
