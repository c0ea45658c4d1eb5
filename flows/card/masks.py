"""Addresses as a screen that others can see may show them."""

import re

HIDDEN, LAST = 4, 4
"""Digits of a phone number: those put out of sight, and those shown behind them."""
FIRST = 3
NUMBER = re.compile(r"[+\d][\d ()/.-]*")


def masked_account(account_key: str) -> str:
    """The store, and the account as it may be shown: a member's name or number in full, an address as of `masked`."""
    store, _, account = account_key.partition("/")
    is_phone = NUMBER.fullmatch(account) and len(account) > HIDDEN + LAST
    shown = masked(account) if "@" in account or is_phone else account
    return f"{store} {shown}"


def masked(address: str) -> str:
    """Enough to know it again: `l***@example.com`, `138****1234`, `上海市***`."""
    name, at, domain = address.partition("@")
    if at:
        return f"{name[:1]}***@{domain}"
    if NUMBER.fullmatch(address) and len(address) > HIDDEN + LAST:
        return f"{address[: -HIDDEN - LAST]}****{address[-LAST:]}"
    return f"{address[:FIRST] if len(address) > 2 * FIRST else address[:1]}***"
