"""What can go wrong, by exit code. Messages name file, line, column, rule and the way out; never a customer's data."""

from enum import IntEnum


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


class CheckFailed(RegularsError):
    """A critical check stopped the night before anything was published."""

    exit_code = ExitCode.STOPPED


class Fault(RegularsError):
    """The machinery failed: warehouse, disk, or a defect."""


class Busy(RegularsError):
    """Another run holds the lock."""

    exit_code = ExitCode.LOCKED
