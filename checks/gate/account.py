"""Nothing is dropped in silence: what became of the rows of every file adds up to what was counted in it."""

import polars as pl

from checks.gate.check import RESULT_SCHEMA, result

TABLE, ROWS_ADD_UP = "row_account", "every row is loaded, merged, quarantined or erased"
ACCOUNT_COLUMNS = ("lines_read", "loaded", "merged", "quarantined", "erased")


def unbalanced_files(account: pl.DataFrame) -> list[str]:
    """Names of files whose rows do not add up. `account`: quality.row_account."""
    fates = pl.sum_horizontal(ACCOUNT_COLUMNS[1:])
    return account.filter(pl.col("lines_read") != fates)["file_name"].to_list()


def account_results(account: pl.DataFrame) -> pl.DataFrame:
    """One result, in RESULT_SCHEMA. `account`: quality.row_account of the night; rows in it are files."""
    meaning = "A file's rows were lost or doubled while reading. Report it as a defect, with the file's header."
    lost = len(unbalanced_files(account))
    return pl.DataFrame([result(TABLE, ROWS_ADD_UP, "critical", account.height, lost, meaning)], schema=RESULT_SCHEMA)
