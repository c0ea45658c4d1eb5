"""`python -m tests.flows.killed_run STEP ...` is `regulars ...` in a process killed at the door of STEP.

A step of a night by its name, another function as `module:name`.
"""

import os
import signal
import sys
from functools import wraps
from importlib import import_module

from flows.cli import main


def kill_at(step: str) -> None:
    """Let the process die, without any cleaning up, when the run gets to the step."""
    place, _, name = step.rpartition(":")
    module = import_module(place or "flows.nightly")

    @wraps(getattr(module, name))
    def die(*_args: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(module, name, die)


if __name__ == "__main__":
    kill_at(sys.argv.pop(1))
    main()
