# ruff: noqa: E501
# fmt: off
"""First tables: ops."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Forward only: a warehouse goes back by its backup."""
    op.create_table('export_file',
        sa.Column('file_id', sa.Text(), nullable=False, comment="First 16 hex digits of the file's SHA-256."),
        sa.Column('file_name', sa.Text(), nullable=False, comment='Path of the file below the exports folder, when it first came.'),
        sa.Column('sha256', sa.Text(), nullable=False, comment='Hash of the bytes.'),
        sa.Column('size_bytes', sa.BigInteger(), nullable=False, comment='Size. Unit: bytes.'),
        sa.Column('known_at', sa.DateTime(timezone=True), nullable=False, comment='When the file that tells it was first copied into the lake, UTC.'),
        sa.Column('layout', sa.Text(), nullable=False, comment='Layout it was read with.'),
        sa.Column('lines_read', sa.BigInteger(), nullable=False, comment='Records in it, the header not counted.'),
        sa.PrimaryKeyConstraint('file_id').ddl_if(dialect='postgresql'),
        schema='ops',
        comment='One export file. Every file ever copied into the lake.'
    )
    op.create_table('run',
        sa.Column('as_of_date', sa.Date(), nullable=False, comment='Shop-local date whose end the night describes.'),
        sa.Column('run_id', sa.Text(), nullable=False, comment='The latest attempt.'),
        sa.Column('status', sa.Text(), nullable=False, comment='How it ended. One of: published, stopped, failed.'),
        sa.Column('started_at', sa.DateTime(timezone=True), nullable=False, comment='When it began, UTC.'),
        sa.Column('finished_at', sa.DateTime(timezone=True), nullable=False, comment='When it ended, UTC.'),
        sa.Column('published_run_id', sa.Text(), nullable=True, comment='Run whose tables readers see; null if never published.'),
        sa.Column('published_at', sa.DateTime(timezone=True), nullable=True, comment='When that was published, UTC.'),
        sa.Column('files', sa.BigInteger(), nullable=True, comment='Export files known to the night.'),
        sa.Column('lines_read', sa.BigInteger(), nullable=True, comment='Records in those files.'),
        sa.Column('loaded', sa.BigInteger(), nullable=True, comment='Rows in canonical tables.'),
        sa.Column('merged', sa.BigInteger(), nullable=True, comment='Rows merged into others.'),
        sa.Column('quarantined', sa.BigInteger(), nullable=True, comment='Rows rejected.'),
        sa.Column('erased', sa.BigInteger(), nullable=True, comment='Rows of erased people.'),
        sa.Column('customers', sa.BigInteger(), nullable=True, comment='Customers scored.'),
        sa.Column('contacts', sa.BigInteger(), nullable=True, comment='Customers to write to.'),
        sa.Column('critical_failures', sa.BigInteger(), nullable=False, comment='Critical checks that failed.'),
        sa.Column('message', sa.Text(), nullable=True, comment='Why it did not publish, without personal data.'),
        sa.Column('code_version', sa.Text(), nullable=False, comment='Version of Regulars.'),
        sa.Column('settings_hash', sa.Text(), nullable=False, comment='First 16 hex digits of the hash of the settings in force.'),
        sa.Column('manifest_hash', sa.Text(), nullable=True, comment='The same of the list of files and their hashes.'),
        sa.PrimaryKeyConstraint('as_of_date').ddl_if(dialect='postgresql'),
        schema='ops',
        comment='One night. The latest attempt at a night, and the publication that readers see of it.'
    )
        # ### end Alembic commands ###
