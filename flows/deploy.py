"""The deployments of `deployments/prefect.yaml`, completed for one shop and registered with a Prefect server."""

import shlex
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate, WorkPoolCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.deployments.runner import DeploymentApplyError, RunnerDeployment
from prefect.exceptions import ObjectNotFound
from prefect.settings import PREFECT_API_URL
from prefect.types.names import BANNED_CHARACTERS
from prefect.utilities.templating import apply_values
from prefect.workers.process import ProcessWorker
from ruamel.yaml import YAML

from flows.faults import Fault, InputError
from flows.settings import Settings

WITHOUT_BANNED = str.maketrans(dict.fromkeys(BANNED_CHARACTERS, "-"))
START_SERVER = "start one with `prefect server start` and set PREFECT_API_URL to http://127.0.0.1:4200/api"


def register(deployments: list[RunnerDeployment]) -> None:
    """Create or update the deployments, and their work pools and queues where they do not exist yet.

    Raises InputError without a reachable server and for a pool whose workers start no local process; Fault where the
    server refuses.
    """
    with _server() as client:
        for deployment in deployments:
            pool = str(deployment.work_pool_name)
            _need_process_pool(client, pool)
            # Before the deployment, with which Prefect would make it without a limit.
            _need_queue(client, pool, str(deployment.work_queue_name))
            deployment.apply()


def declared(
    settings: Settings, folder: Path, work_pool: str | None = None, cron: str | None = None
) -> list[RunnerDeployment]:
    """What `prefect.yaml` declares, for this shop: runs start in `folder`, with this Python and its packages.

    Name and queue are the shop's, so that shops that share a server neither replace each other nor wait for each other.
    Raises InputError for a cron expression that is none.
    """
    text = (files("deployments") / "prefect.yaml").read_text(encoding="utf-8")
    values = {
        "shop": settings.shop.name.translate(WITHOUT_BANNED),
        "config": str(settings.config.absolute()) if settings.config else None,
        "timezone": settings.shop.timezone,
        "python": shlex.quote(sys.executable),
        "folder": str(folder.absolute()),
    }
    entries = apply_values(YAML(typ="safe").load(text), values)["deployments"]
    return [_deployment(entry, work_pool, cron) for entry in entries]


def _deployment(entry: dict[str, Any], work_pool: str | None, cron: str | None) -> RunnerDeployment:
    # By module, not by file: the name holds wherever the package is installed, and a run keeps its working folder.
    return RunnerDeployment.from_entrypoint(
        entry["entrypoint"],
        name=entry["name"],
        description=entry["description"],
        parameters=entry["parameters"],
        schedules=[_schedule(schedule, cron) for schedule in entry.get("schedules", [])],
        work_pool_name=work_pool or entry["work_pool"]["name"],
        work_queue_name=entry["work_pool"]["work_queue_name"],
        job_variables=entry["work_pool"]["job_variables"],
    )


def _schedule(entry: dict[str, Any], cron: str | None) -> DeploymentScheduleCreate:
    expression = cron or entry["cron"]
    try:
        schedule = CronSchedule(cron=expression, timezone=entry["timezone"])
    except ValueError:
        raise InputError(
            f"--cron {expression!r} is no cron expression; {entry['cron']!r} is minute, hour, day, month, weekday"
        ) from None
    # With a slug a later registration changes this schedule instead of adding one.
    return DeploymentScheduleCreate(schedule=schedule, slug=entry["slug"], parameters=entry.get("parameters", {}))


@contextmanager
def _server() -> Iterator[SyncPrefectClient]:
    url = PREFECT_API_URL.value()
    if not url:
        # Prefect would start a server for the moment, and the deployment would be gone with it.
        raise InputError(f"no Prefect server is named; {START_SERVER}")
    place = urlsplit(url).netloc.rpartition("@")[2]
    with get_client(sync_client=True) as client:
        if (reason := client.api_healthcheck()) is not None:
            raise InputError(f"the Prefect server at {place} does not answer ({type(reason).__name__}); {START_SERVER}")
        try:
            yield client
        except (httpx.HTTPError, DeploymentApplyError) as error:
            raise Fault(f"the Prefect server at {place} refused: {str(error).splitlines()[0]}") from None


def _need_process_pool(client: SyncPrefectClient, name: str) -> None:
    try:
        pool = client.read_work_pool(name)
    except ObjectNotFound:
        template = ProcessWorker.get_default_base_job_template()
        client.create_work_pool(WorkPoolCreate(name=name, type=ProcessWorker.type, base_job_template=template))
        return
    if pool.type != ProcessWorker.type:
        raise InputError(f"work pool {name} is of type {pool.type}; name one of type process with --work-pool")


def _need_queue(client: SyncPrefectClient, pool: str, name: str) -> None:
    """A queue that starts one run at a time; one that is there keeps the limit its operator gave it."""
    try:
        client.read_work_queue_by_name(name, work_pool_name=pool)
    except ObjectNotFound:
        client.create_work_queue(name, concurrency_limit=1, work_pool_name=pool)
