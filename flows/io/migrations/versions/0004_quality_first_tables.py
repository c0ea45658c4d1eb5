# ruff: noqa: E501
# fmt: off
"""First tables: quality."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Forward only: a warehouse goes back by its backup."""
    op.create_table('check_result',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('table_name', sa.Text(), nullable=False, comment='Staged table that was checked.'),
        sa.Column('check_name', sa.Text(), nullable=False, comment='Expectation and its columns.'),
        sa.Column('severity', sa.Text(), nullable=False, comment='What a failure does to the night. One of: critical, warning.'),
        sa.Column('is_passed', sa.Boolean(), nullable=False, comment='Whether the expectation held.'),
        sa.Column('rows_checked', sa.BigInteger(), nullable=True, comment='Rows looked at.'),
        sa.Column('rows_failed', sa.BigInteger(), nullable=True, comment='Rows that failed.'),
        sa.Column('meaning', sa.Text(), nullable=False, comment='What it means when it fails and what to do.'),
        sa.PrimaryKeyConstraint('as_of_date', 'table_name', 'check_name').ddl_if(dialect='postgresql'),
        schema='quality',
        comment='One expectation of the gate in one night. What the gate asked of the staged tables and what it found.'
    )
    op.create_table('quarantine',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('file_id', sa.Text(), nullable=False, comment="First 16 hex digits of the file's SHA-256."),
        sa.Column('file_name', sa.Text(), nullable=False, comment='Path of the file below the exports folder, when it first came.'),
        sa.Column('line_number', sa.BigInteger(), nullable=False, comment='Physical line of the file on which the row begins; the header is line 1.'),
        sa.Column('table_name', sa.Text(), nullable=False, comment='Kind of file.'),
        sa.Column('rule', sa.Text(), nullable=False, comment='First rule the row broke, in contract order.'),
        sa.Column('rules_broken', sa.BigInteger(), nullable=False, comment='How many rules it broke in all.'),
        sa.Column('hint', sa.Text(), nullable=False, comment='How to repair the source.'),
        sa.Column('raw', sa.Text(), nullable=False, comment='The row as it stands in the file, cells in JSON. Personal data.'),
        sa.PrimaryKeyConstraint('as_of_date', 'file_id', 'line_number').ddl_if(dialect='postgresql'),
        schema='quality',
        comment='One rejected row of one file, as known in one night. Rows that broke a rule, with what to repair at the source.'
    )
    op.create_table('row_account',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('file_id', sa.Text(), nullable=False, comment="First 16 hex digits of the file's SHA-256."),
        sa.Column('file_name', sa.Text(), nullable=False, comment='Path of the file below the exports folder, when it first came.'),
        sa.Column('lines_read', sa.BigInteger(), nullable=False, comment='Records in the source bytes, counted without the reader.'),
        sa.Column('loaded', sa.BigInteger(), nullable=False, comment='Rows that stand in a canonical table.'),
        sa.Column('merged', sa.BigInteger(), nullable=False, comment='Rows that repeat a loaded one or gave way to a later export.'),
        sa.Column('quarantined', sa.BigInteger(), nullable=False, comment='Rows that broke a rule.'),
        sa.Column('erased', sa.BigInteger(), nullable=False, comment='Rows of people who were erased.'),
        sa.Column('not_data', sa.BigInteger(), nullable=False, comment='Records beside `lines_read` that are no rows: notes above the header, an explanation below it, totals at the end.'),
        sa.PrimaryKeyConstraint('as_of_date', 'file_id').ddl_if(dialect='postgresql'),
        schema='quality',
        comment='One file, as known in one night. What became of every row: lines_read = loaded + merged + quarantined + erased, counted apart.'
    )
        # ### end Alembic commands ###
