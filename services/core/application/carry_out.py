"""Carry a decision out to its end, however many dossiers it concerns."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.core.application.intervene import intervene
from services.core.domain.audit import Actor
from services.core.domain.intervention import Decision
from services.core.persistence.engine import Sessions
from services.core.persistence.parked import ParkedFilter


@dataclass(frozen=True, slots=True)
class CarriedOut:
    """What all calls together came to; `records` are theirs, in order."""

    dossiers: int
    last_due_at: datetime | None
    records: Sequence[UUID]


async def carry_out(
    sessions: Sessions,
    *,
    decision: Decision,
    wanted: ParkedFilter,
    per_minute: int,
    actor: Actor,
    progress: Callable[[int, int], None] | None = None,
) -> CarriedOut:
    """Decide in calls of their own transactions, until nothing is left or nothing can be had.

    `progress` is told what is done and of how much, as long as something is left. Raises `DossierNotFound`
    and `NotParked` for a single dossier that waits for nobody.
    """
    total, last_due_at, records = 0, None, list[UUID]()
    while True:
        async with sessions.begin() as session:
            done = await intervene(
                session, decision=decision, wanted=wanted, per_minute=per_minute, actor=actor
            )
        total, last_due_at = total + done.dossiers, done.last_due_at or last_due_at
        records += [] if done.id is None else [done.id]
        if not done.left or not done.dossiers:
            return CarriedOut(total, last_due_at, records)
        if progress is not None:
            progress(total, total + done.left)
