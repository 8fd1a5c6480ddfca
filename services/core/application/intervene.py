"""Carry out what a person decided about parked dossiers."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.record import record
from services.core.domain import audit
from services.core.domain.audit import Act, Actor
from services.core.domain.intervention import MOST_A_CALL, Action, Decision, NotParked, spacing
from services.core.persistence.dossiers import DossierRepository
from services.core.persistence.interventions import InterventionRepository
from services.core.persistence.parked import ParkedFilter, ParkedRepository

_ACTS: Final = {Action.REPLAY: audit.Action.PARKED_REPLAY, Action.CLOSE: audit.Action.PARKED_CLOSE}


@dataclass(frozen=True, slots=True)
class Intervention:
    """How many dossiers it concerned, and how many that are meant are left for another call.

    `last_due_at` is when the last dossier of a replay is sent on.
    """

    id: UUID | None
    dossiers: int
    left: int
    last_due_at: datetime | None


async def intervene(
    session: AsyncSession,
    *,
    decision: Decision,
    wanted: ParkedFilter,
    per_minute: int,
    actor: Actor,
    limit: int = MOST_A_CALL,
) -> Intervention:
    """Replay or close what is meant, the most urgent first, at most `limit` dossiers.

    It goes on record as the actor's. Replayed ones are due at once if it is one, else `per_minute`, behind
    earlier replays. They start over, however often they were tried. Where a dossier is named that waits for
    nobody, raises `DossierNotFound` or `NotParked`.
    """
    done = await InterventionRepository(session).carry_out(
        decision, wanted, limit=limit, spacing=spacing(per_minute)
    )
    if not done.dossiers and wanted.dossier is not None:
        await DossierRepository(session, within=wanted.unit_path).get_id(wanted.dossier)
        raise NotParked
    objects = () if done.id is None else (str(done.id),)
    await record(session, actor=actor, act=Act(_ACTS[decision.action], objects, purpose=decision.reason))
    left = await ParkedRepository(session).count(wanted)
    return Intervention(done.id, done.dossiers, left.dossiers, done.last_due_at)
