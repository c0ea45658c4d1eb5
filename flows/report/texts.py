"""The report's sentences in both languages, from `sentences/`."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

from markupsafe import Markup

ENGLISH, CHINESE = "en", "zh-Hans"
"""Language tags of the page."""


@dataclass(frozen=True, slots=True)
class Both:
    """The same thing said in both languages. Plain text is escaped on the page, Markup is not."""

    en: str
    zh: str


@cache
def texts() -> Mapping[str, Mapping[str, str]]:
    """Key, such as `tiles.customers`, to `en`, `zh` and perhaps `en_one`."""
    return texts_in(files("flows.report").joinpath("sentences"))


def texts_in(folder: Traversable) -> dict[str, Mapping[str, str]]:
    """The same of every TOML file of a folder."""
    told = [tomllib.loads(part.read_text(encoding="utf-8")) for part in folder.iterdir() if part.name.endswith(".toml")]
    return dict(pair for table in told for pair in _flat("", table))


def _flat(prefix: str, table: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, str]]]:
    if any(isinstance(text, str) for text in table.values()):
        yield prefix.removesuffix("."), table
        return
    for name, inner in table.items():
        yield from _flat(f"{prefix}{name}.", inner)


def said(key: str, number: int | None = None, **values: str | Both) -> Both:
    """The text of `key` with its places filled in, every value escaped. `number` chooses English singular or plural.

    Raises KeyError for an unknown key or a place without a value.
    """
    text = texts()[key]
    english = text.get("en_one", text["en"]) if number == 1 else text["en"]
    return Both(_filled(english, values, "en"), _filled(text["zh"], values, "zh"))


def _filled(text: str, values: Mapping[str, str | Both], language: str) -> Markup:
    chosen = {name: getattr(value, language) if isinstance(value, Both) else value for name, value in values.items()}
    return Markup.escape(text).format(**chosen)


def spans(both: Both | str) -> Markup:
    """Both languages as HTML; the style sheet shows one."""
    if isinstance(both, str):
        return Markup.escape(both)
    if both.en == both.zh:
        return Markup.escape(both.en)
    return Markup('<span lang="{}">{}</span><span lang="{}">{}</span>').format(ENGLISH, both.en, CHINESE, both.zh)


def plain(text: Both | str, language: str) -> str:
    """`text` in one language (`en`, `zh`) without HTML, for what escapes by itself."""
    chosen: str = getattr(text, language) if isinstance(text, Both) else text
    return chosen.unescape() if isinstance(chosen, Markup) else chosen


def joined(sentences: Iterable[Both]) -> Both:
    """Sentences one after the other, with a space between them in English and none in Chinese."""
    parts = list(sentences)
    return Both(Markup(" ").join(part.en for part in parts), Markup("").join(part.zh for part in parts))


def named(group: str, name: str) -> Both:
    """What `name` (of a reason, a tier, a channel) is called; the name itself where the texts know none."""
    key = f"{group}.{name}"
    return said(key) if key in texts() else Both(name, name)
