"""Everything the portal has to be told of claimed dossiers, read in two queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, Final, TypeVar
from uuid import UUID

from sqlalchemy import text
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

# What is kept as JSON comes in one piece: to decode four small ones takes three times as long.
_BODIES: Final = text("""
SELECT d.id, d.code, d.version, d.procedure_code, p.name, p.field_code, p.field_name, u.code, u.name,
    d.status, d.channel, d.origin, d.result_delivery, d.summary, d.submitted_at, d.received_at, d.due_at,
    d.ended_at, d.returned_at, d.note, jsonb_build_array(d.applicant, d.components, d.fees, d.results)
FROM dossiers d JOIN procedures p ON p.code = d.procedure_code JOIN units u ON u.id = d.unit_id
WHERE d.id = ANY(CAST(:ids AS uuid[]))
""")

# The fields of `ProgressEntry`.
_ENTRIES: Final = text("""
SELECT dossier_id, seq, status, occurred_at, officer, department, text, kind FROM progress_entries
WHERE dossier_id = ANY(CAST(:ids AS uuid[])) ORDER BY dossier_id, seq
""")

E = TypeVar("E", bound=Enum)


def _by_value(members: type[E]) -> dict[Any, E]:
    """Give the members of an enumeration; to look one up takes a tenth of the time of a call."""
    return {member.value: member for member in members}


_STATUSES: Final = _by_value(Status)
_KINDS: Final = _by_value(EntryKind)
_CHANNELS: Final = _by_value(Channel)
_ORIGINS: Final = _by_value(Origin)
_RESULT_DELIVERIES: Final = _by_value(ResultDelivery)
_APPLICANT_KINDS: Final = _by_value(ApplicantKind)
_REUSES: Final = _by_value(Reuse)
_OF_FEES: Final[Mapping[str, Mapping[Any, Any]]] = {
    "stage": _by_value(FeeStage),
    "kind": _by_value(FeeKind),
    "paid_by": {**_by_value(PaymentMethod), None: None},
}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A stored dossier that today's code cannot read; `reason` names the kind of fault and no value."""

    reason: str


async def load_bodies(session: AsyncSession, ids: Sequence[UUID]) -> dict[UUID, DossierBody | Unreadable]:
    """Read the present bodies of dossiers. One that cannot be read does not keep the others back."""
    rows = (await session.execute(_BODIES, {"ids": list(ids)})).all()
    return {row[0]: _readable(row) for row in rows}


async def load_entries(
    session: AsyncSession, ids: Sequence[UUID]
) -> dict[UUID, tuple[ProgressEntry, ...] | Unreadable]:
    """Read whole histories, each in order. One that cannot be read does not keep the others back."""
    rows = (await session.execute(_ENTRIES, {"ids": list(ids)})).all()
    histories: dict[UUID, list[Sequence[Any]]] = {dossier_id: [] for dossier_id in ids}
    for row in rows:
        histories[row[0]].append(row)
    return {dossier_id: _history(lines) for dossier_id, lines in histories.items()}


def _history(rows: Sequence[Sequence[Any]]) -> tuple[ProgressEntry, ...] | Unreadable:
    """Read one history; the cursor counts its lines, so there must be some, and no gap."""
    if not rows or rows[-1][1] != len(rows):
        return Unreadable("history with a gap")
    try:
        return tuple(
            ProgressEntry(seq, _STATUSES[status], occurred_at, officer, department, words, _KINDS[kind])
            for _, seq, status, occurred_at, officer, department, words, kind in rows
        )
    except KeyError as exc:
        return Unreadable(type(exc).__name__)


def _readable(row: Sequence[Any]) -> DossierBody | Unreadable:
    try:
        return _body(row)
    except (TypeError, ValueError, KeyError, AttributeError) as exc:
        return Unreadable(type(exc).__name__)


def _body(row: Sequence[Any]) -> DossierBody:
    (
        _,
        code,
        version,
        procedure_code,
        procedure_name,
        field_code,
        field_name,
        unit_code,
        unit_name,
        status,
        channel,
        origin,
        result_delivery,
        summary,
        submitted_at,
        received_at,
        due_at,
        ended_at,
        returned_at,
        note,
        (applicant, components, fees, results),
    ) = row
    return DossierBody(
        code=code,
        version=version,
        procedure_code=procedure_code,
        procedure_name=procedure_name,
        field_code=field_code,
        field_name=field_name,
        unit_code=unit_code,
        unit_name=unit_name,
        status=_STATUSES[status],
        channel=_CHANNELS[channel],
        origin=_ORIGINS[origin],
        result_delivery=_RESULT_DELIVERIES[result_delivery],
        applicant=applicant_from(applicant),
        summary=summary,
        submitted_at=submitted_at,
        received_at=received_at,
        due_at=due_at,
        ended_at=ended_at,
        returned_at=returned_at,
        components=tuple(_component(item) for item in components),
        fees=tuple(_fee(item) for item in fees),
        results=tuple(_result(item) for item in results),
        note=note,
    )


def applicant_from(stored: Mapping[str, Any]) -> Applicant:
    """Read the stored form of an applicant: the fields of `Applicant` by name, the kind as its number."""
    return Applicant(**{**stored, "kind": _APPLICANT_KINDS[stored["kind"]]})


def _component(stored: dict[str, Any]) -> Component:
    fields = _with_day(stored)
    if "reuse" in stored:
        fields["reuse"] = _REUSES[stored["reuse"]]
    return Component(**fields)


def _result(stored: dict[str, Any]) -> Result:
    return Result(**_with_day(stored))


def _with_day(stored: dict[str, Any]) -> dict[str, Any]:
    """Copy a paper's fields with the last day of its validity read."""
    if (until := stored.get("valid_until")) is None:
        return dict(stored)
    return {**stored, "valid_until": date.fromisoformat(until)}


def _fee(stored: dict[str, Any]) -> Fee:
    fields = {name: _OF_FEES[name][value] if name in _OF_FEES else value for name, value in stored.items()}
    if fields.get("paid_at") is not None:
        fields["paid_at"] = datetime.fromisoformat(fields["paid_at"])
    return Fee(**fields)
