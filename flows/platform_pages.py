"""A page a platform, made from its declaration and golden files: what of each of its files is read, and as what."""

import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from transforms.contracts.table import Column
from transforms.platforms import shipped
from transforms.reading.layout import ANYTHING, KINDS, NOTHING, Always, Layout, Part, Platform, Split, State, Told

EXAMPLES = Path(__file__).parents[1] / "examples" / "platforms"
MADE = "Made from the code by `make reference`; do not edit."


def pages() -> dict[str, str]:
    """File name -> Markdown, for every platform that ships."""
    return {f"{platform.name}.md": _page(platform) for platform in shipped.PLATFORMS}


def meaning(column: Column) -> str:
    """What the column means in a file, where instants are not yet UTC."""
    return column.description.replace(", UTC.", ".").replace(" UTC.", ".").replace(", UTC;", ";")


def header_code(header: str) -> str:
    """A header as pages print it."""
    return f"`{header}`" if header else "(a header without a name)"


def table(head: Sequence[str], body: Iterable[Sequence[str]]) -> str:
    """A Markdown table."""
    lines = [" | ".join(cell.replace("|", r"\|").replace("\n", " ") for cell in row) for row in (head, *body)]
    return "\n".join([f"| {lines[0]} |", "|---" * len(head) + "|", *(f"| {line} |" for line in lines[1:])])


