"""What the pipeline did. `ops.schema_version` belongs to the migrations and has no contract."""

from transforms.contracts import fields
from transforms.contracts.table import Column, Replace, Schema, Table, Type

RUN = Table(
    Schema.OPS,
    "run",
    grain="one night",
    description="The latest attempt at a night, and the publication that readers see of it.",
    key=("as_of_date",),
    replaces=Replace.NIGHT,
    columns=(
        fields.as_of_date,
        Column("run_id", Type.TEXT, "The latest attempt."),
        Column("status", Type.TEXT, "How it ended.", values=("published", "stopped", "failed")),
        Column("started_at", Type.INSTANT, "When it began, UTC."),
        Column("finished_at", Type.INSTANT, "When it ended, UTC."),
        Column("published_run_id", Type.TEXT, "Run whose tables readers see; null if never published.", nullable=True),
        Column("published_at", Type.INSTANT, "When that was published, UTC.", nullable=True),
        Column("files", Type.INTEGER, "Export files known to the night.", nullable=True, minimum=0),
        Column("lines_read", Type.INTEGER, "Records in those files.", nullable=True, minimum=0),
        Column("loaded", Type.INTEGER, "Rows in canonical tables.", nullable=True, minimum=0),
        Column("merged", Type.INTEGER, "Rows merged into others.", nullable=True, minimum=0),
        Column("quarantined", Type.INTEGER, "Rows rejected.", nullable=True, minimum=0),
        Column("erased", Type.INTEGER, "Rows of erased people.", nullable=True, minimum=0),
        Column("customers", Type.INTEGER, "Customers scored.", nullable=True, minimum=0),
        Column("contacts", Type.INTEGER, "Customers to write to.", nullable=True, minimum=0),
        Column("critical_failures", Type.INTEGER, "Critical checks that failed.", minimum=0),
        Column("message", Type.TEXT, "Why it did not publish, without personal data.", nullable=True),
        Column("code_version", Type.TEXT, "Version of Regulars."),
        Column("settings_hash", Type.TEXT, "First 16 hex digits of the hash of the settings in force."),
        Column("manifest_hash", Type.TEXT, "The same of the list of files and their hashes.", nullable=True),
    ),
)

EXPORT_FILE = Table(
    Schema.OPS,
    "export_file",
    grain="one export file",
    description="Every file ever copied into the lake.",
    key=("file_id",),
    replaces=Replace.ALWAYS,
    columns=(
        fields.file_id,
        fields.file_name,
        Column("sha256", Type.TEXT, "Hash of the bytes."),
        Column("size_bytes", Type.INTEGER, "Size.", minimum=0, unit="bytes"),
        fields.known_at,
        Column("layout", Type.TEXT, "Layout it was read with."),
        Column("lines_read", Type.INTEGER, "Records in it, the header not counted.", minimum=0),
    ),
)

TABLES = (RUN, EXPORT_FILE)
