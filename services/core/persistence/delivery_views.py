"""How far a dossier has got on its way to the portal, for people."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.false_late import FalseLateCause

_READ: Final = text("""
SELECT v.state, v.target_version, v.target_seq, v.on_portal, v.acked_version, v.acked_seq, v.portal_due_at,
    v.flagged_at, v.desk_flagged_at, v.ended_at, v.reported_at, v.accepted_at, v.false_late_cause,
    v.next_attempt_at, v.attempts, v.park_cause, v.park_group, v.parked_at, v.last_cause, v.last_attempt_at,
    now() AS read_at, d.due_at
FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id WHERE v.dossier_id = :dossier_id
""")

_ATTEMPTS: Final = text("""
SELECT started_at, finished_at, operation, outcome, version, first_seq, last_seq, detail
FROM delivery_attempts WHERE dossier_id = :dossier_id ORDER BY started_at DESC LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class DeliveryRecord:
    """A delivery row, with the due time of the dossier; `read_at` is the database's clock."""

    state: DeliveryState
    target_version: int
    target_seq: int
    on_portal: bool
    acked_version: int
    acked_seq: int
    portal_due_at: datetime | None
    flagged_at: datetime | None
    desk_flagged_at: datetime | None
    ended_at: datetime | None
    reported_at: datetime | None
    accepted_at: datetime | None
    false_late_cause: FalseLateCause | None
    next_attempt_at: datetime
    attempts: int
    park_cause: ParkCause | None
    park_group: str | None
    parked_at: datetime | None
    last_cause: str | None
    last_attempt_at: datetime | None
    due_at: datetime | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class AttemptRecord:
    """One call that carried the dossier."""

    started_at: datetime
    finished_at: datetime
    operation: str
    outcome: str
    version: int
    first_seq: int | None
    last_seq: int | None
    detail: str | None


class DeliveryViewRepository:
    """Reads delivery rows and their record; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, dossier_id: UUID) -> DeliveryRecord:
        """Read the delivery row of a dossier that exists."""
        row = (await self._session.execute(_READ, {"dossier_id": dossier_id})).one()
        values = dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names
        cause, parked = values["false_late_cause"], values["park_cause"]
        values["state"] = DeliveryState(values["state"])
        values["false_late_cause"] = None if cause is None else FalseLateCause(cause)
        values["park_cause"] = None if parked is None else ParkCause(parked)
        return DeliveryRecord(**values)

    async def attempts(self, dossier_id: UUID, *, limit: int) -> list[AttemptRecord]:
        """Give the latest calls, the newest first."""
        rows = await self._session.execute(_ATTEMPTS, {"dossier_id": dossier_id, "limit": limit})
        return [AttemptRecord(**row._mapping) for row in rows]  # noqa: SLF001 - as above
