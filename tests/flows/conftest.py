"""What tests of whole nights share: the command line as a scheduler calls it, beside a Prefect server."""

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

BIN = Path(sys.executable).parent
ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared"
Run = Callable[..., subprocess.CompletedProcess[str]]
Ended = subprocess.CompletedProcess[str]
RunAll = Callable[..., list[Ended]]


@pytest.fixture(scope="session")
def prefect_api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """Environment that reaches a Prefect server: a run beside one saves the ten seconds of starting its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    home = tmp_path_factory.mktemp("prefect")
    environment = {"PREFECT_HOME": str(home), "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [BIN / "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            env={**os.environ, **environment},
            stdout=log,
            stderr=log,
        )
    try:
        _wait_until_healthy(f"http://127.0.0.1:{port}/api/health", server)
        yield {**environment, "PREFECT_API_URL": f"http://127.0.0.1:{port}/api"}
    finally:
        server.terminate()
        server.wait(30)


def _wait_until_healthy(url: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        assert server.poll() is None, "the Prefect server ended"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the Prefect server does not answer")


@pytest.fixture(scope="session")
def regulars(prefect_api: dict[str, str]) -> Run:
    """`regulars(*arguments, cwd=...)` runs the command in a process of its own; `env` adds variables."""

    def run(
        *arguments: object, cwd: Path, env: dict[str, str] | None = None, program: tuple[object, ...] = ()
    ) -> object:
        return subprocess.run(
            [*(program or (BIN / "regulars",)), *map(str, arguments)],
            cwd=cwd,
            env={**os.environ, **prefect_api, "REGULARS_KEY": "a key for tests only", **(env or {})},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )

    return run  # type: ignore[return-value]


@pytest.fixture(scope="session")
def run_all(tmp_path_factory: pytest.TempPathFactory) -> RunAll:
    """`run_all([(folder, arguments), ...])` runs the command once a pair, all in one process: a start takes seconds."""

    def run_all(asked: Sequence[tuple[Path, Sequence[object]]], env: dict[str, str] | None = None) -> list[Ended]:
        file = tmp_path_factory.mktemp("asked") / "asked.json"
        file.write_text(json.dumps([(str(folder), list(map(str, arguments))) for folder, arguments in asked]))
        done = subprocess.run(
            [sys.executable, "-m", "tests.flows.one_process", file],
            cwd=ROOT,
            env={**os.environ, "REGULARS_KEY": "a key for tests only", **(env or {})},
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        # Nothing slipped past: what a library writes by a handle of its own would stand here.
        assert (done.returncode, done.stderr) == (0, "")
        told = json.loads(done.stdout)
        return [Ended(arguments, **found) for (_, arguments), found in zip(asked, told, strict=True)]

    return run_all


@pytest.fixture(scope="session")
def uci() -> Path:
    """Folder with UCI Online Retail, one CSV a trading day."""
    folder = SHARED / "data" / "uci-online-retail" / "by-day"
    if not folder.is_dir():
        pytest.skip(f"real data absent: {folder.relative_to(SHARED.parent)}")
    return folder
