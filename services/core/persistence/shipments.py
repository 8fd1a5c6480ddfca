"""Everything the portal has to be told of claimed dossiers, read in two queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.dossier import EntryKind, ProgressEntry, Status
from services.core.domain.filing import (
    Applicant,
    ApplicantKind,
    Channel,
    Component,
    DossierBody,
    Fee,
    FeeKind,
    FeeStage,
    Origin,
    PaymentMethod,
    Result,
    ResultDelivery,
    Reuse,
)

_BODIES: Final = text("""
SELECT d.id, d.code, d.version, d.procedure_code, p.name AS procedure_name, p.field_code, p.field_name,
    u.code AS unit_code, u.name AS unit_name, d.status, d.channel, d.origin, d.result_delivery, d.applicant,
    d.summary, d.submitted_at, d.received_at, d.due_at, d.ended_at, d.returned_at, d.components, d.fees,
    d.results, d.note
FROM dossiers d JOIN procedures p ON p.code = d.procedure_code JOIN units u ON u.id = d.unit_id
WHERE d.id = ANY(CAST(:ids AS uuid[]))
""")

_ENTRIES: Final = text("""
SELECT dossier_id, seq, kind, status, occurred_at, officer, department, text FROM progress_entries
WHERE dossier_id = ANY(CAST(:ids AS uuid[])) ORDER BY dossier_id, seq
""")


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored dossier that today's code cannot read; `reason` names the kind of fault and no value."""

    reason: str


async def load_bodies(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, DossierBody | Unreadable]:
    """Read the present bodies of dossiers. One that cannot be read does not keep the others back."""
    rows = await session.execute(_BODIES, {"ids": list(ids)})
    return {row.id: _readable(row) for row in rows}


async def load_entries(
    session: AsyncSession, ids: Sequence[UUID]
) -> dict[UUID, tuple[ProgressEntry, ...] | Unreadable]:
    """Read whole histories, each in order. One that cannot be read does not keep the others back."""
    rows = await session.execute(_ENTRIES, {"ids": list(ids)})
    histories: dict[UUID, list[Row[Any]]] = {dossier_id: [] for dossier_id in ids}
    for row in rows:
        histories[row.dossier_id].append(row)
    return {dossier_id: _history(lines) for dossier_id, lines in histories.items()}


def _history(rows: Sequence[Row[Any]]) -> tuple[ProgressEntry, ...] | Unreadable:
    """Read one history; the cursor counts its lines, so there must be some, and no gap."""
    if not rows or rows[-1].seq != len(rows):
        return Unreadable("history with a gap")
    try:
        return tuple(_entry(row) for row in rows)
    except ValueError as exc:
        return Unreadable(type(exc).__name__)


def _entry(row: Row[Any]) -> ProgressEntry:
    return ProgressEntry(
        seq=row.seq,
        status=Status(row.status),
        occurred_at=row.occurred_at,
        officer=row.officer,
        department=row.department,
        text=row.text,
        kind=EntryKind(row.kind),
    )


def _readable(row: Row[Any]) -> DossierBody | Unreadable:
    try:
        return _body(row)
    except (TypeError, ValueError, KeyError, AttributeError) as exc:
        return Unreadable(type(exc).__name__)


def _body(row: Row[Any]) -> DossierBody:
    return DossierBody(
        code=row.code,
        version=row.version,
        procedure_code=row.procedure_code,
        procedure_name=row.procedure_name,
        field_code=row.field_code,
        field_name=row.field_name,
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        status=Status(row.status),
        channel=Channel(row.channel),
        origin=Origin(row.origin),
        result_delivery=ResultDelivery(row.result_delivery),
        applicant=applicant_from(row.applicant),
        summary=row.summary,
        submitted_at=row.submitted_at,
        received_at=row.received_at,
        due_at=row.due_at,
        ended_at=row.ended_at,
        returned_at=row.returned_at,
        components=tuple(_component(item) for item in row.components),
        fees=tuple(_fee(item) for item in row.fees),
        results=tuple(_result(item) for item in row.results),
        note=row.note,
    )


def applicant_from(stored: Mapping[str, Any]) -> Applicant:
    """Read the stored form of an applicant: the fields of `Applicant` by name, the kind as its number."""
    return Applicant(**{**stored, "kind": ApplicantKind(stored["kind"])})


def _component(stored: Mapping[str, Any]) -> Component:
    reuse = Reuse(stored.get("reuse", Reuse.NONE))
    return Component(**{**stored, "reuse": reuse, "valid_until": _day(stored)})


def _result(stored: Mapping[str, Any]) -> Result:
    return Result(**{**stored, "valid_until": _day(stored)})


def _day(stored: Mapping[str, Any]) -> date | None:
    text: str | None = stored.get("valid_until")
    return None if text is None else date.fromisoformat(text)


def _fee(stored: Mapping[str, Any]) -> Fee:
    paid_by, paid_at = stored.get("paid_by"), stored.get("paid_at")
    return Fee(
        **{
            **stored,
            "stage": FeeStage(stored.get("stage", FeeStage.AT_RECEPTION)),
            "kind": FeeKind(stored.get("kind", FeeKind.ORDINARY)),
            "paid_by": None if paid_by is None else PaymentMethod(paid_by),
            "paid_at": None if paid_at is None else datetime.fromisoformat(paid_at),
        }
    )
