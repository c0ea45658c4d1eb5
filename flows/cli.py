"""The command line. A scheduler may trust the exit code; a person gets one line that says what to do."""

import os
import shlex
import sys
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import typer
from polars.exceptions import PanicException

from flows.faults import InputError, RegularsError, without_content
from flows.io.lake import Lake
from flows.io.warehouse import open_warehouse
from flows.night import open_night
from flows.progress import log_to_terminal
from flows.settings import PREFIX, Settings, load_settings
from flows.summary import print_summary

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)

ConfigOption = Annotated[Path | None, typer.Option(help="Settings file; default regulars.toml here, if there is one.")]
ExportsOption = Annotated[Path | None, typer.Option(help="Folder with the shop's exports.")]
LakeOption = Annotated[Path | None, typer.Option(help="Folder for copies, stages and the key.")]
WarehouseOption = Annotated[str | None, typer.Option(help="DuckDB file or postgresql:// URL.")]
NightOption = Annotated[
    datetime | None, typer.Option(formats=["%Y-%m-%d"], help="The night; default yesterday in the shop.")
]


def main() -> None:
    """Run a command; a failure is one line and its exit code."""
    try:
        app()
    except RegularsError as error:
        print(f"regulars: {error}", file=sys.stderr)  # noqa: T201
        sys.exit(error.exit_code)
    except (Exception, PanicException) as error:  # exit code 1 would tell a scheduler that a check failed
        fault = without_content("regulars", error)
        print(f"regulars: {fault}", file=sys.stderr)  # noqa: T201
        sys.exit(fault.exit_code)


@app.command()
def run(
    config: ConfigOption = None,
    exports: ExportsOption = None,
    lake: LakeOption = None,
    warehouse: WarehouseOption = None,
    as_of: NightOption = None,
    dry_run: Annotated[bool, typer.Option(help="Compute and check, publish nothing.")] = False,
) -> None:
    """Run one night: read the exports, score the customers, decide contacts, publish, report."""
    settings = settle(config, exports, lake, warehouse)
    log_to_terminal(settings.running.log_format)
    quiet_prefect()
    from flows.nightly import nightly  # noqa: PLC0415 - Prefect takes two seconds to import

    night = as_of.date() if as_of else open_night(settings, None, datetime.now(UTC)).as_of
    nightly(config=config, as_of=night, dry_run=dry_run)
    if not dry_run:
        print_summary(settings, night)


class DemoWorld(StrEnum):
    """How far the exports of a demo shop are from what happened in it."""

    STANDARD = "standard"
    HARD = "hard"


