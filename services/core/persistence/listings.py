"""Lists of dossiers, newest first, by the order of their ids."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Row, and_, exists, func, not_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import InstrumentedAttribute

from services.core.domain.delivery import DeliveryState
from services.core.domain.dossier import Status
from services.core.domain.lookup import LookUpState
from services.core.domain.policy import root_of
from services.core.domain.verdict import Verdict
from services.core.persistence.dossiers import Edition
from services.core.persistence.models import Delivery, Dossier, LookUp, Procedure, Unit

_LATE_ON_PORTAL: Final = func.coalesce(Delivery.flagged_at <= func.now(), False)
_LATE_AT_DESK: Final = func.coalesce(Delivery.desk_flagged_at <= func.now(), False)

_LISTED: Final = (
    select(
        Dossier.id,
        Dossier.code,
        Dossier.version,
        Dossier.last_seq,
        Unit.code.label("unit_code"),
        Dossier.procedure_code,
        Procedure.name.label("procedure_name"),
        Dossier.status,
        Dossier.summary,
        Dossier.applicant["name"].astext.label("applicant_name"),
        Dossier.applicant["identity_number"].astext.label("identity_number"),
        Dossier.submitted_at,
        Dossier.received_at,
        Dossier.due_at,
        Dossier.ended_at,
        Delivery.state.label("delivery_state"),
        _LATE_AT_DESK.label("late_at_desk"),
        _LATE_ON_PORTAL.label("late_on_portal"),
    )
    .join(Unit, Unit.id == Dossier.unit_id)
    .join(Procedure, Procedure.code == Dossier.procedure_code)
    .join(Delivery, Delivery.dossier_id == Dossier.id)
    .order_by(Dossier.id.desc())
)


class LookUpStanding(StrEnum):
    """What a list can be narrowed to: outcomes, and look-ups that have none yet."""

    PENDING = "pending"
    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class DossierFilter:
    """What a list is narrowed to; ranges include their beginning and not their end."""

    unit_path: str
    status: Status | None = None
    procedure_code: str | None = None
    received_from: datetime | None = None
    received_to: datetime | None = None
    due_from: datetime | None = None
    due_to: datetime | None = None
    delivery: DeliveryState | None = None
    verdict: Verdict | None = None
    false_late: bool | None = None
    lookup: LookUpStanding | None = None


@dataclass(frozen=True, slots=True)
class ListedDossier:
    """A line of a list."""

    id: UUID
    code: str
    edition: Edition
    unit_code: str
    procedure_code: str
    procedure_name: str
    status: Status
    summary: str
    applicant_name: str
    identity_number: str | None
    submitted_at: datetime
    received_at: datetime | None
    due_at: datetime | None
    ended_at: datetime | None
    delivery_state: DeliveryState
    late_at_desk: bool
    late_on_portal: bool


class DossierListing:
    """Reads lists; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(self, wanted: DossierFilter, *, after: UUID | None, limit: int) -> list[ListedDossier]:
        """Give up to `limit` dossiers older than `after`. Dossiers taken in meanwhile move nothing."""
        query = _LISTED.where(*_conditions(wanted)).limit(limit)
        if after is not None:
            query = query.where(Dossier.id < after)
        return [_listed(row) for row in await self._session.execute(query)]


def _conditions(wanted: DossierFilter) -> Iterator[ColumnElement[bool]]:
    root = root_of(wanted.unit_path)
    # Two forms, because the statistics of the column serve the one that pages of whole provinces take.
    alone = root != wanted.unit_path
    yield Unit.path == root if alone else Unit.path.startswith(root, autoescape=True)
    if wanted.status is not None:
        yield Dossier.status == int(wanted.status)
    if wanted.procedure_code is not None:
        yield Dossier.procedure_code == wanted.procedure_code
    if wanted.delivery is not None:
        yield Delivery.state == wanted.delivery.value
    if wanted.verdict is not None:
        yield _LATE_ON_PORTAL.is_(wanted.verdict is Verdict.LATE)
    if wanted.false_late is not None:
        yield and_(_LATE_ON_PORTAL, not_(_LATE_AT_DESK)).is_(wanted.false_late)
    if wanted.lookup is not None:
        yield exists().where(LookUp.dossier_id == Dossier.id, _stands(wanted.lookup))
    yield from _within(Dossier.received_at, wanted.received_from, wanted.received_to)
    yield from _within(Dossier.due_at, wanted.due_from, wanted.due_to)


def _stands(standing: LookUpStanding) -> ColumnElement[bool]:
    if standing is LookUpStanding.PENDING:
        return LookUp.state.in_((LookUpState.PENDING.value, LookUpState.LEASED.value))
    return and_(LookUp.state == LookUpState.SETTLED.value, LookUp.result == standing.value)


def _within(
    column: InstrumentedAttribute[datetime | None], start: datetime | None, end: datetime | None
) -> Iterator[ColumnElement[bool]]:
    if start is not None:
        yield column >= start
    if end is not None:
        yield column < end


def _listed(row: Row[Any]) -> ListedDossier:
    return ListedDossier(
        id=row.id,
        code=row.code,
        edition=Edition(row.version, row.last_seq),
        unit_code=row.unit_code,
        procedure_code=row.procedure_code,
        procedure_name=row.procedure_name,
        status=Status(row.status),
        summary=row.summary,
        applicant_name=row.applicant_name,
        identity_number=row.identity_number,
        submitted_at=row.submitted_at,
        received_at=row.received_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        delivery_state=DeliveryState(row.delivery_state),
        late_at_desk=row.late_at_desk,
        late_on_portal=row.late_on_portal,
    )
