"""Tests that share a night run in one process."""

import os

import pytest


@pytest.mark.xdist_group("kept together")
def test_groups_are_kept(request: pytest.FixtureRequest) -> None:
    # A pytest that xdist does not know forgets them without a word: every shared night is then made by every worker.
    if "PYTEST_XDIST_WORKER" not in os.environ:
        pytest.skip("one process keeps everything together")
    assert request.node.nodeid.endswith("@kept together")
