"""Collect: copy new or changed export files into the lake, each with the layout it will be read with."""

import os
import re
import shutil
import tomllib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from functools import partial
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo

from flows.faults import Fault, InputError
from flows.io.containers.unpack import is_container, unpack
from flows.io.inspection import Inspection, inspect
from flows.io.lake import Container, RawFile
from flows.night import Night
from flows.progress import LOGGER
from flows.settings import Settings
from flows.steps.repaired import is_set_aside
from transforms.platforms.shipped import LAYOUTS, OF_PLATFORMS
from transforms.reading.detect import fitting, nearest, positions
from transforms.reading.layout import Layout

UNTOLD = "(untold)"
"""Store of rows that leave their store blank, in a file that names stores row by row."""
TEXT_SUFFIXES = frozenset({".csv", ".tsv", ".txt"})
SUFFIXES = TEXT_SUFFIXES | {".xlsx", ".xlsm", ".xlsb", ".xls", ".ods", ".json", ".zip", ".gz"}


@dataclass(frozen=True, slots=True)
class Collected:
    """Every file the night may read, in the order in which they came."""

    files: list[RawFile]
    new: dict[str, Inspection]
    """What was seen of the files that came now, by file id."""


def layouts_of(settings: Settings) -> list[Layout]:
    """The shop's own layouts, then the shipped ones."""
    return [*(own.declaration() for own in settings.layouts), *LAYOUTS]


def collect(night: Night) -> Collected:
    """Copy the bytes of new files, and of the tables in new workbooks and archives.

    They become known to the lake only when their rows are read. Raises InputError naming the file if there is none, or
    one is empty, of an unknown layout, another shop's, or cannot be opened.
    """
    lake, known, paths = night.lake, night.lake.known_files(), night.settings.paths
    # What was ignored and is so no longer has to be taken out of its container.
    untouched = {replace(file.source, left_out=()) for file in known if {*file.source.left_out} <= {*paths.ignore}}
    found = [entry for entry in _export_files(paths.exports) if entry[1] not in paths.ignore]
    if not found and not known:
        raise InputError(f"{paths.exports}: no export file; put the shop's exports there or give --exports")
    sources = [(path, _seen(path, name)) for path, name in found]
    tables = [
        table
        for number, (path, source) in enumerate(sources)
        if source not in untouched
        for table in _tables(night, path, source, lake.work(night.run_id) / "unpacked" / str(number))
    ]
    layouts, now = layouts_of(night.settings), datetime.now(UTC)
    knows_header = partial(is_header, layouts=layouts)
    # Hashing and counting leave Python free, so files are looked at side by side.
    with ThreadPoolExecutor() as pool:
        inspected = list(pool.map(lambda table: inspect(table.path, table.name, knows_header), tables))
    files = [file for file in known if not {file.file_name, file.source.file_name} & {*paths.ignore}]
    new = dict[str, Inspection]()
    seen = {file.sha256 for file in known}
    for table, facts in zip(tables, inspected, strict=True):
        if facts.sha256 in seen:
            continue
        layout = layout_of(facts.header, table.name, layouts)
        _refuse_foreign_folder(table.name, night.settings)
        _copy(table.path, lake.raw_path(facts.sha256))
        if replace(table.source, left_out=()) != _seen(table.source_path, table.source.file_name):
            raise InputError(
                f"{table.source.file_name}: it is still being written; run again when the download has ended"
            )
        seen.add(facts.sha256)
        new[facts.sha256[:16]] = facts
        files.append(_raw_file(table, facts, layout, now, night.settings.zone))
    _tell_of_anonymous([file for file in files if file.file_id in new], layouts)
    return Collected(files, new)


def _tell_of_anonymous(files: list[RawFile], layouts: list[Layout]) -> None:
    for layout in layouts:
        new = sum(file.layout == layout.name for file in files)
        if layout.anonymous and new:
            told = "%s (new files: %d): orders and articles are read, customers cannot be. %s"
            LOGGER.warning(told, layout.name, new, layout.anonymous)


