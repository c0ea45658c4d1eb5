"""Repaired rejects: how such a file is told from others, and whose place in time it takes.

`regulars check` writes the rows to repair of `orders.csv` into `rejected/orders.rejected.csv` beside it. No folder of
that name is read; the person who has repaired the file moves it one folder up.
"""

from pathlib import PurePath, PurePosixPath

from flows.io.lake import RawFile

FOLDER = "rejected"
ENDING = ".rejected.csv"


def is_set_aside(name: PurePath) -> bool:
    """Whether the file, named as below the exports folder, lies in a folder of rows that wait for repair."""
    return FOLDER in name.parts[:-1]


def loose_name(file: RawFile) -> str:
    """The file's name, and of a table out of a container the name it would have beside it: `book.Orders.xlsx`."""
    if file.container is None:
        return file.file_name
    container = PurePosixPath(file.container.file_name)
    inner = file.file_name.removeprefix(f"{container}/").replace("/", ".")
    return str(container.with_stem(f"{container.stem}.{inner}"))


def sources(files: list[RawFile]) -> dict[str, str]:
    """File id of each repaired file -> that of the file it repairs, the latest of that name that came before it."""
    found: dict[str, str] = {}
    known: dict[str, str] = {}
    for file in files:
        name = loose_name(file)
        if name.endswith(ENDING) and (source := known.get(name.removesuffix(ENDING))):
            found[file.file_id] = source
        known[name] = known[str(PurePosixPath(name).with_suffix(""))] = file.file_id
    return found


def in_order_of_telling(files: list[RawFile]) -> list[RawFile]:
    """`files`, in the order in which they came, with each repaired one right behind the file it repairs.

    It tells what that one should have told: a file that came between the two knows later things of the same orders.
    """
    source, places = sources(files), dict[str, tuple[int, ...]]()
    for arrival, file in enumerate(files):
        behind = places[source[file.file_id]] if file.file_id in source else ()
        places[file.file_id] = (*behind, arrival)
    return sorted(files, key=lambda file: places[file.file_id])
