"""`python -m tests.flows.killed_run STEP ...` is `regulars ...` in a process killed at the door of STEP."""

import os
import signal
import sys
from functools import wraps

import flows.nightly
from flows.cli import main


def kill_at(name: str) -> None:
    """Let the process die, without any cleaning up, when the night gets to the step."""

    @wraps(getattr(flows.nightly, name))
    def die(*_args: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(flows.nightly, name, die)


if __name__ == "__main__":
    kill_at(sys.argv.pop(1))
    main()
