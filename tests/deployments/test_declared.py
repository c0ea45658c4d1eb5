"""What prefect.yaml declares fits the flows; nothing here needs a server."""

import shlex
import sys
from datetime import date
from pathlib import Path

import pytest
from prefect.exceptions import ParameterTypeError
from prefect.flows import load_flow_from_entrypoint

from flows.deploy import declared
from flows.faults import InputError
from flows.settings import load_settings


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "shop of tea.toml"
    path.write_text('[shop]\nname = "Tea & Co 茶"\ntimezone = "Asia/Shanghai"\n', encoding="utf-8")
    return path


def test_parameters_of_every_schedule_fit_the_signature(config: Path, tmp_path: Path) -> None:
    for deployment in declared(load_settings(config), tmp_path):
        flow = load_flow_from_entrypoint(deployment.entrypoint, use_placeholder_flow=False)
        # What a run must be told is left to the page that asks for it; everything else is there, to be changed.
        assert set(deployment.parameters) == set(flow.parameters.properties) - set(flow.parameters.required)
        for schedule in deployment.schedules:
            flow.validate_parameters({**deployment.parameters, **schedule.parameters})


def test_a_backfill_can_be_filled_in_from_the_page(config: Path, tmp_path: Path) -> None:
    deployment = declared(load_settings(config), tmp_path)[1]
    flow = load_flow_from_entrypoint(deployment.entrypoint, use_placeholder_flow=False)
    filled_in = {"from_date": "2026-01-31", "to_date": "2026-03-14", "every": "month", "which": "all"}
    told = flow.validate_parameters({**deployment.parameters, **filled_in})
    assert (told["from_date"], told["to_date"]) == (date(2026, 1, 31), date(2026, 3, 14))
    assert flow.parameters.properties["every"]["enum"] == ["day", "week", "month"]
    with pytest.raises(ParameterTypeError):
        flow.validate_parameters({**deployment.parameters, **filled_in, "every": "fortnight"})


def test_an_erasure_takes_a_customer_id_and_never_an_address(config: Path, tmp_path: Path) -> None:
    deployment = declared(load_settings(config), tmp_path)[2]
    flow = load_flow_from_entrypoint(deployment.entrypoint, use_placeholder_flow=False)
    assert set(flow.parameters.properties) == {"config", "customer_id"}
    assert not deployment.schedules
    assert flow.validate_parameters({**deployment.parameters, "customer_id": "c0123456789abcdef0123"})
    for wrong in ("anna@example.com", "+8613800009999", "c0123456789ABCDEF0123"):
        with pytest.raises(ParameterTypeError):
            flow.validate_parameters({**deployment.parameters, "customer_id": wrong})
    # The server refuses such a run before it keeps the parameters.
    assert flow.parameters.properties["customer_id"]["pattern"] == "^c[0-9a-f]{20}$"
    assert deployment.enforce_parameter_schema


def test_everything_is_filled_in_from_the_shop_and_this_installation(
    config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    nightly, backfill, erase = declared(load_settings(Path(config.name)), tmp_path)
    assert nightly.full_name == "regulars-nightly/Tea - Co 茶"
    assert nightly.parameters == {"config": str(config), "as_of": None, "dry_run": False}
    assert [schedule.schedule.timezone for schedule in nightly.schedules] == ["Asia/Shanghai"]
    assert backfill.full_name == "regulars-backfill/Tea - Co 茶"
    assert erase.full_name == "regulars-erase/Tea - Co 茶"
    assert {deployment.work_queue_name for deployment in (nightly, backfill, erase)} == {"Tea - Co 茶"}
    assert shlex.split(nightly.job_variables["command"])[0] == sys.executable
    assert nightly.job_variables["working_dir"] == str(tmp_path)
    assert "{{" not in nightly.model_dump_json()


def test_a_night_without_settings_file_looks_for_one_where_it_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    nightly, *_ = declared(load_settings(None), tmp_path)
    assert nightly.parameters["config"] is None


def test_flags_come_before_the_file(config: Path, tmp_path: Path) -> None:
    nightly, *_ = declared(load_settings(config), tmp_path, work_pool="tea", cron="0 4 * * 1")
    assert nightly.work_pool_name == "tea"
    assert [schedule.schedule.cron for schedule in nightly.schedules] == ["0 4 * * 1"]


@pytest.mark.parametrize("cron", ["every night", "99 2 * * *"])
def test_a_wrong_cron_expression_is_told(cron: str, config: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is no cron expression"):
        declared(load_settings(config), tmp_path, cron=cron)


def test_no_secret_reaches_prefect(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("REGULARS_KEY", "a key for tests only")
    monkeypatch.setenv("REGULARS_PATHS__WAREHOUSE", "postgresql://owner:hidden-word@host/shop")
    kept = "".join(deployment.model_dump_json() for deployment in declared(load_settings(config), tmp_path))
    assert "hidden-word" not in kept
    assert "a key for tests only" not in kept