@app.command()
def backfill(
    from_date: Annotated[datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First night.")],
    to_date: Annotated[datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last night.")],
    every: Annotated[Literal["day", "week", "month"], typer.Option(help="Step between nights.")] = "day",
    which: Annotated[
        Literal["missing", "failed", "all"],
        typer.Option(help="Never published, latest attempt not published, or all."),
    ] = "missing",
    config: ConfigOption = None,
    exports: ExportsOption = None,
    lake: LakeOption = None,
    warehouse: WarehouseOption = None,
    dry_run: Annotated[bool, typer.Option(help="Compute and check, publish nothing.")] = False,
) -> None:
    """Compute past nights anew, oldest first, with what is known today; nobody is listed to contact."""
    settings = settle(config, exports, lake, warehouse)
    log_to_terminal(settings.running.log_format)
    quiet_prefect()
    from flows.backfill import backfill as backfill_flow  # noqa: PLC0415 - Prefect takes two seconds to import

    backfill_flow(from_date.date(), to_date.date(), every=every, which=which, dry_run=dry_run, config=config)


@app.command()
def check(
    paths: Annotated[list[Path], typer.Argument(help="Export files, or folders of them.")],
    config: ConfigOption = None,
    rejects: Annotated[
        Path | None, typer.Option(help='Folder for rows to repair; default "rejected" beside their file.')
    ] = None,
    suggest_map: Annotated[
        bool, typer.Option("--suggest-map", help="Propose a column map for files of an unknown layout instead.")
    ] = False,
) -> None:
    """Read and check exports as a night would; publish nothing and keep nothing but the rows to repair."""
    settings = load_settings(config)
    if suggest_map:
        from flows.suggest import print_suggested, suggest_maps  # noqa: PLC0415 - no other command needs it

        for path in paths:
            for suggested in suggest_maps(settings, path):
                print_suggested(suggested)
        return
    from flows.account import print_account  # noqa: PLC0415 - Great Expectations takes seconds to import
    from flows.check import check as check_exports  # noqa: PLC0415 - as above

    checked = check_exports(settings, paths, rejects)
    print_account(checked)
    if checked.failure:
        raise checked.failure


@app.command()
def report(
    as_of: NightOption = None,
    config: ConfigOption = None,
    warehouse: WarehouseOption = None,
    open_page: Annotated[bool, typer.Option("--open", help="Show it in the browser.")] = False,
) -> None:
    """Write the report of a published night, by default the latest."""
    settings = settle(config, None, None, warehouse)
    from flows.report.checks import write_check_report  # noqa: PLC0415 - as below
    from flows.report.page import write_report  # noqa: PLC0415 - the charting library takes a second to import

    base = open_warehouse(settings.paths.warehouse)
    night = as_of.date() if as_of else base.latest_published()
    if night is None:
        raise InputError(f"{base.name}: no night is published yet; run `regulars run` first")
    write_check_report(base, night, settings.shop, settings.paths.report)
    page = write_report(base, night, settings.shop, settings.paths.report)
    typer.echo(page)
    if open_page:
        typer.launch(str(page))


@app.command()
def erase(
    customer: Annotated[str | None, typer.Option(help="Customer id, as in mart.customer.")] = None,
    email: Annotated[str | None, typer.Option(help="E-mail address of the person.")] = None,
    phone: Annotated[str | None, typer.Option(help="Phone number of the person.")] = None,
    config: ConfigOption = None,
    lake: LakeOption = None,
    warehouse: WarehouseOption = None,
) -> None:
    """Remove a person from lake, warehouse and records for good; no later export brings them back."""
    settings = settle(config, None, lake, warehouse)
    log_to_terminal(settings.running.log_format)
    quiet_prefect()
    from flows.erase import erase as erase_flow  # noqa: PLC0415 - Prefect takes two seconds to import
    from flows.erasing.receipt import print_receipt  # noqa: PLC0415 - as above
    from flows.erasing.who import customers_meant  # noqa: PLC0415 - as above

    for customer_id in customers_meant(settings, customer, email, phone):
        erase_flow(customer_id=customer_id, config=config)
        print_receipt(Lake(settings.paths.lake), customer_id)


@app.command()
def demo_shop(
    directory: Annotated[Path, typer.Argument(help="Folder for the exports; the truth goes beside it.")],
    customers: Annotated[int, typer.Option(min=1, help="Customers of the shop.")] = 2000,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; default yesterday.")] = None,
    seed: Annotated[int, typer.Option(min=0, help="The same seed gives the same bytes.")] = 1,
    plain: Annotated[bool, typer.Option("--plain", help="The textbook alone, in generic files.")] = False,
    world: Annotated[DemoWorld, typer.Option(help="hard doubles the noise.")] = DemoWorld.STANDARD,
    config: ConfigOption = None,
) -> None:
    """Write the exports of a simulated shop, whose truth is known, into a folder."""
    from flows.demo_shop import write_demo_shop  # noqa: PLC0415 - no other command needs it
    from flows.demo_world import SHOP, Wanted, write_demo_world  # noqa: PLC0415

    if plain and world is not DemoWorld.STANDARD:
        raise InputError("--plain knows no noise; leave out --world or --plain")
    settings = load_settings(config)
    last = until.date() if until else open_night(settings, None, datetime.now(UTC)).as_of
    try:
        if plain:
            shop = write_demo_shop(directory, customers, last, seed, settings.shop.currency)
        else:
            shop = write_demo_world(directory, Wanted(customers, last, seed, world.value))
    except ValueError as error:
        raise InputError(str(error)) from None
    typer.echo(f"{shop.orders:,} orders of {shop.buyers:,} customers up to {shop.until} in {directory}")
    if not plain and settings.shop.currency != SHOP.currency:
        typer.echo(f"Its stores sell in China: set {PREFIX}SHOP__CURRENCY={SHOP.currency} and ", nl=False)
        typer.echo(f"{PREFIX}SHOP__TIMEZONE={SHOP.timezone} for its nights")


@app.command()
def deploy(
    config: ConfigOption = None,
    work_pool: Annotated[str | None, typer.Option(help="Pool of type process; made if there is none.")] = None,
    cron: Annotated[str | None, typer.Option(help='When, as "15 2 * * *", in the shop\'s time zone.')] = None,
) -> None:
    """Register nights and backfills with the Prefect server of PREFECT_API_URL; they run in this folder."""
    quiet_prefect()
    from flows.deploy import declared, register  # noqa: PLC0415 - Prefect takes two seconds to import

    deployments = declared(load_settings(config), Path.cwd(), work_pool, cron)
    register(deployments)
    for deployment in deployments:
        typer.echo(f"{deployment.full_name} is registered")
    pool = shlex.quote(str(deployments[0].work_pool_name))
    typer.echo(f"Their worker: prefect worker start --pool {pool} --type process")


@app.command()
def migrate(config: ConfigOption = None, warehouse: WarehouseOption = None) -> None:
    """Bring the warehouse to this release's tables; the night does it too."""
    open_warehouse(settle(config, None, None, warehouse).paths.warehouse).migrate()


def settle(config: Path | None, exports: Path | None, lake: Path | None, warehouse: str | None) -> Settings:
    """Settings with the flags in force, which go through the environment.

    So they reach the flow without becoming Prefect parameters, which are stored in clear: a warehouse URL can hold a
    password.
    """
    for name, value in (("EXPORTS", exports), ("LAKE", lake), ("WAREHOUSE", warehouse)):
        if value is not None:
            os.environ[f"REGULARS_PATHS__{name}"] = str(value)
    return load_settings(config)


def quiet_prefect() -> None:
    """One line a stage is enough in a terminal; the Prefect server has its own log."""
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_SERVER_LOGGING_LEVEL", "CRITICAL")
    # Its workers warn by loggers of their own at the very end, after the line that says what to do.
    os.environ.setdefault("PREFECT_LOGGING_ROOT_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    # Its own 20 seconds are too few on a machine that has other work to do.
    os.environ.setdefault("PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS", "180")
    os.environ.setdefault("PREFECT_CLI_COLORS", "false")