@dataclass(frozen=True, slots=True)
class _Table:
    """A file to read: one of the exports folder, or one that came out of it."""

    name: str
    path: Path
    source: Container
    source_path: Path


def _seen(path: Path, name: str) -> Container:
    stat = path.stat()
    return Container(name, stat.st_size, stat.st_mtime_ns)


def _tables(night: Night, path: Path, source: Container, folder: Path) -> Iterator[_Table]:
    name = source.file_name
    if not is_container(path, name):
        yield _Table(name, path, source, path)
        return
    members, ignored = unpack(path, name, passwords(name, night.settings), folder), night.settings.paths.ignore
    source = replace(source, left_out=tuple(member.name for member in members if member.name in ignored))
    for member in members:
        if member.name in ignored:
            continue
        if not member.is_sheet and Path(member.name).suffix.lower() not in TEXT_SUFFIXES:
            raise InputError(f"{member.name}: only tables can be read; take it out, or name it in paths.ignore")
        yield _Table(member.name, member.path, source, path)


def passwords(name: str, settings: Settings) -> list[str]:
    """Those for a container of this name that the environment holds."""
    matching = [entry.variable for entry in settings.passwords if fnmatchcase(name, entry.files)]
    return [os.environ[variable] for variable in matching if os.environ.get(variable)]


def exported_at(name: str, layout: Layout, zone: ZoneInfo) -> datetime | None:
    """When the platform made a file of `layout`, if its name tells; `zone` where the layout has none."""
    found = re.search(layout.exported_at, PurePosixPath(name).name) if layout.exported_at else None
    if found is None:
        return None
    digits = found[1]
    if len(digits) == _SECONDS_DIGITS:
        return datetime.fromtimestamp(int(digits), UTC)
    try:
        local = datetime.strptime(digits[:12], "%Y%m%d%H%M")  # noqa: DTZ007 - the zone follows
    except ValueError:
        return None
    return local.replace(tzinfo=ZoneInfo(layout.timezone) if layout.timezone else zone).astimezone(UTC)


_SECONDS_DIGITS = 10
"""Of a moment in seconds since 1970."""


def _raw_file(table: _Table, facts: Inspection, layout: Layout, now: datetime, zone: ZoneInfo) -> RawFile:
    return RawFile(
        file_id=facts.sha256[:16],
        sha256=facts.sha256,
        file_name=table.name,
        size_bytes=facts.size_bytes,
        modified_ns=table.source.modified_ns,
        known_at=now,
        layout=layout.name,
        lines_read=facts.records,
        container=table.source if table.path != table.source_path else None,
        not_data=facts.not_data,
        exported_at=exported_at(table.name, layout, zone),
    )


def is_header(cells: tuple[str, ...], layouts: list[Layout]) -> bool:
    """Whether a line is a header that a layout knows, so that those above it are notes."""
    return bool(fitting(cells, layouts))


def layout_of(header: tuple[str, ...], name: str, layouts: list[Layout]) -> Layout:
    """The layout of a file with this header. Raises InputError naming the closest one and what it lacks of it."""
    found = fitting(header, layouts, name)
    if len(found) > 1:
        raise InputError(
            f"{name}: may be {' or '.join(layout.name for layout in found)}; nothing tells which. Export it again with "
            "more columns, or name the file in paths.ignore"
        )
    if not found:
        if nameless := fitting(header, layouts):
            raise InputError(
                f"{name}: its columns are those of {' or '.join(layout.name for layout in nameless)}, which are told "
                f"apart by name; call it as the platform does: "
                f"{', '.join(pattern for layout in nameless for pattern in layout.named)}"
            )
        closest, missing = nearest(header, layouts)
        if closest in OF_PLATFORMS and len(missing) * 2 > len(closest.required):
            # One word in common makes no export of a platform; the generic files are the better hint.
            closest, missing = nearest(header, [layout for layout in layouts if layout not in OF_PLATFORMS])
        raise InputError(
            f"{name}: unknown layout; closest is {closest.name}, which also needs the columns {', '.join(missing)}. "
            "Add a column map under [[layouts]] in the settings; regulars check --suggest-map proposes one."
            " Or name the file in paths.ignore"
        )
    if found[0].refused:
        raise InputError(f"{name}: {found[0].refused} Or name the file in paths.ignore")
    return found[0]


