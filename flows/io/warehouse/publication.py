"""What a night hands to the warehouse, and the checks a warehouse would not make."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from transforms.contracts import WAREHOUSE
from transforms.contracts.table import Replace, Table


@dataclass(frozen=True)
class Publication:
    """One night's tables: full table name to Parquet files in the contract's Polars types.

    An empty sequence of files empties what the night replaces; a table that is not named is left alone.
    """

    as_of: date
    parts: Mapping[str, Sequence[Path]]

    def check(self) -> None:
        """Raise before anything is written if a part cannot be what its contract says.

        Raises ValueError for an unknown table, for a file with other columns or types than the contract, and for a row
        of another night in a table kept by night: the next publication of that other night would not replace it.
        """
        for name, files in self.parts.items():
            if name not in WAREHOUSE:
                raise ValueError(f"{name} is no table of the warehouse")
            for file in files:
                _check_file(WAREHOUSE[name], file, self.as_of)

    def replaced(self, *, is_later_published: bool) -> dict[Table, Sequence[Path]]:
        """Tables this publication replaces, with their files; those of the latest night only if it is the latest."""
        return {
            WAREHOUSE[name]: files
            for name, files in self.parts.items()
            if not (is_later_published and WAREHOUSE[name].replaces is Replace.LATEST)
        }


def _check_file(table: Table, file: Path, as_of: date) -> None:
    schema = pl.read_parquet_schema(file)
    if dict(schema) != table.polars_schema:
        wrong = sorted(name for name, _ in set(schema.items()) ^ set(table.polars_schema.items()))
        raise ValueError(f"{file} does not follow the contract of {table.full_name} in {', '.join(wrong)}")
    if table.replaces is Replace.NIGHT:
        others = pl.scan_parquet(file, hive_partitioning=False).select((pl.col("as_of_date") != as_of).any())
        if others.collect().item():
            raise ValueError(f"{file} holds rows of {table.full_name} of another night than {as_of}")
