"""What can go wrong, by exit code. Messages name file, line, column, rule and the way out; never a customer's data."""

import os
import traceback
from enum import IntEnum
from pathlib import Path


class ExitCode(IntEnum):
    """What a scheduler may trust."""

    PUBLISHED = 0
    STOPPED = 1
    WRONG_INPUT = 2
    FAULT = 3
    LOCKED = 4


class RegularsError(Exception):
    """A failure with a message fit for the terminal, the log and Prefect's database."""

    exit_code = ExitCode.FAULT


class InputError(RegularsError):
    """Wrong usage or input: a setting, a file, a date. Nothing was published."""

    exit_code = ExitCode.WRONG_INPUT


class NoOrderYet(InputError):
    """Files that are fine as they are hold no order up to the night: others have to come beside them."""


class CheckFailed(RegularsError):
    """A critical check stopped the night before anything was published."""

    exit_code = ExitCode.STOPPED


class Fault(RegularsError):
    """The machinery failed: warehouse, disk, or a defect."""


class Busy(RegularsError):
    """Another run holds the lock."""

    exit_code = ExitCode.LOCKED


def without_content(name: str, error: BaseException) -> Fault:
    """Where it broke and what kind of error it was, but not what it says."""
    own = Path(__file__).parents[1]
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if Path(frame.filename).is_relative_to(own)]
    own_frames = [frame for frame in frames if ".venv" not in frame.filename]
    place = own_frames[-1] if own_frames else frames[-1]
    where = f"{os.path.relpath(place.filename, own)}:{place.lineno}"
    return Fault(f"{name}: {type(error).__name__} at {where}; this is a defect, please report the line")
