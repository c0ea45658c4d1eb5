"""Check: read and check exports as a night would, in a lake of their own, and publish nothing."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl

from flows.faults import CheckFailed, InputError, NoOrderYet
from flows.io.lake import RawFile
from flows.night import Night, open_night
from flows.rejects import Rejects, write_rejects
from flows.settings import Settings
from flows.steps.collect import collect
from flows.steps.corrections import refuse_wrong_counts
from flows.steps.gate import gate
from flows.steps.read import read
from flows.steps.repaired import FOLDER, is_set_aside
from flows.steps.stage import stage
from transforms.contracts import quality


@dataclass(frozen=True, slots=True)
class Checked:
    """What became of the rows of some exports. Nothing here tells what stands in a row."""

    account: pl.DataFrame
    """quality.row_account with `layout`."""
    rejected: pl.DataFrame
    """quality.quarantine without `raw`."""
    failed: pl.DataFrame
    """Rows of quality.check_result that are not passed."""
    failure: CheckFailed | InputError | None
    """Why a night of these files would stop; else why no rejects were written."""
    lacking: NoOrderYet | None
    """What a night needs beyond these files; the gate was not asked then."""
    rejects: list[Rejects]
    """Files of rows to repair."""


def check(settings: Settings, paths: list[Path], rejects: Path | None = None) -> Checked:
    """Read and check files and folders, and write the rows to repair into `rejects`, else beside their files.

    Raises InputError and CheckFailed for a file that cannot be read at all.
    """
    with _gathered(settings, paths) as (own, origins):
        night = open_night(own, None, datetime.now(UTC))
        collected = collect(night)
        files, batches = read(night, collected)
        layouts = pl.LazyFrame({"file_id": [file.file_id for file in files], "layout": [file.layout for file in files]})
        failure, lacking = _outcome(night, files, batches)
        work, written, unwritten = night.work, list[Rejects](), None
        try:
            written = write_rejects(night, collected, (files, batches), _folders(origins, rejects))
        except InputError as error:
            unwritten = error
        return Checked(
            work.scan(quality.ROW_ACCOUNT).join(layouts, on="file_id").sort("file_name").collect(),
            work.scan(quality.QUARANTINE).drop("raw").collect(),
            work.scan(quality.CHECK_RESULT).filter(~pl.col("is_passed")).collect(),
            failure or unwritten,
            lacking,
            written,
        )


_Outcome = tuple[CheckFailed | InputError | None, NoOrderYet | None]
"""The failure and what is lacking."""


def _outcome(night: Night, files: list[RawFile], batches: list[Path]) -> _Outcome:
    try:
        stage(night, files, batches)
        refuse_wrong_counts(night, files, batches, is_whole=False)
        gate(night)
    except NoOrderYet as error:
        return None, error
    except (CheckFailed, InputError) as error:
        return error, None
    return None, None


@contextmanager
def _gathered(settings: Settings, paths: list[Path]) -> Iterator[tuple[Settings, dict[str, Path]]]:
    """Settings whose exports are links to the files of `paths`, and whose lake is empty; gone afterwards.

    With them, where the files lie, by name below the exports.
    """
    with TemporaryDirectory(prefix="regulars-check-") as folder:
        exports, origins = Path(folder) / "exports", dict[str, Path]()
        exports.mkdir()
        for path in paths:
            for file, name in _files(path, {store.id for store in settings.stores}):
                link = exports / name
                if link.is_symlink():
                    raise InputError(f"{name}: two of the files have this name; check them one by one")
                link.parent.mkdir(parents=True, exist_ok=True)
                link.symlink_to(file.resolve())
                origins[name.as_posix()] = file
        here = settings.paths.model_copy(update={"exports": exports, "lake": Path(folder) / "lake"})
        yield settings.model_copy(update={"paths": here}), origins


def _folders(origins: dict[str, Path], rejects: Path | None) -> dict[str, Path]:
    if rejects:
        return {name: rejects / Path(name).parent for name in origins}
    return {name: file.parent / FOLDER for name, file in origins.items()}


def _files(path: Path, stores: set[str]) -> Iterator[tuple[Path, Path]]:
    """Files and their names below an exports folder. A file keeps the folder that tells its store."""
    if path.is_dir():
        found = ((file, file.relative_to(path)) for file in sorted(path.rglob("*")) if file.is_file())
        yield from ((file, name) for file, name in found if not is_set_aside(name))
    elif path.is_file():
        folder = path.resolve().parent.name
        yield path, Path(folder, path.name) if folder in stores else Path(path.name)
    else:
        raise InputError(f"{path}: no such file or folder")