def _page(platform: Platform) -> str:
    blocks = [
        f"# {platform.title}",
        MADE,
        "What holds for every platform (orders, refunds, net revenue, consents) stands in "
        "[files of platforms](../platforms.md).",
        f"**Who the buyer is.** {platform.buyer}",
        f"**What amounts mean.** {platform.money}",
        "**What it cannot give**",
        "\n".join(f"- {_sentence(lack)}" for lack in platform.lacks),
        f"**Files.** {', '.join(f'[{layout.name}](#{layout.name})' for layout in platform.layouts)}.",
        *(block for layout in platform.layouts for block in _layout(layout)),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _layout(layout: Layout) -> list[str]:
    return [
        f"## {layout.name}",
        *_introduction(layout),
        *_reading(layout),
        *(block for also in layout.also for block in _also(also)),
        *(block for instead in layout.instead for block in _instead(instead)),
        *_example(layout),
        *_not_read(layout),
    ]


def _introduction(layout: Layout) -> list[str]:
    found = [f"**Where to click.** {_sentence(layout.where)}"] if layout.where else []
    found.append(f"**Known by** {_together(_required(layout))}{_but(layout)}.")
    if layout.refused:
        return [*found, f"**Refused.** {layout.refused}"]
    of_order = ["The rows of one order lie together and tell of the order as well."] if layout.is_order_too else []
    found.append(" ".join([f"**A row is** {layout.table.grain}.", *of_order, *_forms(layout)]))
    return [*found, f"**No customers.** {layout.anonymous}"] if layout.anonymous else found


def _required(layout: Layout) -> list[str]:
    return [
        header_code(one) if isinstance(one, str) else f"({_either(map(header_code, one))})" for one in layout.required
    ]


def _but(layout: Layout) -> str:
    without = f", without {_either(map(header_code, layout.absent))}" if layout.absent else ""
    named = f", in a file named like {_either(map(header_code, layout.named))}" if layout.named else ""
    return without + named


_DATES = {
    "ymd": "",
    "mdy": "The month stands before the day: `03/14/2026`.",
    "dmy": "The day stands before the month: `14/03/2026`.",
}


def _forms(layout: Layout) -> list[str]:
    zone = f"Times are in {layout.timezone} unless they end in an offset." if layout.timezone else ""
    exported = f"The file's name tells when it was exported: `{layout.exported_at}`." if layout.exported_at else ""
    return [sentence for sentence in (_DATES[layout.dates], zone, exported) if sentence]


def _reading(layout: Layout) -> list[str]:
    if not layout.columns:
        return []
    lines = [(_source(layout, name), f"`{name}`", _meaning(layout, name)) for name in layout.columns]
    return [
        table(("header", "is our", "which means"), lines),
        *(block for name, states in layout.states.items() for block in _states(name, states)),
    ]


def _source(layout: Layout, name: str) -> str:
    told = [_told(one, layout.split) for one in layout.told(name)]
    if name in layout.numbered:
        return f"a number made of {_together(told)}"
    if name in layout.added:
        return " plus ".join(told)
    return _together(told) if name in layout.joined else ", else ".join(told)


def _told(told: Told, split: Split | None) -> str:
    if isinstance(told, Always):
        return f"always `{told.text}`"
    if isinstance(told, Part):
        shape = f" as `{told.shape}`" if told.shape != "${1}" else ""
        return f"the part of `{told.header}` that fits `{told.pattern}`{shape}"
    return f"`{told}` within the cell" if split and told in split.labels else header_code(told)


def _meaning(layout: Layout, name: str) -> str:
    column = next(found.column(name) for found in layout.tables if name in found.column_names)
    is_given = name in layout.states or any(isinstance(told, Always) for told in layout.told(name))
    notes = [
        meaning(column),
        f"One of {', '.join(column.values)}." if column.values and not is_given else "",
        "By the words below." if name in layout.states else "",
        "A minus before it does not count." if name in layout.unsigned else "",
        "May be blank." if name in layout.may_be_blank else "",
    ]
    return " ".join(filter(None, notes))


def _states(name: str, states: tuple[State, ...]) -> list[str]:
    lines = [(_said_by_all(state.cells), state.value) for state in states]
    return [
        table(("where", f"`{name}` is"), lines),
        "The first line that fits counts. A row that none fits is rejected.",
    ]


def _said_by_all(cells: dict[str, tuple[str, ...]]) -> str:
    return ", and ".join(f"`{header}` is {_words(words)}" for header, words in cells.items())


def _words(words: tuple[str, ...]) -> str:
    return "not blank" if words == ANYTHING else _either(map(_word, words))


def _word(word: str) -> str:
    if (word,) == NOTHING:
        return "blank"
    return f"`{word.removesuffix('*')}` with anything behind it" if word.endswith("*") else f"`{word}`"


def _also(layout: Layout) -> list[str]:
    told_by = _together(f"`{name}`" for name in layout.told_by)
    needed = [f"Only where there is {told_by}."] if told_by else []
    where = [_where(layout.split)] if layout.split else []
    return [
        f"### Each row tells besides: {layout.table.grain} (`{layout.name}`)",
        " ".join([*where, *needed, *_forms(layout)]),
        *_reading(layout),
    ]


def _where(split: Split) -> str:
    parted = f"several, parted by `{split.between}`" if split.between else "one"
    return f"Each cell under {_either(map(header_code, split.headers))} holds {parted}."


def _instead(layout: Layout) -> list[str]:
    return [
        f"### Where {_said_by_all(layout.when)}, a row is {layout.table.grain}",
        " ".join(_forms(layout)),
        *_reading(layout),
    ]


def _example(layout: Layout) -> list[str]:
    told = tomllib.loads((EXAMPLES / f"{layout.name}.toml").read_text(encoding="utf-8"))
    encoding = f", in {told['encoding'].upper()}" if "encoding" in told else ""
    rows = [block for kind in KINDS if kind in told for block in _rows(kind, told[kind])]
    return [
        "### Example",
        f"{_sentence(told['shows'])} `{told['file_name']}`{encoding}:",
        f"```text\n{told['text'].strip()}\n```",
        *(["It is refused as a whole."] if layout.refused else ["It is read as:", *rows]),
        *(["Rejected:", _quarantine(told["quarantine"])] if "quarantine" in told else []),
    ]


def _rows(kind: str, rows: list[dict[str, Any]]) -> list[str]:
    names = [name for name in KINDS[kind].column_names if any(name in row for row in rows)]
    body = [[_shown(row.get(name, "")) for name in names] for row in rows]
    return [f"[`{kind}`](../reference/row.md#row{kind})", table(names, body)]


def _quarantine(rows: list[dict[str, Any]]) -> str:
    return table(("line_number", "rule"), [(_shown(row["line_number"]), f"`{row['rule']}`") for row in rows])


def _shown(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _not_read(layout: Layout) -> list[str]:
    lines = [(", ".join(map(header_code, headers)), why) for why, headers in layout.unused.items()]
    return ["### Not read", table(("header", "why"), lines)] if lines else []


def _sentence(text: str) -> str:
    return f"{text[0].upper()}{text[1:].removesuffix('.')}."


def _together(parts: Iterable[str]) -> str:
    return _listed(list(parts), "and")


def _either(parts: Iterable[str]) -> str:
    return _listed(list(parts), "or")


def _listed(parts: list[str], word: str) -> str:
    return f" {word} ".join(filter(None, [", ".join(parts[:-1]), *parts[-1:]]))
