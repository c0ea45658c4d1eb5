"""What was read, rejected and checked. Raw content of rejected rows is personal data."""

from transforms.contracts import fields
from transforms.contracts.table import Column, Privacy, Replace, Schema, Table, Type

QUARANTINE = Table(
    Schema.QUALITY,
    "quarantine",
    grain="one rejected row of one file, as known in one night",
    description="Rows that broke a rule, with what to repair at the source.",
    key=("as_of_date", "file_id", "line_number"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        fields.file_id,
        fields.file_name,
        fields.line_number,
        Column("table_name", Type.TEXT, "Kind of file."),
        Column("rule", Type.TEXT, "First rule the row broke, in contract order."),
        Column("rules_broken", Type.INTEGER, "How many rules it broke in all.", minimum=1),
        Column("hint", Type.TEXT, "How to repair the source."),
        Column("raw", Type.TEXT, "The row as it stands in the file, cells in JSON.", privacy=Privacy.PERSONAL),
    ),
)

ROW_ACCOUNT = Table(
    Schema.QUALITY,
    "row_account",
    grain="one file, as known in one night",
    description="What became of every row: lines_read = loaded + merged + quarantined + erased, counted apart.",
    key=("as_of_date", "file_id"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        fields.file_id,
        fields.file_name,
        Column("lines_read", Type.INTEGER, "Records in the source bytes, counted without the reader.", minimum=0),
        Column("loaded", Type.INTEGER, "Rows that stand in a canonical table.", minimum=0),
        Column("merged", Type.INTEGER, "Rows that repeat a loaded one or gave way to a later export.", minimum=0),
        Column("quarantined", Type.INTEGER, "Rows that broke a rule.", minimum=0),
        Column("erased", Type.INTEGER, "Rows of people who were erased.", minimum=0),
        Column(
            "not_data",
            Type.INTEGER,
            "Records beside `lines_read` that are no rows: notes above the header, an explanation below it, totals at "
            "the end.",
            minimum=0,
        ),
    ),
)

CHECK_RESULT = Table(
    Schema.QUALITY,
    "check_result",
    grain="one expectation of the gate in one night",
    description="What the gate asked of the staged tables and what it found.",
    key=("as_of_date", "table_name", "check_name"),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column("table_name", Type.TEXT, "Staged table that was checked."),
        Column("check_name", Type.TEXT, "Expectation and its columns."),
        fields.severity,
        Column("is_passed", Type.BOOLEAN, "Whether the expectation held."),
        Column("rows_checked", Type.INTEGER, "Rows looked at.", nullable=True, minimum=0),
        Column("rows_failed", Type.INTEGER, "Rows that failed.", nullable=True, minimum=0),
        Column("meaning", Type.TEXT, "What it means when it fails and what to do."),
    ),
)

TABLES = (QUARANTINE, ROW_ACCOUNT, CHECK_RESULT)
