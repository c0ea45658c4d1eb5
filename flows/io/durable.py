"""What must outlive a power cut."""

import os
from pathlib import Path


def to_disk(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk before going on."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
