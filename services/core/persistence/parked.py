"""Dossiers that wait for a person: one by one, in groups with one fix, and counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import ParkCause
from services.core.persistence.dossiers import Reference
from services.core.persistence.struck_words import struck

#: Condition on `deliveries v`, `dossiers d` and `units u` for the parameters of `ParkedFilter.values`. A row
#: that an older version has parked is in the group of its cause.
WANTED: Final = """
    v.state = 'parked' AND starts_with(u.path || '.', :within)
    AND (CAST(:id AS uuid) IS NULL OR d.id = :id) AND (CAST(:code AS text) IS NULL OR d.code = :code)
    AND (CAST(:cause AS text) IS NULL OR v.park_cause = :cause)
    AND (CAST(:group AS text) IS NULL OR v.park_group = :group
        OR (v.park_group IS NULL AND v.park_cause = :group))
    AND (CAST(:procedure AS text) IS NULL OR d.procedure_code = :procedure)
    AND (CAST(:parked_from AS timestamptz) IS NULL OR coalesce(v.parked_at, v.due_since) >= :parked_from)
    AND (CAST(:parked_to AS timestamptz) IS NULL OR coalesce(v.parked_at, v.due_since) < :parked_to)
"""

_JOINED: Final = """
    deliveries v JOIN dossiers d ON d.id = v.dossier_id JOIN units u ON u.id = v.unit_id
"""

_GROUPS: Final = text(f"""
WITH waiting AS (
    SELECT coalesce(v.park_group, v.park_cause, '?') AS park_group, v.park_cause, v.due_since, v.flagged_at,
        d.code, d.id
    FROM {_JOINED} WHERE {WANTED}
), grouped AS (
    SELECT park_group, array_agg(DISTINCT park_cause) AS causes, count(*) AS number,
        min(due_since) AS first_since, min(flagged_at) FILTER (WHERE flagged_at > now()) AS next_flagged_at,
        (array_agg(code ORDER BY due_since, code))[1:3] AS examples,
        (array_agg(id ORDER BY due_since, code))[1] AS sample,
        CAST(sum(count(*)) OVER () AS bigint) AS dossiers, count(*) OVER () AS groups
    FROM waiting GROUP BY park_group ORDER BY number DESC, first_since, park_group LIMIT :limit
)
SELECT g.*, {struck("v.last_cause")} AS words
FROM grouped g JOIN deliveries v ON v.dossier_id = g.sample JOIN dossiers d ON d.id = g.sample
ORDER BY number DESC, first_since, park_group
""")  # noqa: S608 - joins constants

_PAGE: Final = text(f"""
SELECT d.id, d.code, d.procedure_code, u.code AS unit_code, u.name AS unit_name, v.park_cause,
    coalesce(v.park_group, v.park_cause, '?') AS park_group, {struck("v.last_cause")} AS words, v.due_since,
    v.parked_at, v.flagged_at
FROM {_JOINED} WHERE {WANTED}
    AND v.due_since >= coalesce(CAST(:since AS timestamptz), '-infinity')
    AND (v.due_since, v.dossier_id) > (
        coalesce(CAST(:since AS timestamptz), '-infinity'),
        coalesce(CAST(:after AS uuid), '00000000-0000-0000-0000-000000000000')
    )
