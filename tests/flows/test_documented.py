"""Every command stands in the list of commands of both front pages."""

import re
from pathlib import Path

import pytest

from flows.cli import app

ROOT = Path(__file__).parents[2]
COMMANDS = [(one.name or one.callback.__name__).replace("_", "-") for one in app.registered_commands]


@pytest.mark.parametrize("page", ["README.md", "README.zh-CN.md"])
def test_every_command_is_listed(page: str) -> None:
    listed = re.findall(r"(?m)^ {4}regulars ([a-z-]+)", (ROOT / page).read_text(encoding="utf-8"))
    assert set(listed) == set(COMMANDS)
