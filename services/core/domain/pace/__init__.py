"""How much is asked of the portal, and when nothing is. Small state machines; time is passed in.

- `gate`: the circuit breaker of one portal operation, shared by all workers.
- `leave`, `news`: what a worker may do by the gates, and what its calls mean for them.
- `own`: what one process watches for itself, made up of:
- `window`: what it has seen lately, and whether that trips a gate.
- `limit`: how many calls it has under way, and how full; `call_time`: how long they take.
- `budget`: how much of them may be retries.
"""

from services.core.domain.pace.budget import RetryBudget
from services.core.domain.pace.call_time import CallTime
from services.core.domain.pace.gate import (
    Gate,
    GatePolicy,
    answered,
    held,
    is_urgent,
    may_call,
    needs_probe,
    probed,
    tripped,
)
from services.core.domain.pace.leave import (
    CALLS,
    PUSHES,
    UNLIMITED,
    GatesByOperation,
    Leave,
    allowed,
    due_probes,
    probe_of,
)
from services.core.domain.pace.limit import ConcurrencyLimit
from services.core.domain.pace.news import News, heed, put_back
from services.core.domain.pace.own import OwnPace, concerns_gates
from services.core.domain.pace.window import CallWindow

__all__ = [
    "CALLS",
    "PUSHES",
    "UNLIMITED",
    "CallTime",
    "CallWindow",
    "ConcurrencyLimit",
    "Gate",
    "GatePolicy",
    "GatesByOperation",
    "Leave",
    "News",
    "OwnPace",
    "RetryBudget",
    "allowed",
    "answered",
    "concerns_gates",
    "due_probes",
    "heed",
    "held",
    "is_urgent",
    "may_call",
    "needs_probe",
    "probe_of",
    "probed",
    "put_back",
    "tripped",
]
