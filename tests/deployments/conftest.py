"""The Prefect server and the command line of the tests of whole nights."""

from tests.flows.conftest import prefect_api, regulars  # noqa: F401
