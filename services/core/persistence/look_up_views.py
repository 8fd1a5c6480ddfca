"""How look-ups stand, for those who may see the unit; never whom they are about."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.errors import DomainError
from services.core.domain.lookup import LookUpState, Refusal, Result

_COLUMNS: Final = """
SELECT l.id, l.dossier_id, l.unit_id, u.path AS unit_path, l.state, l.result, l.refusal,
    l.reused_from IS NOT NULL AS reused, l.asked_at, l.settled_at
FROM look_ups l JOIN units u ON u.id = l.unit_id
"""

_BY_ID: Final = text(_COLUMNS + "WHERE l.id = :id AND starts_with(u.path || '.', :within)")
_BY_DOSSIER: Final = text(_COLUMNS + "WHERE l.dossier_id = :id AND l.state <> 'void'")

# Two requests at the same moment must not both be the last one allowed.
_ONE_AT_A_TIME: Final = text("SELECT pg_advisory_xact_lock(hashtext('look_ups by hand'), :unit_id)")

_REQUESTED: Final = text("""
SELECT count(*) AS by_unit, count(*) FILTER (WHERE officer = :officer) AS by_officer
FROM look_ups WHERE by_hand AND unit_id = :unit_id AND requested_at > now() - CAST(:window AS interval)
""")


class LookUpNotFound(DomainError):
    """There is none, or not within the caller's units: the two look the same on purpose."""

    code = "lookup-not-found"


@dataclass(frozen=True, slots=True)
class LookUpView:
    """Where a look-up stands; `result` is the last outcome, also while it waits for a better one."""

    id: UUID
    dossier_id: UUID | None
    unit_id: int
    unit_path: str
    state: LookUpState
    result: Result | None
    refusal: Refusal | None
    reused: bool
    asked_at: datetime | None
    settled_at: datetime | None

    @property
    def is_settled(self) -> bool:
        return self.state is LookUpState.SETTLED

    @property
    def is_match(self) -> bool:
        """Tell whether the applicant is verified."""
        return self.is_settled and self.result is Result.MATCH


class LookUpViewRepository:
    """Reads look-ups; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def get(self, look_up_id: UUID, *, within: str) -> LookUpView:
        """Read one of the units under `within`; raises `LookUpNotFound`."""
        row = (await self._session.execute(_BY_ID, {"id": look_up_id, "within": within})).first()
        if row is None:
            raise LookUpNotFound
        return _view(row)

    async def find_of_dossier(self, dossier_id: UUID) -> LookUpView | None:
        """Read the look-up of a dossier, if it needs one."""
        row = (await self._session.execute(_BY_DOSSIER, {"id": dossier_id})).first()
        return None if row is None else _view(row)

    async def count_requests(self, unit_id: int, *, officer: str, window: timedelta) -> tuple[int, int]:
        """Count what was asked by hand lately, by the officer and in the unit; others wait meanwhile."""
        await self._session.execute(_ONE_AT_A_TIME, {"unit_id": unit_id})
        row = (
            await self._session.execute(
                _REQUESTED, {"unit_id": unit_id, "officer": officer, "window": window}
            )
        ).one()
        return row.by_officer, row.by_unit


def _view(row: Row[Any]) -> LookUpView:
    return LookUpView(
        id=row.id,
        dossier_id=row.dossier_id,
        unit_id=row.unit_id,
        unit_path=row.unit_path,
        state=LookUpState(row.state),
        result=None if row.result is None else Result(row.result),
        refusal=None if row.refusal is None else Refusal(row.refusal),
        reused=row.reused,
        asked_at=row.asked_at,
        settled_at=row.settled_at,
    )
