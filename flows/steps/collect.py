"""Collect: copy new or changed export files into the lake, each with the layout it will be read with."""

import shutil
import tomllib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from flows.faults import Fault, InputError
from flows.io.inspection import Inspection, inspect
from flows.io.lake import RawFile
from flows.night import Night
from flows.settings import Settings
from flows.steps.repaired import is_set_aside
from transforms.platforms.detect import detect, nearest, positions
from transforms.platforms.layout import Layout
from transforms.platforms.shipped import LAYOUTS, OF_PLATFORMS

UNTOLD = "(untold)"
"""Store of rows that leave their store blank, in a file that names stores row by row."""
SUFFIXES = frozenset({".csv", ".tsv", ".txt"})


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
    """Copy the bytes of new files. They become known to the lake only when their rows are read.

    Raises InputError naming the file if there is none, or one is empty, of an unknown layout or another shop's.
    """
    lake, known, paths = night.lake, night.lake.known_files(), night.settings.paths
    seen = {file.sha256 for file in known}
    untouched = {(file.file_name, file.size_bytes, file.modified_ns) for file in known}
    found = [entry for entry in _export_files(paths.exports) if entry[1] not in paths.ignore]
    if not found and not known:
        raise InputError(f"{paths.exports}: no export file; put the shop's CSV exports there or give --exports")
    layouts, now = layouts_of(night.settings), datetime.now(UTC)
    files, new = [file for file in known if file.file_name not in paths.ignore], dict[str, Inspection]()
    stats = {name: path.stat() for path, name in found}
    touched = [
        (path, name) for path, name in found if (name, stats[name].st_size, stats[name].st_mtime_ns) not in untouched
    ]
    # Hashing and counting leave Python free, so files are looked at side by side.
    with ThreadPoolExecutor() as pool:
        inspected = list(pool.map(lambda entry: inspect(*entry), touched))
    for (path, name), facts in zip(touched, inspected, strict=True):
        before = stats[name]
        if facts.sha256 in seen:
            continue
        layout = layout_of(facts.header, name, layouts)
        _refuse_foreign_folder(name, night.settings)
        _copy(path, lake.raw_path(facts.sha256))
        if (before.st_size, before.st_mtime_ns) != (path.stat().st_size, path.stat().st_mtime_ns):
            raise InputError(f"{name}: it is still being written; run again when the download has ended")
        seen.add(facts.sha256)
        new[facts.sha256[:16]] = facts
        told = (name, facts.size_bytes, before.st_mtime_ns, now, layout.name, facts.records)
        files.append(RawFile(facts.sha256[:16], facts.sha256, *told))
    return Collected(files, new)


def layout_of(header: tuple[str, ...], name: str, layouts: list[Layout]) -> Layout:
    """The layout of a file with this header. Raises InputError naming the closest one and what it lacks of it."""
    layout = detect(header, layouts)
    if layout is None:
        closest, missing = nearest(header, layouts)
        raise InputError(
            f"{name}: unknown layout; closest is {closest.name}, which also needs the columns {', '.join(missing)}. "
            "Add a column map under [[layouts]] in the settings; regulars check --suggest-map proposes one"
        )
    return layout


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
