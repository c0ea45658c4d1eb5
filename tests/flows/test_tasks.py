"""What leaves a step when it fails."""

import polars as pl
import pytest

from flows.faults import Fault, without_content
from flows.steps.collect import layout_of


def _library_error() -> Exception:
    try:
        pl.select(pl.lit("anna@example.com").cast(pl.Int64))
    except pl.exceptions.PolarsError as error:
        return error
    raise AssertionError("it should have failed")


def test_a_librarys_message_does_not_leave_the_step() -> None:
    error = _library_error()
    assert "anna@example.com" in str(error)
    fault = without_content("score", error)
    assert isinstance(fault, Fault)
    assert str(fault).startswith("score: InvalidOperationError at tests/flows/test_tasks.py:")
    assert "anna" not in str(fault)


def test_the_place_named_is_the_last_one_in_our_own_code() -> None:
    with pytest.raises(TypeError) as caught:
        layout_of(None, "x", [None])  # type: ignore[arg-type, list-item]
    assert "TypeError at transforms/reading/detect.py:" in str(without_content("collect", caught.value))