def store_of(name: str, layout: Layout, settings: Settings, header: tuple[str, ...] = ()) -> str:
    """Store of a file's rows that do not name one: the layout's, the folder's, else the shop's only one.

    A shop that lists no stores has one a folder for files of platforms. Raises InputError if the shop has several
    stores and nothing tells which, neither folder nor a column.
    """
    stores = [store.id for store in settings.stores]
    folder, *below = Path(name).parts
    if layout.store_id:
        return layout.store_id
    if folder in stores or (below and not stores and layout in OF_PLATFORMS):
        return folder
    if len(stores) > 1:
        if "store_id" in layout.columns and set(layout.headers("store_id")) & set(positions(header, layout)):
            return UNTOLD
        raise InputError(f"{name}: which store is it from? Put it in a folder named {' or '.join(stores)}")
    return stores[0] if stores else "main"


def placed_name(file: RawFile, settings: Settings) -> str:
    """Name by which the folder of a file tells its store: what came out of an archive lies where the archive does.

    Unless its folder in the archive is one of the shop's stores.
    """
    if file.container is None:
        return file.file_name
    inner = PurePosixPath(file.file_name.removeprefix(f"{file.container.file_name}/"))
    is_of_store = len(inner.parts) > 1 and inner.parts[0] in {store.id for store in settings.stores}
    return str(inner if is_of_store else PurePosixPath(file.container.file_name).with_name(inner.name))


def refuse_foreign_stores(stores: set[str], name: str, settings: Settings) -> None:
    """Raise InputError if one of `stores` is not this shop's, naming the shop whose settings list it."""
    own = {store.id for store in settings.stores}
    for store in sorted(stores - own):
        if store == UNTOLD:
            raise InputError(f"{name}: some of its rows name no store; fill in their store_id")
        other = _shop_with(store, settings)
        if other:
            raise InputError(f"{name}: store {store!r} belongs to {other}; move the file to that shop's exports")
        if own:
            raise InputError(f"{name}: store {store!r} is not in [[stores]] of the settings; add it or move the file")


def _refuse_foreign_folder(name: str, settings: Settings) -> None:
    folder = Path(name).parts[0]
    if len(Path(name).parts) > 1 and (other := _shop_with(folder, settings)):
        raise InputError(f"{name}: store {folder!r} belongs to {other}; move the file to that shop's exports")


def _shop_with(store: str, settings: Settings) -> str | None:
    if settings.config is None or store in {own.id for own in settings.stores}:
        return None
    for sibling in sorted(settings.config.resolve().parent.glob("*.toml")):
        if sibling == settings.config.resolve():
            continue
        try:
            values = tomllib.loads(sibling.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue
        listed = values.get("stores", [])
        if isinstance(listed, list) and any(isinstance(entry, dict) and entry.get("id") == store for entry in listed):
            return sibling.name
    return None


def _export_files(exports: Path) -> list[tuple[Path, str]]:
    """Files and their names below the folder, the oldest first: of two that tell of one order the newer one wins."""
    if not exports.is_dir():
        raise InputError(f"{exports}: no such folder; give the folder with the shop's exports with --exports")
    found = []
    for path in exports.rglob("*"):
        name = path.relative_to(exports)
        if not path.is_file() or any(part.startswith((".", "~$")) for part in name.parts) or is_set_aside(name):
            continue
        if path.suffix.lower() not in SUFFIXES:
            raise InputError(f"{name}: only {', '.join(sorted(SUFFIXES))} can be read; save it as CSV or remove it")
        found.append((path, name.as_posix()))
    return sorted(found, key=lambda entry: (entry[0].stat().st_mtime_ns, entry[1]))


def _copy(source: Path, target: Path) -> None:
    beside = target.with_name(f".{target.name}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, beside)
        beside.chmod(0o600)
        beside.replace(target)
    except OSError as error:
        raise Fault(f"{target}: cannot be written ({error.strerror}); check disk space and permissions") from None
