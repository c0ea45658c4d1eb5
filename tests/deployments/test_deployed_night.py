"""A real Prefect server and worker run the deployed nightly, and keep nothing about a person."""

import json
import logging
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import sleep
from typing import Any

import polars as pl
import pytest
from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.actions import WorkPoolCreate
from prefect.client.schemas.filters import (
    ArtifactFilter,
    ArtifactFilterFlowRunId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
    LogFilter,
    LogFilterFlowRunId,
    LogFilterLevel,
)
from prefect.client.schemas.objects import FlowRun, StateType
from prefect.exceptions import PrefectHTTPStatusError
from prefect.states import Scheduled

from flows.demo_shop import write_demo_shop
from flows.io.erasures import Erasures
from flows.io.lake import Lake
from flows.io.warehouse import open_warehouse
from tests.deployments.traces import cells, traces
from tests.flows.conftest import BIN, Run

pytestmark = [pytest.mark.night, pytest.mark.slow]

UNTIL = date(2026, 3, 14)
FROM_PARAMETERS, DRY, STOPPED, SECOND, FIRST = (UNTIL - timedelta(days=days) for days in (1, 2, 3, 4, 5))
STARTS_AT = datetime(2026, 3, 14, 18, 15, tzinfo=UTC)
"""Quarter past two of the fifteenth in the shop, so the night is the fourteenth; in UTC it would be the thirteenth."""
PERSON = ("Xaviera Quillfeather", "x.quillfeather@planted.example", "+8613800009999")
SHOP = "Tea - Co 茶"
SETTINGS = '[shop]\nname = "Tea & Co 茶"\ntimezone = "Asia/Shanghai"\n[paths]\nexports = "exports"\n'
WORKER = {"REGULARS_KEY": "a key for tests only", "REGULARS_PATHS__WAREHOUSE": "w.duckdb"}
PLANNED = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])))
Runs = tuple[dict[str, FlowRun], Path]


@dataclass(frozen=True)
class Deployed:
    """A shop with a deployment, and its server."""

    folder: Path
    client: SyncPrefectClient

    def start(self, parameters: dict[str, Any], scheduled_at: datetime | None = None, flow: str = "nightly") -> FlowRun:
        """A run as the Prefect pages ask for it."""
        deployment = self.client.read_deployment_by_name(f"regulars-{flow}/{SHOP}")
        state = Scheduled(scheduled_time=scheduled_at)
        return self.client.create_flow_run_from_deployment(deployment.id, parameters=parameters, state=state)

    def ended(self, made: FlowRun) -> FlowRun:
        """The run, when it has ended."""
        for _ in range(240):
            run = self.client.read_flow_run(made.id)
            if run.state.is_final():
                return run
            sleep(0.5)
        raise TimeoutError(f"the run is still {run.state.name}")

    def run(self, parameters: dict[str, Any], scheduled_at: datetime | None = None, flow: str = "nightly") -> FlowRun:
        """A run when it has ended."""
        return self.ended(self.start(parameters, scheduled_at, flow))

    def lines(self, run: FlowRun, word: str, level: int = logging.INFO) -> list[str]:
        """Lines of the run's log of that level or above that hold the word, as soon as there are any."""
        wanted = LogFilter(flow_run_id=LogFilterFlowRunId(any_=[run.id]), level=LogFilterLevel(ge_=level))
        for _ in range(60):
            if lines := [line.message for line in self.client.read_logs(wanted) if word in line.message]:
                return lines
            sleep(0.5)
        raise TimeoutError(f"the log does not hold {word}")


@pytest.fixture(scope="module")
def deployed(
    regulars: Run, prefect_api: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Deployed]:
    folder = tmp_path_factory.mktemp("shop")
    write_demo_shop(folder / "exports", customers=300, until=UNTIL, seed=5)
    (folder / "regulars.toml").write_text(SETTINGS, encoding="utf-8")
    for again in ("0 4 * * *", "15 2 * * *"):
        done = regulars("deploy", "--config", "regulars.toml", "--cron", again, cwd=folder)
        assert done.returncode == 0, done.stderr
    with SyncPrefectClient(prefect_api["PREFECT_API_URL"]) as client:
        deployments = {deployment.name: deployment for deployment in client.read_deployments()}
        assert set(deployments) == {SHOP}
        deployment = client.read_deployment_by_name(f"regulars-nightly/{SHOP}")
        (schedule,) = deployment.schedules
        assert (schedule.schedule.cron, schedule.schedule.timezone) == ("15 2 * * *", "Asia/Shanghai")
        yield Deployed(folder, client)


