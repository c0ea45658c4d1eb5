"""The gate: what must hold of the staged tables before a night may be published."""

from checks.gate.check import GateFault
from checks.gate.run import run_gate

__all__ = ["GateFault", "run_gate"]
