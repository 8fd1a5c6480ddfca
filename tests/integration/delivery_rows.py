"""Rows of `deliveries` in all the shapes that the life of a dossier gives them."""

import random
from dataclasses import dataclass, replace

from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.false_late import FalseLateCause

UNSYNCED_STATES = [state.value for state in DeliveryState if state is not DeliveryState.SYNCED]

#: Groups that begin with a fault, each with another owner; `None` is what an older version has parked.
FAULTS = ["unknown_procedure:1.001193", "missing_value:NgayHenTra", "unreadable"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryRow:
    """The columns of `deliveries` that metrics are made of; times are minutes from now."""

    unit_id: int
    state: str
    park_cause: str | None = None
    park_group: str | None = None
    flagged: float | None = None
    desk_flagged: float | None = None
    ended: float | None = None
    reported: float | None = None
    accepted: float | None = None
    false_late_cause: str | None = None
    due_since: float = -1.0


def running(rng: random.Random, unit_id: int) -> DeliveryRow:
    """A dossier that the desk still works on; the portal may count it as late, and rightly so."""
    flagged = rng.choice([None, before(rng), ahead(rng)])
    state = rng.choice([DeliveryState.SYNCED.value, *UNSYNCED_STATES])
    return row(rng, unit_id, state, flagged=flagged, desk_flagged=flagged)


def waiting(rng: random.Random, unit_id: int) -> DeliveryRow:
    """A dossier that the desk has ended, which the portal does not know yet."""
    reported = before(rng)
    late = rng.random() < 0.3
    return row(
        rng,
        unit_id,
        rng.choice(UNSYNCED_STATES),
        flagged=rng.choice([None, before(rng), before(rng), ahead(rng)]),
        desk_flagged=before(rng) if late else None,
        ended=reported - rng.uniform(0, 5),
        reported=reported,
    )


def accepted(rng: random.Random, unit_id: int) -> DeliveryRow:
    """A dossier whose ending the portal has acknowledged; a later entry may be on its way."""
    reported = before(rng)
    accepted_at = reported + rng.choice([rng.uniform(0, 0.2), rng.uniform(0, -reported)])
    kind = rng.choice(["on_time", "on_time", "desk_late", "false_late"])
    return row(
        rng,
        unit_id,
        rng.choice([DeliveryState.SYNCED.value] * 3 + UNSYNCED_STATES),
        flagged=reported - 10 if kind == "desk_late" else None,
        desk_flagged=reported - 10 if kind == "desk_late" else None,
        ended=reported - rng.uniform(0, 5),
        reported=reported,
        accepted=accepted_at,
        false_late_cause=rng.choice(list(FalseLateCause)).value if kind == "false_late" else None,
    )


def row(rng: random.Random, unit_id: int, state: str, **columns: float | str | None) -> DeliveryRow:
    """Fill in the rest; a row that is no longer parked may still show why it was."""
    once_parked = state in {DeliveryState.PARKED, DeliveryState.CLOSED} or rng.random() < 0.1
    park_cause = rng.choice(list(ParkCause)).value if once_parked else None
    groups = [None, park_cause, f"{park_cause}: lời của Cổng", *FAULTS] if once_parked else [None]
    plain = DeliveryRow(
        unit_id=unit_id,
        state=state,
        park_cause=park_cause,
        park_group=rng.choice(groups),
        due_since=before(rng),
    )
    return replace(plain, **columns)  # type: ignore[arg-type]  # the names are those of the dataclass


def before(rng: random.Random) -> float:
    return -rng.uniform(2, 3_000)


def ahead(rng: random.Random) -> float:
    """Some minutes inside or outside of a window of 1, 4 or 24 hours, which moves on while a test runs."""
    edge = rng.choice([60, 240, 1_440])
    return edge + rng.choice([-1, 1]) * rng.uniform(5, 50)
