"""What a container may take, and how it is refused."""

import errno

GIB = 1 << 30
MEMORY_BYTES = 3 * GIB
"""Address space of the process that opens a container. The largest sheet Excel knows, 40 columns wide, takes 1.5."""
FILE_BYTES = 8 * GIB
"""All that comes out of one container."""
CPU_SECONDS = 600
RATIO = 200
"""Inflated bytes a packed one. Exports stay below 50; what is packed tighter is made to fill the disk."""
RATIO_FREE_BYTES = 64 << 20
"""Up to here the ratio does not count: a small file of one repeated line is no attack."""
ENTRIES = 1_000
NAME_LETTERS = 500
CHUNK_BYTES = 1 << 20

BEYOND = (
    f"opening it takes more than {MEMORY_BYTES // GIB} GiB of memory, {CPU_SECONDS // 60} minutes or "
    f"{FILE_BYTES // GIB} GiB on disk; save its tables as CSV"
)

OF_THE_MACHINE = frozenset({errno.EFBIG, errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS})
"""Errors that say nothing of the container: a broken one may raise an OSError too."""
NO_PASSWORD = "it is protected; put its password into a variable and name that under [[passwords]] in the settings"  # noqa: S105
WRONG_PASSWORD = "no password given for it opens it; see [[passwords]] in the settings"  # noqa: S105


class RefusedError(Exception):
    """Why a container is not opened, and the way out. The name of the file is told by whoever reports it."""
