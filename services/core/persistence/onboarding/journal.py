"""The events themselves: added once, read by subject, never changed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.effective import Correction
from services.core.domain.onboarding.event import Device, Event, EventOutcome, Help, HelperKind
from services.core.domain.onboarding.identification import Link
from services.core.domain.onboarding.reason import Reason

# In the order of ids: two batches with the same events would else wait for each other in a circle.
_ADD: Final = text("""
INSERT INTO onboarding_events (id, subject_id, unit_id, outcome, occurred_at, step, attempt, reason, seconds,
    device, provider, provider_reference, hamlet, assisted, helper_kind, team, helper, corrects, linked_to,
    fingerprint, client_id)
SELECT e.id, e.subject_id, e.unit_id, e.outcome, e.occurred_at, e.step, e.attempt, e.reason, e.seconds,
    e.device, e.provider, e.provider_reference, e.hamlet, e.assisted, e.helper_kind, e.team, e.helper,
    e.corrects, e.linked_to, decode(e.fingerprint, 'hex'), :client_id
FROM jsonb_to_recordset(:events) AS e(
    id uuid, subject_id uuid, unit_id int, outcome text, occurred_at timestamptz, step text, attempt text,
    reason text, seconds int, device text, provider text, provider_reference text, hamlet text,
    assisted boolean, helper_kind text, team text, helper text, corrects uuid, linked_to uuid,
    fingerprint text)
ORDER BY e.id
ON CONFLICT (id) DO NOTHING RETURNING id
""").bindparams(bindparam("events", type_=JSONB))

_FINGERPRINTS: Final = text("""
SELECT id, fingerprint FROM onboarding_events WHERE id = ANY(CAST(:ids AS uuid[]))
""")

_UNITS: Final = text("""
SELECT e.id, u.path FROM onboarding_events e JOIN units u ON u.id = e.unit_id
WHERE e.id = ANY(CAST(:ids AS uuid[]))
""")

_HISTORY: Final = text("""
SELECT s.person_id, e.subject_id, e.id, e.unit_id, e.outcome, e.occurred_at, e.step, e.attempt, e.reason,
    e.seconds, e.device, e.provider, e.provider_reference, e.hamlet, e.assisted, e.helper_kind, e.team,
    e.helper, e.corrects
FROM onboarding_subjects s JOIN onboarding_events e ON e.subject_id = s.id
WHERE s.person_id = ANY(CAST(:persons AS uuid[]))
""")

_CORRECTIONS: Final = text("""
SELECT id, corrects FROM onboarding_events WHERE corrects = ANY(CAST(:ids AS uuid[]))
""")

_CONCERNED: Final = text("""
SELECT e.subject_id, s.person_id, e.linked_to FROM onboarding_events e
JOIN onboarding_subjects s ON s.id = e.subject_id
WHERE e.id = ANY(CAST(:ids AS uuid[])) OR e.corrects = ANY(CAST(:ids AS uuid[]))
""")

_LINKS: Final = text("""
SELECT id, occurred_at, subject_id, linked_to, corrects FROM onboarding_events
WHERE subject_id = ANY(CAST(:subjects AS uuid[])) AND linked_to IS NOT NULL
""")


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as it is to be stored; `linked_to` is the subject that an identified one turned out to be."""

    event: Event
    subject_id: UUID
    linked_to: UUID | None
    fingerprint: bytes


@dataclass(frozen=True, slots=True)
class PastEvent:
    """An event that was stored."""

    event: Event
    subject_id: UUID
    person_id: UUID


@dataclass(frozen=True, slots=True)
class Concerned:
    """The subject of an event that a correction names, or of a rival correction."""

    subject_id: UUID
    person_id: UUID
    is_link: bool


class EventRepository:
    """Adds and reads events; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, events: Sequence[StoredEvent], *, client_id: UUID) -> frozenset[UUID]:
        """Store those that are new, and give their ids."""
        rows = await self._session.scalars(
            _ADD, {"events": [_document(stored) for stored in events], "client_id": client_id}
        )
        return frozenset(rows)

    async def fingerprints(self, ids: Collection[UUID]) -> dict[UUID, bytes]:
        """Give what those that are stored carried."""
        rows = await self._session.execute(_FINGERPRINTS, {"ids": list(ids)})
        return {row.id: row.fingerprint for row in rows}

    async def unit_paths(self, ids: Collection[UUID]) -> dict[UUID, str]:
        """Give the paths of the units of those that are stored."""
        rows = await self._session.execute(_UNITS, {"ids": list(ids)})
        return {row.id: row.path for row in rows}

    async def history(self, persons: Collection[UUID]) -> list[PastEvent]:
        """Give all events of these persons, whatever each of them was known by."""
        rows = await self._session.execute(_HISTORY, {"persons": list(persons)})
        return [PastEvent(_event(row), row.subject_id, row.person_id) for row in rows]

    async def corrections(self, events: Collection[Event]) -> list[Correction]:
        """Give the corrections of these events, and the rivals of those that correct others themselves."""
        ids = {event.id for event in events} | {event.corrects for event in events if event.corrects}
        return await self._corrections_of(ids)

    async def concerned(self, ids: Collection[UUID]) -> list[Concerned]:
        """Give whom corrections of these events concern besides their own subjects."""
        rows = await self._session.execute(_CONCERNED, {"ids": list(ids)})
        return [Concerned(row.subject_id, row.person_id, row.linked_to is not None) for row in rows]

    async def links(self, subjects: Collection[UUID]) -> tuple[list[Link], list[Correction]]:
        """Give what was ever said of who these subjects are, and the corrections of that."""
        rows = (await self._session.execute(_LINKS, {"subjects": list(subjects)})).all()
        ids = {row.id for row in rows} | {row.corrects for row in rows if row.corrects}
        links = [Link(row.id, row.occurred_at, row.subject_id, row.linked_to) for row in rows]
        return links, await self._corrections_of(ids)

    async def _corrections_of(self, ids: Collection[UUID]) -> list[Correction]:
        rows = await self._session.execute(_CORRECTIONS, {"ids": list(ids)})
        return [Correction(row.id, row.corrects) for row in rows]


def _event(row: Row[Any]) -> Event:
    return Event(
        id=row.id,
        unit_id=row.unit_id,
        outcome=EventOutcome(row.outcome),
        occurred_at=row.occurred_at,
        step=row.step,
        attempt=row.attempt,
        reason=row.reason and Reason(row.reason),
        seconds=row.seconds,
        device=row.device and Device(row.device),
        provider=row.provider,
        provider_reference=row.provider_reference,
        hamlet=row.hamlet,
        help=Help(row.assisted, row.helper_kind and HelperKind(row.helper_kind), row.team, row.helper),
        corrects=row.corrects,
    )


def _document(stored: StoredEvent) -> dict[str, Any]:
    event = stored.event
    return {
        "id": str(event.id),
        "subject_id": str(stored.subject_id),
        "unit_id": event.unit_id,
        "outcome": event.outcome.value,
        "occurred_at": event.occurred_at.isoformat(),
        "step": event.step,
        "attempt": event.attempt,
        "reason": event.reason,
        "seconds": event.seconds,
        "device": event.device,
        "provider": event.provider,
        "provider_reference": event.provider_reference,
        "hamlet": event.hamlet,
        "assisted": event.help.assisted,
        "helper_kind": event.help.helper_kind,
        "team": event.help.team,
        "helper": event.help.helper,
        "corrects": event.corrects and str(event.corrects),
        "linked_to": stored.linked_to and str(stored.linked_to),
        "fingerprint": stored.fingerprint.hex(),
    }
