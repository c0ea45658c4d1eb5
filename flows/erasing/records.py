"""Records of nights: a person leaves every night's stored identity graph and corrections."""

from pathlib import Path

import polars as pl

from flows.erasing.accounts import barred_accounts, identity_records
from flows.io.erasures import Erasures, Receipt
from flows.io.lake import Lake, write_atomically
from flows.night import Night
from flows.steps.corrections import FILE as CORRECTIONS
from transforms.identity.marks import email_as_compared, mark, phone_as_compared


def clear_records(run: Night, receipt: Receipt) -> None:
    """Rewrite each record that holds accounts of the person, known by their marks, and note how many in the receipt."""
    erasures, paths = Erasures(run.lake), identity_records(run.lake)
    marks = erasures.barred().filter(customer_id=receipt.customer_id).select("mark")
    accounts = barred_accounts(run.lake, marks).lazy()
    found = {path: pl.read_parquet(path).lazy().join(accounts, on="account_key").collect().height for path in paths}
    receipt.note(receipt.night_records, {"/".join(path.parent.parts[-2:]): rows for path, rows in found.items()})
    erasures.keep(receipt)
    _clear_corrections(run.lake, marks)
    for path, rows in found.items():
        if rows:
            _rewrite(path, pl.read_parquet(path).lazy().join(accounts, on="account_key", how="anti"))


def _clear_corrections(lake: Lake, marks: pl.DataFrame) -> None:
    """Take out what is about an account or order of theirs, bears their address, or is about a line that was erased.

    `marks`: the person's.
    """
    for path in sorted((lake.root / "nights").glob(f"*/*/{CORRECTIONS}")):
        read = pl.read_csv(path, infer_schema=False)
        # A blank cell in quotes is text to Polars.
        blank_as_null = pl.all().str.strip_chars().replace("", None)
        held = read.rename(lambda name: name.strip().lower()).select(blank_as_null).with_row_index()
        subject = pl.concat_str("store_id", pl.lit("/"), "subject_id")
        texts = [("account_key", subject), ("order_key", subject)]
        for cell in (pl.col("wrong"), pl.col("right")):
            texts += [
                ("account_key", pl.concat_str("store_id", pl.lit("/"), cell)),
                ("email", email_as_compared(cell)),
                ("phone", phone_as_compared(cell)),
            ]
        told = pl.concat(
            held.select("index", text.alias(name)).drop_nulls().select("index", mark=mark(name, lake.key()))
            for name, text in texts
        )
        theirs = told.join(marks, on="mark").select("index")
        kept = held.join(pl.concat([theirs, _no_longer_held(lake, held)]), on="index", how="anti")
        if kept.height < held.height:
            write_atomically(path, kept.drop("index").write_csv(), mode=0o600)


def _no_longer_held(lake: Lake, corrections: pl.DataFrame) -> pl.DataFrame:
    """`index` of corrections located by a line that was erased from the lake's copy of the file."""
    placed = corrections.filter(pl.col("file").is_not_null()).with_columns(line_number=pl.col("line").cast(pl.Int64))
    gone = [placed.select("index").clear()]
    for file in lake.known_files():
        if file.erased:
            held = pl.read_parquet(lake.redacted_path(file.sha256), columns=["line_number"])
            gone.append(placed.filter(file=file.file_name).join(held, on="line_number", how="anti").select("index"))
    return pl.concat(gone)


def _rewrite(path: Path, kept: pl.LazyFrame) -> None:
    beside = path.with_name(f".{path.name}.new")
    kept.sort("account_key").sink_parquet(beside, sync_on_close="all")
    beside.replace(path)
