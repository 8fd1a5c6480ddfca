"""Who did what about parked dossiers, for operations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState
from services.core.domain.intervention import Action
from services.core.persistence.struck_words import struck, struck_numbers

# A reason may name a citizen. Of a single dossier it is known whom; of many, numbers at least are struck.
_COLUMNS: Final = f"""
SELECT i.id, i.done_at, i.done_by, i.action, i.dossiers, i.spread_until, i.wanted,
    CASE WHEN i.dossiers = 1 THEN (
        SELECT {struck("i.reason")} FROM intervention_dossiers l JOIN dossiers d ON d.id = l.dossier_id
        WHERE l.intervention_id = i.id
    ) ELSE {struck_numbers("i.reason")} END AS reason
FROM interventions i
"""  # noqa: S608 - joins constants

_PAGE: Final = text(f"""{_COLUMNS}
WHERE CAST(:before AS uuid) IS NULL OR i.id < :before ORDER BY i.id DESC LIMIT :limit
""")

_ONE: Final = text(f"{_COLUMNS} WHERE i.id = :id")

_DOSSIERS: Final = text("""
SELECT d.code, l.park_group, v.state
FROM intervention_dossiers l JOIN dossiers d ON d.id = l.dossier_id JOIN deliveries v ON v.dossier_id = d.id
WHERE l.intervention_id = :id ORDER BY d.code LIMIT :limit
""")


class InterventionNotFound(Exception):
    """No decision is on record under this number."""


@dataclass(frozen=True, slots=True)
class InterventionEntry:
    """One decision. `wanted` is what was asked for, `spread_until` when the last of many is sent on."""

    id: UUID
    done_at: datetime
    done_by: str
    action: Action
    dossiers: int
    spread_until: datetime | None
    wanted: Mapping[str, str]
    reason: str | None


@dataclass(frozen=True, slots=True)
class ConcernedDossier:
    """A dossier that a decision concerned, with what it was parked for and how it stands now."""

    code: str
    park_group: str | None
    state: DeliveryState


class InterventionViewRepository:
    """Reads the record; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, *, before: UUID | None, limit: int) -> list[InterventionEntry]:
        """Give up to `limit` decisions older than `before`, the newest first."""
        rows = await self._session.execute(_PAGE, {"before": before, "limit": limit})
        return [_entry(row) for row in rows]

    async def get(self, intervention_id: UUID) -> InterventionEntry:
        """Read one decision; raises `InterventionNotFound`."""
        row = (await self._session.execute(_ONE, {"id": intervention_id})).first()
        if row is None:
            raise InterventionNotFound
        return _entry(row)

    async def dossiers(self, intervention_id: UUID, *, limit: int) -> Sequence[ConcernedDossier]:
        """Give up to `limit` of the dossiers that it concerned."""
        rows = await self._session.execute(_DOSSIERS, {"id": intervention_id, "limit": limit})
        return [ConcernedDossier(row.code, row.park_group, DeliveryState(row.state)) for row in rows]


def _entry(row: Row[Any]) -> InterventionEntry:
    return InterventionEntry(**{**row._mapping, "action": Action(row.action)})  # noqa: SLF001 - the documented way to a row's names
