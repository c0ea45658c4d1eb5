"""The gate: what must hold of the staged tables before a night may be published."""

from checks.gate.account import account_results
from checks.gate.check import GateFault
from checks.gate.history import volume_results
from checks.gate.run import run_gate
from checks.gate.stores import store_results

__all__ = ["GateFault", "account_results", "run_gate", "store_results", "volume_results"]
