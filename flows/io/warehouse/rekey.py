"""Ids that change: when accounts become one customer, rows that bore another id go under the one that stays.

Aggregates of past nights, such as `mart.segment_summary`, stay as they were published.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import sqlalchemy as sa

from flows.io.warehouse.publication import Publication
from flows.io.warehouse.tables import customer_columns, sql_table
from transforms.contracts import WAREHOUSE, contact, mart
from transforms.contracts.table import Replace, Table

_OURS = sa.MetaData()
JOINED_BEFORE = sa.Table(
    "joined_before",
    _OURS,
    sa.Column("old_customer_id", sa.Text),
    sa.Column("new_customer_id", sa.Text),
    prefixes=["TEMPORARY"],
)
MEMBER = sa.Table(
    "member_of_customer",
    _OURS,
    sa.Column("member_id", sa.Text),
    sa.Column("customer_id", sa.Text),
    sa.Column("place", sa.Text),
    prefixes=["TEMPORARY"],
)
"""Ids that become one, the one that stays among them. Of rows with one key, that of the smallest `place` stays."""


@contextmanager
def rekeyed(connection: sa.Connection, publication: Publication, *, is_later_published: bool) -> Iterator[None]:
    """Around the replacing of tables by `publication`: afterwards no row kept bears an id that is joined to another.

    The latest night gives the ids it joins that were not joined before, and every table it does not replace as a whole
    gets them; without any, no table is looked at. An earlier night's own rows get the ids the latest has joined, so
    that the order in which nights are published does not matter. What was parted since keeps the id it was joined to.

    Where two ids have a row under one key, the row of the id that stays is kept, else that of the smallest old id.
    Whoever is on a night's contact list is not also held back in it.
    """
    _OURS.create_all(connection)
    if not is_later_published:
        connection.execute(sa.insert(JOINED_BEFORE).from_select(JOINED_BEFORE.columns.keys(), _joined()))
    yield
    if _find_members(connection):
        for table in _tables(publication, is_later_published=is_later_published):
            _rekey(connection, table, publication.as_of if is_later_published else None)
        _release_listed(connection)
    _OURS.drop_all(connection)


def _joined() -> sa.Select[tuple[str, str]]:
    link = sql_table(mart.CUSTOMER_LINK, sa.MetaData()).c
    ids = (link.old_customer_id, link.new_customer_id)
    return sa.select(*ids).where(link.verdict == "joined", link.old_customer_id != link.new_customer_id)


def _find_members(connection: sa.Connection) -> bool:
    """Fill `MEMBER` from the joins stored now, less those before; whether there are any."""
    new = _joined().except_(sa.select(JOINED_BEFORE)).subquery().c
    olds = sa.select(new.old_customer_id, new.new_customer_id, new.old_customer_id)
    connection.execute(sa.insert(MEMBER).from_select(MEMBER.columns.keys(), olds))
    # Before every id in any collation.
    stays = sa.select(MEMBER.c.customer_id, MEMBER.c.customer_id, sa.literal("")).distinct()
    connection.execute(sa.insert(MEMBER).from_select(MEMBER.columns.keys(), stays))
    return connection.execute(sa.select(MEMBER).limit(1)).first() is not None


def _tables(publication: Publication, *, is_later_published: bool) -> list[Table]:
    told = [table for table in WAREHOUSE.values() if customer_columns(table) and table is not mart.CUSTOMER_LINK]
    by_night = [table for table in told if table.replaces is Replace.NIGHT]
    if is_later_published:
        return [table for table in by_night if table.full_name in publication.parts]
    return by_night + [table for table in told if table not in by_night and table.full_name not in publication.parts]


def _rekey(connection: sa.Connection, table: Table, as_of: date | None) -> None:
    target = sql_table(table, sa.MetaData())
    of_night = [] if as_of is None else [target.c.as_of_date == as_of]
    for column in customer_columns(table):
        bears, stays = target.c[column.name] == MEMBER.c.member_id, MEMBER.c.member_id != MEMBER.c.customer_id
        if column.name in table.key:
            # First, for the key is enforced on PostgreSQL, row by row.
            connection.execute(sa.delete(target).where(_gives_way(target, table, column.name), *of_night))
        values = {column.name: MEMBER.c.customer_id}
        connection.execute(sa.update(target).values(values).where(bears, stays, *of_night))


def _gives_way(target: sa.Table, table: Table, column: str) -> sa.ColumnElement[bool]:
    """Whether another row will have the same key, and its id comes before."""
    mine, others, other = MEMBER.alias("mine"), MEMBER.alias("others"), target.alias("other")
    return sa.exists().where(
        mine.c.member_id == target.c[column],
        others.c.customer_id == mine.c.customer_id,
        others.c.place < mine.c.place,
        other.c[column] == others.c.member_id,
        *(other.c[name] == target.c[name] for name in table.key if name != column),
    )


def _release_listed(connection: sa.Connection) -> None:
    hold, listed = (sql_table(table, sa.MetaData()) for table in (contact.CONTACT_HOLD, contact.CONTACT_LIST))
    is_touched = sa.exists().where(MEMBER.c.customer_id == hold.c.customer_id)
    is_listed = sa.exists().where(*(listed.c[name] == hold.c[name] for name in contact.CONTACT_HOLD.key))
    connection.execute(sa.delete(hold).where(is_touched, is_listed))
