"""What can go wrong between a night and its warehouse, told in one line to the person who has to repair it."""

from collections.abc import Iterable

from flows.faults import Busy, Fault


class WarehouseFault(Fault):
    """The warehouse cannot do what was asked; the message is one line, says what to do and holds no password or row."""


class WarehouseBusy(Busy):
    """Another run holds the lock of this warehouse."""


Advice = Iterable[tuple[str, str]]
"""Fragments of a server's or library's message, each with what to do about it."""


def advice_for(message: str, advice: Advice, otherwise: str) -> str:
    """What to do about `message`: the advice of the first fragment it contains, else `otherwise`."""
    return next((way_out for fragment, way_out in advice if fragment in message), otherwise)
