"""Permission for one round of delivery."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.core.domain.delivery import Operation
from services.core.domain.pace.gate import Gate, may_call, needs_probe

#: What a round may ask of the portal; sessions are renewed beside it.
CALLS: Final = frozenset(Operation) - {Operation.LOGIN}
PUSHES: Final = (Operation.CREATE, Operation.UPDATE, Operation.PROGRESS)

GatesByOperation = Mapping[Operation, Gate]


@dataclass(frozen=True, slots=True)
class Leave:
    """What a round may do.

    `first` are the operations with which the work on a claimed dossier may begin, `calls` those that the
    round may make at all. A probe is one dossier and one call. `asks` on the lane reserved for look-ups.
    """

    first: frozenset[Operation] = CALLS
    calls: frozenset[Operation] = CALLS
    retries: bool = True
    is_probe: bool = False
    asks: bool = False

    @property
    def counts(self) -> bool:
        """Tell whether the round is one of those that the limit counts: questions and probes go beside it."""
        return not (self.asks or self.is_probe)


UNLIMITED: Final = Leave()


def allowed(gates: GatesByOperation, now: datetime) -> frozenset[Operation]:
    """Name the operations that ordinary rounds may call; none while logins have to wait."""
    if not may_call(gates[Operation.LOGIN], now):
        return frozenset()
    return frozenset(operation for operation in CALLS if may_call(gates[operation], now))


def due_probes(gates: GatesByOperation, now: datetime) -> frozenset[Operation]:
    """Name the operations of which somebody should make one call. All are taken as one probe."""
    return frozenset(operation for operation, gate in gates.items() if needs_probe(gate, now))


def probe_of(due: frozenset[Operation]) -> Leave:
    """Give leave for a probe: whatever dossier is found makes the call for all."""
    return Leave(due, due, is_probe=True)
