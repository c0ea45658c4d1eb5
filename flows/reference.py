"""The pages made from contracts and declarations: `python -m flows.reference` rewrites them."""

from pathlib import Path

from flows import platform_pages
from flows.io.warehouse.tables import READABLE
from flows.platform_pages import MADE, meaning
from flows.settings import Section, Settings
from transforms.contracts import LAKE
from transforms.contracts.table import Column, Replace, Schema, Table, Type
from transforms.platforms import generic
from transforms.reading.layout import Layout

DOCS = Path(__file__).parents[1] / "docs"
FOLDERS = ("reference", "platforms")
"""Folders of `DOCS` in which nothing is written by hand."""
_REPLACED = {
    Replace.NIGHT: "the rows of the night",
    Replace.LATEST: "the whole table, unless a later night is published",
    Replace.ALWAYS: "the whole table, every night",
}


def pages() -> dict[str, str]:
    """Path below `DOCS` -> Markdown: a page a schema and platform, one for the settings, one for generic files."""
    tables = {**READABLE, **LAKE}
    by_schema = {schema: [table for table in tables.values() if table.schema is schema] for schema in Schema}
    return {
        **{f"reference/{schema}.md": _schema_page(schema, found) for schema, found in by_schema.items()},
        "reference/settings.md": _settings_page(),
        "reference/generic-files.md": _generic_page(),
        **{f"platforms/{name}": text for name, text in platform_pages.pages().items()},
    }


def written() -> list[Path]:
    """The pages that are there."""
    return [path for folder in FOLDERS for path in sorted((DOCS / folder).glob("*.md"))]


def write() -> None:
    """Write the pages anew; those that nothing gives any more go."""
    for page in written():
        page.unlink()
    for name, text in pages().items():
        (DOCS / name).parent.mkdir(parents=True, exist_ok=True)
        (DOCS / name).write_text(text, encoding="utf-8")


def _schema_page(schema: Schema, tables: list[Table]) -> str:
    index = "\n".join(f"- [`{table.full_name}`](#{schema}{table.name}): {table.grain}" for table in tables)
    return "\n".join([f"# Schema `{schema}`", "", MADE, "", index, *(_table(table) for table in tables)])


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
    head = ["# Settings", "", MADE, "", _PRECEDENCE, ""]
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


def _generic_page() -> str:
    parts = ["# Generic files", "", MADE, "", _GENERIC]
    for layout in generic.LAYOUTS:
        head = ["| header | needed | meaning |", "|---|---|---|"]
        parts += ["", f"## {layout.name}", "", layout.table.description, "", *head]
        parts += [_mapping(layout, name) for name in layout.columns]
    return "\n".join(parts) + "\n"


def _mapping(layout: Layout, name: str) -> str:
    column = layout.table.column(name)
    headers = layout.headers(name)
    needed = "yes" if set(headers) & set(layout.required) else "no"
    words = f" One of {', '.join(column.values)}." if column.values else ""
    told = ", else ".join(f"`{header}`" for header in headers)
    return f"| {told} | {needed} | {meaning(column)}{_FORMS.get(column.type, '')}{words} |"


_PRECEDENCE = (
    "Settings stand in `regulars.toml`. A variable `REGULARS_SECTION__KEY` overrides a key, a flag overrides both. An "
    "unknown key is an error. `REGULARS_KEY`, of at least 16 characters, keys customer ids and arms; without it one "
    "is made once and kept in the lake."
)
_GENERIC = (
    "What your platform does not export you can bring as CSV with these headers. Order of columns, case and spaces do "
    "not matter. Columns beyond these only tell two rows apart that agree in everything else."
)
_FORMS = {
    Type.INSTANT: " Such as `2026-03-01 14:05:00`, in the store's time zone unless it ends in an offset like `+0800`.",
    Type.MONEY: " Such as `12.50`.",
    Type.BOOLEAN: " `yes` or `no`.",
}

if __name__ == "__main__":
    write()
