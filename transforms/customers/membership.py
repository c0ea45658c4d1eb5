"""What a customer bought in advance: membership, contract, stored value. Shard-local by customer."""

import polars as pl

from transforms.customers.notes import latest_note, noted_date
from transforms.reading.cells import money

_TEXT = pl.col("attribute_value").str.strip_chars()
_AMOUNT = r"^[¥￥]?\d{1,3}(,?\d{3})*(\.\d{1,4})?元?$"


def shared_levels(notes: pl.LazyFrame) -> pl.LazyFrame:
    """`paid_level`: those noted of several accounts. A merge over all shards. `notes`: staged.customer_attribute.

    Any words may stand in a note; what one account alone has might tell who it is.
    """
    noted = notes.filter(attribute="paid_level").group_by(paid_level=_TEXT)
    return noted.agg(accounts=pl.col("account_key").n_unique()).filter(pl.col("accounts") > 1).select("paid_level")


def membership(notes: pl.LazyFrame, levels: pl.LazyFrame) -> pl.LazyFrame:
    """`customer_id`, `paid_level`, `paid_until_date`, `contract_end_date`, `stored_value` (money), where told.

    The latest note of any account counts; stored value is the sum over the accounts. `notes`:
    staged.customer_attribute with `customer_id`. `levels`: `shared_levels`; others are left out.
    """
    text = _TEXT
    amount = money(pl.when(text.str.contains(_AMOUNT)).then(text))
    noted = latest_note(notes, "paid_level", pl.when(text != "").then(text))
    until = latest_note(notes, "paid_until", noted_date()).rename({"paid_until": "paid_until_date"})
    ends = latest_note(notes, "contract_end", noted_date()).rename({"contract_end": "contract_end_date"})
    stored = latest_note(notes, "stored_value", amount, by=("account_key",))
    sums = stored.group_by("customer_id").agg(pl.col("stored_value").sum())
    both = noted.join(levels, on="paid_level", how="semi").join(until, on="customer_id", how="full", coalesce=True)
    three = both.join(ends, on="customer_id", how="full", coalesce=True)
    return three.join(sums, on="customer_id", how="full", coalesce=True)