@contextmanager
def _worker(prefect_api: dict[str, str], folder: Path) -> Iterator[None]:
    env = {**os.environ, **prefect_api, **WORKER, "PREFECT_WORKER_QUERY_SECONDS": "1"}
    command = [BIN / "prefect", "worker", "start", "--pool", "regulars", "--type", "process"]
    with (folder / "worker.log").open("wb") as log:
        worker = subprocess.Popen(command, env=env, cwd=folder, stdout=log, stderr=log)
        try:
            yield
        finally:
            worker.terminate()
            worker.wait(60)


@pytest.fixture(scope="module")
def runs(deployed: Deployed, prefect_api: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Runs:
    """Runs of every kind, one after another, and the folder of the worker's log."""
    # Elsewhere than the shop: what a run finds, it finds by its deployment.
    logs = tmp_path_factory.mktemp("worker")
    unknown = deployed.folder / "exports" / "vip.csv"
    with _worker(prefect_api, logs):
        late = deployed.run({}, scheduled_at=STARTS_AT)
        past = deployed.run({"as_of": str(FROM_PARAMETERS), "dry_run": False})
        dry = deployed.run({"as_of": str(DRY), "dry_run": True})
        dates = {"from_date": str(FIRST), "to_date": str(SECOND)}
        backfill = deployed.start({**dates, "which": "missing"}, flow="backfill")
        meanwhile = deployed.run({"as_of": str(FROM_PARAMETERS)})
        backfill = deployed.ended(backfill)
        erased = deployed.run({"customer_id": _customer(deployed.folder)}, flow="erase")
        unknown.write_text(",".join(PERSON) + "\n1,2,3\n", encoding="utf-8")
        stopped = deployed.run({"as_of": str(STOPPED)})
        # A run sends its last lines after its last state, and dies with the worker.
        assert deployed.lines(stopped, "vip.csv", logging.ERROR)
    named = {"late": late, "past": past, "dry": dry, "backfill": backfill, "meanwhile": meanwhile}
    return {**named, "erased": erased, "stopped": stopped}, logs


def _customer(folder: Path) -> str:
    """A customer who is on every list there is."""
    return open_warehouse(str(folder / "w.duckdb")).read("contact.contact_hold", UNTIL)["customer_id"][0]


def test_the_server_plans_nights_in_the_shops_zone(deployed: Deployed) -> None:
    planned: list[FlowRun] = []
    for _ in range(40):
        if planned := deployed.client.read_flow_runs(flow_run_filter=PLANNED):
            break
        sleep(0.5)
    assert {run.expected_start_time.astimezone(UTC).time() for run in planned} == {STARTS_AT.time()}


def test_a_past_night_from_parameters(deployed: Deployed, runs: Runs) -> None:
    past = runs[0]["past"]
    assert past.state.is_completed(), past.state.message
    warehouse = open_warehouse(str(deployed.folder / "w.duckdb"))
    assert warehouse.run(FROM_PARAMETERS)["status"] == "published"
    scored = warehouse.read("mart.customer_score", FROM_PARAMETERS)
    exported = pl.read_csv(deployed.folder / "exports" / "customers.csv")
    assert 0 < scored["customer_id"].n_unique() == len(scored) <= len(exported)


def test_a_late_run_describes_the_night_of_its_schedule(deployed: Deployed, runs: Runs) -> None:
    late = runs[0]["late"]
    assert late.state.is_completed(), late.state.message
    assert late.start_time > STARTS_AT + timedelta(days=1)
    warehouse = open_warehouse(str(deployed.folder / "w.duckdb"))
    assert warehouse.run(UNTIL)["status"] == "published"
    # No other night than this one and those that runs name.
    assert set(warehouse.read("ops.run")["as_of_date"]) == {UNTIL, FROM_PARAMETERS, STOPPED, SECOND, FIRST}


def test_a_dry_run_publishes_nothing(deployed: Deployed, runs: Runs) -> None:
    dry = runs[0]["dry"]
    assert dry.state.is_completed(), dry.state.message
    assert open_warehouse(str(deployed.folder / "w.duckdb")).run(DRY) is None


def test_a_backfill_publishes_its_nights_and_lists_nobody(deployed: Deployed, runs: Runs) -> None:
    backfill = runs[0]["backfill"]
    assert backfill.state.is_completed(), backfill.state.message
    warehouse = open_warehouse(str(deployed.folder / "w.duckdb"))
    for as_of in (FIRST, SECOND):
        assert warehouse.run(as_of)["status"] == "published"
        assert warehouse.read("contact.contact_hold", as_of).is_empty()


def test_a_night_waits_for_the_backfill_before_it(runs: Runs) -> None:
    backfill, meanwhile = runs[0]["backfill"], runs[0]["meanwhile"]
    assert meanwhile.state.is_completed(), meanwhile.state.message
    assert meanwhile.start_time > backfill.end_time


def test_an_erasure_removes_the_customer_of_its_parameter(deployed: Deployed, runs: Runs) -> None:
    erased = runs[0]["erased"]
    assert erased.state.is_completed(), erased.state.message
    (receipt,) = Erasures(Lake(deployed.folder / "regulars-data" / "lake")).receipts()
    assert receipt.customer_id == erased.parameters["customer_id"]
    assert receipt.tables["mart.customer"] == 1
    left = open_warehouse(str(deployed.folder / "w.duckdb")).read("mart.customer_score")
    assert receipt.customer_id not in left["customer_id"]


def test_the_server_refuses_an_erasure_by_address_before_it_keeps_it(deployed: Deployed) -> None:
    with pytest.raises(PrefectHTTPStatusError) as refused:
        deployed.start({"customer_id": PERSON[1]}, flow="erase")
    assert refused.value.response.status_code in {409, 422}


def test_the_page_of_a_run_shows_its_stages_and_counts(deployed: Deployed, runs: Runs) -> None:
    assert "MB" in deployed.lines(runs[0]["past"], "publish")[0]
    made = ArtifactFilter(flow_run_id=ArtifactFilterFlowRunId(any_=[runs[0]["past"].id]))
    (artifact,) = deployed.client.read_artifacts(artifact_filter=made)
    shown = {row["count"]: row["rows"] for row in json.loads(artifact.data)}
    run = open_warehouse(str(deployed.folder / "w.duckdb")).run(FROM_PARAMETERS)
    assert shown["lines_read"] == run["lines_read"] > 0
    assert shown["customers"] == run["customers"] > 0


def test_a_failed_run_tells_what_to_do(deployed: Deployed, runs: Runs) -> None:
    stopped = runs[0]["stopped"]
    assert stopped.state.is_failed()
    for word in ("vip.csv", "unknown layout", "Add a column map under [[layouts]]"):
        assert word in stopped.state.message
    assert open_warehouse(str(deployed.folder / "w.duckdb")).run(STOPPED)["status"] == "stopped"


def test_prefect_keeps_nothing_about_a_person(deployed: Deployed, runs: Runs, prefect_api: dict[str, str]) -> None:
    customers = pl.read_csv(deployed.folder / "exports" / "customers.csv", infer_schema=False)
    planted = [set(customers[column].drop_nulls()) for column in ("email", "phone", "customer_name")]
    assert all(planted)
    home = Path(prefect_api["PREFECT_HOME"])
    files = [path for folder in (home, runs[1]) for path in folder.rglob("*") if path.is_file()]
    kept = [*cells(home / "prefect.db"), *((path.name, path.read_bytes()) for path in files)]
    # What must be there shows that the search looks where things are.
    assert set(traces(["vip.csv"], kept)) >= {"vip.csv in log.message", "vip.csv in worker.log"}
    assert traces({*PERSON, *WORKER.values(), *set[str]().union(*planted)}, kept) == []


def test_without_a_server_it_is_wrong_usage_in_one_line(tmp_path: Path) -> None:
    env = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "REGULARS_"))}
    for address, told in ({}, "no Prefect server is named"), ({"PREFECT_API_URL": "http://127.0.0.1:1/api"}, "answer"):
        done = subprocess.run(
            [BIN / "regulars", "deploy"],
            cwd=tmp_path,
            env={**env, "HOME": str(tmp_path), **address},
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2
        assert told in done.stderr
        assert len(done.stderr.splitlines()) == 1


def test_a_pool_whose_workers_start_no_process_is_refused(deployed: Deployed, regulars: Run) -> None:
    deployed.client.create_work_pool(WorkPoolCreate(name="containers", type="docker"))
    done = regulars("deploy", "--config", "regulars.toml", "--work-pool", "containers", cwd=deployed.folder)
    assert done.returncode == 2
    assert "type docker" in done.stderr
