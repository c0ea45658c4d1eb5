"""Time and memory that the worst of files may take, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.flows.steps.conftest import HEADER

pytestmark = pytest.mark.slow

MEMORY_BYTES, SECONDS = 2_000_000_000, 60
LINE = "O{0},2026-03-01 10:00:00,{0},P,1,2.50\n"
READ = """
import json, resource, sys
from datetime import UTC, date, datetime
from pathlib import Path
from flows.night import open_night
from flows.settings import load_settings
from flows.steps.collect import collect
from flows.steps.read import read
from flows.faults import RegularsError
resource.setrlimit(resource.RLIMIT_CPU, (int(sys.argv[2]),) * 2)
folder = Path(sys.argv[1])
settings = load_settings(None, {"paths": {"exports": folder / "exports", "lake": folder / "lake"}})
night = open_night(settings, date(2026, 3, 4), datetime(2026, 3, 5, tzinfo=UTC))
try:
    told = sum(file.lines_read for file in read(night, collect(night))[0])
except RegularsError as error:
    told = str(error)
json.dump([told, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024], sys.stdout)
"""


def rows(count: int) -> str:
    return "".join(LINE.format(number) for number in range(count))


FILES: dict[str, tuple[Callable[[], str], int]] = {
    "a cell of 10 MB": (lambda: f"{HEADER}\n{rows(1)}O2,2026-03-01 10:00:00,{'x' * 10_000_000},P,1,1\n", 2),
    "a cell of 10 MB on 5 million lines, and a broken row": (
        lambda: f'{HEADER}\n{rows(1)}9,{rows(1)}O2,2026-03-01 10:00:00,"{chr(10).join("x" * 5_000_000)}",P,1,1\n',
        3,
    ),
    "100,000 columns": (
        lambda: (
            HEADER + "".join(f",c{n}" for n in range(100_000)) + "\n" + LINE.format(1).rstrip() + "," * 100_000 + "\n"
        ),
        1,
    ),
    "a quote never closed above a million rows": (lambda: f'{HEADER}\nO,"2026\n{rows(1_000_000)}', 1_000_001),
    "100 MB without a newline": (lambda: f'{HEADER}\nO,"2026{"x" * 100_000_000}', 1),
    "100 MB of NUL": (lambda: f"{HEADER}\n{rows(1)}" + "\0" * 100_000_000, 2),
    "every other line opens a quote": (lambda: f"{HEADER}\n" + 'O,"x\nP\n' * 20_000, 40_000),
}


@pytest.mark.parametrize("name", FILES)
def test_the_worst_of_files_stay_within_bounds(name: str, tmp_path: Path) -> None:
    make, records = FILES[name]
    (tmp_path / "exports").mkdir()
    (tmp_path / "exports" / "x.csv").write_text(make(), encoding="utf-8", newline="")
    command = [sys.executable, "-c", READ, str(tmp_path), str(SECONDS)]
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    assert done.returncode == 0, done.stderr
    told, memory = json.loads(done.stdout)
    assert told == records
    assert memory < MEMORY_BYTES
