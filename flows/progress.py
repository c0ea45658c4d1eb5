"""One line a stage: what it is, how long it took, how much memory it had at its peak."""

import logging
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from pythonjsonlogger.json import JsonFormatter
from rich.console import Console

LOGGER = logging.getLogger("regulars")
LOGGER.setLevel(logging.INFO)
_CLEAR_PEAK = Path("/proc/self/clear_refs")
_STATUS = Path("/proc/self/status")


def log_to_terminal(form: str) -> None:
    """Send the lines to standard error: plain ones, or one JSON object a line."""
    handler = logging.StreamHandler()
    fields = "%(asctime)s %(levelname)s %(message)s"
    handler.setFormatter(JsonFormatter(fields) if form == "json" else logging.Formatter("%(message)s"))
    LOGGER.handlers = [handler]
    LOGGER.propagate = False


@contextmanager
def stage_line(name: str) -> Iterator[None]:
    """Show that the stage is at work, where a person looks on, and log a line when it has ended well."""
    _forget_peak()
    began = time.perf_counter()
    waiting = Console(stderr=True).status(f"{name} ...") if sys.stderr.isatty() else nullcontext()
    with waiting:
        yield
    seconds, peak_mb = time.perf_counter() - began, _peak_mb()
    facts = {"stage": name, "seconds": round(seconds, 3), "peak_mb": round(peak_mb)}
    LOGGER.info("%-10s %7.2f s  %6.0f MB", name, seconds, peak_mb, extra=facts)


def _forget_peak() -> None:
    """Let Linux measure the next peak afresh; elsewhere the peak is the process's so far."""
    try:
        _CLEAR_PEAK.write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_mb() -> float:
    try:
        lines = _STATUS.read_text(encoding="ascii").splitlines()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024
