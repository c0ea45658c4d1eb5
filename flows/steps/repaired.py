"""Repaired rejects: how such a file is told from others, and whose place in time it takes.

`regulars check` writes the rows to repair of `orders.csv` into `rejected/orders.1a2b3c4d.rejected.csv` beside it; the
digits begin the id of the file that was checked, for a shop may export anew under the same name. No folder of that name
is read; the person who has repaired the file moves it one folder up.
"""

from pathlib import PurePath, PurePosixPath

from flows.io.lake import RawFile

FOLDER = "rejected"
ENDING = ".rejected.csv"
DIGITS = 8


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


def repaired_name(base: str, file: RawFile) -> str:
    """Name of the file of rows to repair of `file`: it tells which file it is by the first digits of its id."""
    return f"{base}.{file.file_id[:DIGITS]}{ENDING}"


def sources(files: list[RawFile]) -> dict[str, str]:
    """File id of each repaired file -> that of the file it repairs, which its name tells."""
    ids = {file.file_id[:DIGITS]: file.file_id for file in files}
    found: dict[str, str] = {}
    for file in files:
        name = loose_name(file)
        told = name.removesuffix(ENDING).rpartition(".")[2]
        if name.endswith(ENDING) and ids.get(told, file.file_id) != file.file_id:
            found[file.file_id] = ids[told]
    return found


def in_order_of_telling(files: list[RawFile]) -> list[RawFile]:
    """`files`, the later told the later, with each repaired one right behind the file it repairs.

    When an export was made counts, not when it came: one that was forgotten in a folder knows nothing new. Of two told
    at one moment the one that came later counts. A repaired file tells what its source should have told: one told
    between the two knows later things of the same orders.
    """
    told = sorted(files, key=lambda file: file.told_at)
    source, places = sources(files), {file.file_id: place for place, file in enumerate(told)}

    def place(file: RawFile) -> list[int]:
        chain = [file.file_id]
        while (repaired := source.get(chain[-1])) and repaired not in chain:  # anybody may name files in a circle
            chain.append(repaired)
        return [places[file_id] for file_id in reversed(chain)]

    return sorted(files, key=place)
