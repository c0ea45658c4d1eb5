"""A program that runs the command line again and again, each time as if it were alone.

`python -m tests.flows.one_process asked.json`, where the file lists folders with arguments; prints what became of each.
"""

import json
import os
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

from flows.cli import main


def ended(folder: str, arguments: list[str]) -> dict[str, object]:
    """Exit code and what was written to either stream."""
    stdout, stderr, before = StringIO(), StringIO(), dict(os.environ)
    os.chdir(folder)
    sys.argv = ["regulars", *arguments]
    returncode: object = 0
    try:
        with redirect_stdout(stdout), redirect_stderr(stderr):
            main()
    except SystemExit as left:
        returncode = left.code or 0
    os.environ.clear()
    os.environ.update(before)
    return {"returncode": returncode, "stdout": stdout.getvalue(), "stderr": stderr.getvalue()}


if __name__ == "__main__":
    asked = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    sys.stdout.write(json.dumps([ended(folder, arguments) for folder, arguments in asked]))