ORDER BY v.due_since, v.dossier_id LIMIT :limit
""")  # noqa: S608 - joins constants

_COUNT: Final = text(f"""
SELECT count(*) AS dossiers, clock_timestamp() AS counted_at FROM {_JOINED} WHERE {WANTED}
""")  # noqa: S608 - joins constants


@dataclass(frozen=True, slots=True)
class ParkedFilter:
    """Which parked dossiers are meant: all of the subtree for which everything that is given holds.

    `parked_from` is included, `parked_to` is not.
    """

    unit_path: str = "/"
    dossier: Reference | None = None
    cause: ParkCause | None = None
    group: str | None = None
    procedure_code: str | None = None
    parked_from: datetime | None = None
    parked_to: datetime | None = None

    def values(self) -> dict[str, Any]:
        """Give the parameters of `WANTED`."""
        return {
            "within": self.unit_path,
            "id": self.dossier if isinstance(self.dossier, UUID) else None,
            "code": self.dossier if isinstance(self.dossier, str) else None,
            "cause": self.cause and self.cause.value,
            "group": self.group,
            "procedure": self.procedure_code,
            "parked_from": self.parked_from,
            "parked_to": self.parked_to,
        }

    def document(self) -> dict[str, Any]:
        """Give what was asked for in a form that can be kept."""
        given = {name: value for name, value in self.values().items() if value is not None}
        return {name: value if isinstance(value, str) else _text(value) for name, value in given.items()}


@dataclass(frozen=True, slots=True)
class ParkedGroup:
    """Parked dossiers with the same fault.

    `words` are those of one of them, `examples` up to three codes. `next_flagged_at` is when the next of them
    is counted as late by the portal.
    """

    group: str
    causes: Sequence[str]
    count: int
    first_since: datetime
    next_flagged_at: datetime | None
    examples: Sequence[str]
    words: str | None


@dataclass(frozen=True, slots=True)
class ParkedSummary:
    """`groups` are the largest ones; `group_count` and `dossier_count` count all."""

    groups: Sequence[ParkedGroup]
    group_count: int
    dossier_count: int


@dataclass(frozen=True, slots=True)
class ParkedMark:
    """The place of a dossier in the list of parked ones: longest waiting first."""

    due_since: datetime
    dossier_id: UUID


@dataclass(frozen=True, slots=True)
class ParkedDossier:
    """`parked_at` is `None` if an older version parked it; `flagged_at` is when the portal calls it late."""

    mark: ParkedMark
    code: str
    procedure_code: str
    unit_code: str
    unit_name: str
    park_cause: str | None
    park_group: str
    words: str | None
    parked_at: datetime | None
    flagged_at: datetime | None


@dataclass(frozen=True, slots=True)
class ParkedCount:
    """How many were parked before `counted_at`, by the database's clock."""

    dossiers: int
    counted_at: datetime


class ParkedRepository:
    """Reads parked dossiers; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def groups(self, wanted: ParkedFilter, *, limit: int) -> ParkedSummary:
        """Group what is parked, and give the `limit` largest groups."""
        rows = (await self._session.execute(_GROUPS, {**wanted.values(), "limit": limit})).all()
        return ParkedSummary(
            groups=[_group(row) for row in rows],
            group_count=rows[0].groups if rows else 0,
            dossier_count=rows[0].dossiers if rows else 0,
        )

    async def page(
        self, wanted: ParkedFilter, *, after: ParkedMark | None, limit: int
    ) -> list[ParkedDossier]:
        """Give up to `limit` parked dossiers that follow `after`, longest waiting first."""
        place = {"since": after and after.due_since, "after": after and after.dossier_id}
        rows = await self._session.execute(_PAGE, {**wanted.values(), **place, "limit": limit})
        return [_dossier(row) for row in rows]

    async def count(self, wanted: ParkedFilter) -> ParkedCount:
        """Count what is meant."""
        row = (await self._session.execute(_COUNT, wanted.values())).one()
        return ParkedCount(row.dossiers, row.counted_at)


def _text(value: datetime | UUID) -> str:
    return value.isoformat() if isinstance(value, datetime) else str(value)


def _group(row: Row[Any]) -> ParkedGroup:
    return ParkedGroup(
        group=row.park_group,
        causes=[cause for cause in row.causes if cause is not None],
        count=row.number,
        first_since=row.first_since,
        next_flagged_at=row.next_flagged_at,
        examples=row.examples,
        words=row.words,
    )


def _dossier(row: Row[Any]) -> ParkedDossier:
    return ParkedDossier(
        mark=ParkedMark(row.due_since, row.id),
        code=row.code,
        procedure_code=row.procedure_code,
        unit_code=row.unit_code,
        unit_name=row.unit_name,
        park_cause=row.park_cause,
        park_group=row.park_group,
        words=row.words,
        parked_at=row.parked_at,
        flagged_at=row.flagged_at,
    )
