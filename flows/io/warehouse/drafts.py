"""A file is never changed where readers look: a draft of it is, and takes its place when it is whole and on disk."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.io.durable import to_disk


@contextmanager
def draft_folder(path: Path) -> Iterator[Path]:
    """A private folder beside `path`, on the same disk, gone afterwards.

    What a killed run left is removed first, so the caller must hold a lock. A folder, not a file, because DuckDB writes
    its log and spill files beside the database with the process's usual mode, and they hold personal data.
    """
    folder = path.with_name(f".{path.name}.draft")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def put_in_place(draft: Path, path: Path, mode: int) -> None:
    """Let `draft` take the place of `path`: after a power cut there is one or the other, whole."""
    draft.chmod(mode)
    to_disk(draft)
    draft.replace(path)
    to_disk(path.parent)
