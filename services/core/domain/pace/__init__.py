"""How much is asked of the portal, and when nothing is. Small state machines; time is passed in.

- `gate`: the circuit breaker of one portal operation, shared by all workers.
- `window`: what one process has seen lately, and whether that trips the gate.
- `limit`: how many calls one process has under way.
- `budget`: how much of them may be retries.
"""

from services.core.domain.pace.budget import RetryBudget
from services.core.domain.pace.gate import (
    Gate,
    GatePolicy,
    answered,
    held,
    may_call,
    needs_probe,
    probed,
    tripped,
)
from services.core.domain.pace.limit import ConcurrencyLimit
from services.core.domain.pace.window import CallWindow

__all__ = [
    "CallWindow",
    "ConcurrencyLimit",
    "Gate",
    "GatePolicy",
    "RetryBudget",
    "answered",
    "held",
    "may_call",
    "needs_probe",
    "probed",
    "tripped",
]
