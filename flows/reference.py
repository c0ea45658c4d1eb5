"""The reference pages, made from the contracts: `python -m flows.reference` rewrites docs/reference."""

from pathlib import Path

from flows.io.warehouse.tables import READABLE
from flows.settings import Section, Settings
from transforms.contracts import LAKE
from transforms.contracts.table import Column, Replace, Schema, Table, Type
from transforms.platforms import generic, shipped
from transforms.reading.layout import ANYTHING, NOTHING, Layout, Status

FOLDER = Path(__file__).parents[1] / "docs" / "reference"
_REPLACED = {
    Replace.NIGHT: "the rows of the night",
    Replace.LATEST: "the whole table, unless a later night is published",
    Replace.ALWAYS: "the whole table, every night",
}


def pages() -> dict[str, str]:
    """File name -> Markdown: one page a schema, one for the settings, one for the generic files."""
    tables = {**READABLE, **LAKE}
    by_schema = {schema: [table for table in tables.values() if table.schema is schema] for schema in Schema}
    written = {f"{schema}.md": _schema_page(schema, found) for schema, found in by_schema.items()}
    return {**written, "settings.md": _settings_page(), **_layout_pages()}


def write() -> None:
    """Rewrite the pages."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")


def _schema_page(schema: Schema, tables: list[Table]) -> str:
    index = "\n".join(f"- [`{table.full_name}`](#{schema}{table.name}): {table.grain}" for table in tables)
    return "\n".join([f"# Schema `{schema}`", "", _MADE, "", index, *(_table(table) for table in tables)])


def _table(table: Table) -> str:
    in_warehouse = table.schema not in (Schema.ROW, Schema.STAGED)
    replaced = [f"A night replaces {_REPLACED[table.replaces]}.", ""] if in_warehouse else []
    lines = [
        "",
        f"## {table.full_name}",
        "",
        f"One row: {table.grain}. {table.description}",
        "",
        *replaced,
        f"Key: {', '.join(f'`{part}`' for part in table.key)}",
        "",
        "| column | type | null | meaning |",
        "|---|---|---|---|",
        *(_column(column) for column in table.columns),
    ]
    return "\n".join(lines) + "\n"


def _column(column: Column) -> str:
    notes = [column.description]
    if column.values:
        notes.append(f"One of {', '.join(f'`{value}`' for value in column.values)}.")
    if column.privacy == "personal":
        notes.append("Personal data.")
    kind = f"{column.type} ({column.unit})" if column.unit else column.type
    return f"| `{column.name}` | {kind} | {'yes' if column.nullable else 'no'} | {' '.join(notes)} |"


def _settings_page() -> str:
    head = ["# Settings", "", _MADE, "", _PRECEDENCE, ""]
    return "\n".join([*head, *_section("", Settings)]) + "\n"


def _section(path: str, model: type[Section]) -> list[str]:
    plain, nested = [], []
    for name, field in model.model_fields.items():
        inner = getattr(field.annotation, "__args__", (field.annotation,))[0]
        if isinstance(inner, type) and hasattr(inner, "model_fields"):
            is_list = inner is not field.annotation
            title = f"## `[[{path}{name}]]`" if is_list else f"## `[{path}{name}]`"
            nested += ["", title, "", inner.__doc__ or "", "", *_section(f"{path}{name}.", inner)]
        else:
            default = "required" if field.is_required() else f"`{_shown(field.get_default())}`"
            plain.append(f"| `{name}` | {default} | {field.description or ''} |")
    table = ["| key | default | meaning |", "|---|---|---|", *plain] if plain else []
    return [*table, *nested]


def _shown(default: object) -> str:
    return "unset" if default is None else str(default) if not isinstance(default, tuple) else "[]"


def _layout_pages() -> dict[str, str]:
    return {
        "generic-files.md": _layout_page("Generic files", _GENERIC, generic.LAYOUTS),
        "platform-files.md": _layout_page("Files of platforms", _PLATFORMS, shipped.OF_PLATFORMS),
    }


def _layout_page(title: str, introduction: str, layouts: tuple[Layout, ...]) -> str:
    parts = [f"# {title}", "", _MADE, "", introduction]
    for layout in layouts:
        described = " ".join(table.description for table in layout.tables)
        parts += ["", f"## {layout.name}", "", described, "", "| header | needed | meaning |", "|---|---|---|"]
        parts += [_mapping(layout, name) for name in layout.columns]
        if layout.statuses:
            parts += ["", "| status | is |", "|---|---|", *(_status(status) for status in layout.statuses)]
    return "\n".join(parts) + "\n"


def _mapping(layout: Layout, name: str) -> str:
    column = next(table.column(name) for table in layout.tables if name in table.column_names)
    headers = layout.headers(name)
    told = (" and " if name in layout.joined else ", else ").join(f"`{header}`" for header in headers)
    needed = "yes" if set(headers) & set(layout.required) else "no"
    words = f" One of {', '.join(column.values)}." if column.values and not layout.statuses else ""
    meaning = column.description.replace(", UTC.", ".").replace(" UTC.", ".")
    return f"| {told} | {needed} | {meaning}{_FORMS.get(column.type, '')}{words} |"


def _status(status: Status) -> str:
    said = [
        f"`{header}` {_WORDS.get(words) or ', '.join(word or 'blank' for word in words)}"
        for header, words in status.cells.items()
    ]
    return f"| {' and '.join(said)} | {status.order_state} |"


_WORDS = {ANYTHING: "is not blank", NOTHING: "is blank"}
_MADE = "Made from the code by `make reference`; do not edit."
_PRECEDENCE = (
    "Settings stand in `regulars.toml`. A variable `REGULARS_SECTION__KEY` overrides a key, a flag overrides both. An "
    "unknown key is an error. `REGULARS_KEY`, of at least 16 characters, keys customer ids and arms; without it one "
    "is made once and kept in the lake."
)
_GENERIC = (
    "What your platform does not export you can bring as CSV with these headers. Order of columns, case and spaces do "
    "not matter. Columns beyond these only tell two rows apart that agree in everything else."
)
_PLATFORMS = (
    "Files as the platforms export them. What else they hold is not read; it only tells two rows apart that agree in "
    "everything else. [How orders, money and customers are told](../platforms.md) applies to all."
)
_FORMS = {
    Type.INSTANT: " Such as `2026-03-01 14:05:00`, in the store's time zone unless it ends in an offset like `+0800`.",
    Type.MONEY: " Such as `12.50`.",
    Type.BOOLEAN: " `yes` or `no`.",
}

if __name__ == "__main__":
    write()
