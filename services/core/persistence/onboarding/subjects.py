"""Whom events are about."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.identity import IdentityNumber
from services.core.domain.onboarding.step import SubjectKind

_KEYS: Final = (
    "jsonb_to_recordset(:keys) AS k(place int, kind text, unit_id int, reference text, number text)"
)

# The order keeps two batches with the same new subjects from waiting for each other in a circle.
_REGISTER: Final = text(f"""
INSERT INTO onboarding_subjects (id, kind, unit_id, reference, identity_number, person_id)
SELECT n.id, n.kind, n.unit_id, n.reference, n.number, n.id
FROM (SELECT uuidv7() AS id, k.* FROM {_KEYS} ORDER BY number, unit_id, kind, reference) AS n
ON CONFLICT DO NOTHING
""").bindparams(bindparam("keys", type_=JSONB))  # noqa: S608 - joins constants

_FIND: Final = text(f"""
SELECT k.place, s.id, s.person_id FROM {_KEYS}
JOIN onboarding_subjects s ON s.identity_number = k.number
UNION ALL
SELECT k.place, s.id, s.person_id FROM {_KEYS}
JOIN onboarding_subjects s ON s.identity_number IS NULL AND k.number IS NULL AND s.unit_id = k.unit_id
    AND s.kind = k.kind AND s.reference IS NOT DISTINCT FROM k.reference
""").bindparams(bindparam("keys", type_=JSONB))  # noqa: S608 - joins constants

_LOCK: Final = text("""
SELECT id FROM onboarding_subjects WHERE id = ANY(CAST(:ids AS uuid[])) ORDER BY id FOR NO KEY UPDATE
""")

_PERSONS: Final = text("""
SELECT id, person_id FROM onboarding_subjects WHERE id = ANY(CAST(:ids AS uuid[]))
""")

_MOVE: Final = text("""
UPDATE onboarding_subjects s SET person_id = m.person_id
FROM unnest(CAST(:ids AS uuid[]), CAST(:persons AS uuid[])) AS m(id, person_id) WHERE s.id = m.id
""")


@dataclass(frozen=True, slots=True)
class SubjectKey:
    """By what a subject is known: a number anywhere, or a reference of its kind within a unit."""

    kind: SubjectKind
    unit_id: int | None
    reference: str | None
    number: IdentityNumber | None


@dataclass(frozen=True, slots=True)
class KnownSubject:
    """`person_id` is the subject itself, or the citizen it turned out to be."""

    id: UUID
    person_id: UUID


class SubjectRepository:
    """Reads and writes subjects; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def register(self, keys: Collection[SubjectKey]) -> dict[SubjectKey, KnownSubject]:
        """Give all, adding those that are new."""
        await self._session.execute(_REGISTER, {"keys": _documents(keys)})
        return await self.find(keys)

    async def find(self, keys: Collection[SubjectKey]) -> dict[SubjectKey, KnownSubject]:
        """Give those that exist."""
        by_place = list(keys)
        rows = await self._session.execute(_FIND, {"keys": _documents(keys)})
        return {by_place[row.place]: KnownSubject(row.id, row.person_id) for row in rows}

    async def lock(self, ids: Collection[UUID]) -> None:
        """Let nobody else change what follows from the events of these, until the transaction ends."""
        await self._session.execute(_LOCK, {"ids": list(ids)})

    async def persons_of(self, ids: Collection[UUID]) -> dict[UUID, UUID]:
        """Give the person of each subject."""
        rows = await self._session.execute(_PERSONS, {"ids": list(ids)})
        return {row.id: row.person_id for row in rows}

    async def move(self, persons: Mapping[UUID, UUID]) -> None:
        """Say who each of these subjects turned out to be."""
        await self._session.execute(_MOVE, {"ids": list(persons), "persons": list(persons.values())})


def _documents(keys: Collection[SubjectKey]) -> list[dict[str, Any]]:
    return [
        {
            "place": place,
            "kind": key.kind.value,
            "unit_id": key.unit_id,
            "reference": key.reference,
            "number": None if key.number is None else key.number.reveal(),
        }
        for place, key in enumerate(keys)
    ]
