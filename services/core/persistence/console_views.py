"""What operations look at: what waits for a person, when the portal was away, how one dossier got on.

Nothing personal is read here: no applicant, no officer, no free text of an entry. The portal's words may
quote the applicant, so what the dossier knows of them is struck out before the words leave the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.dossier import EntryKind, Status
from services.core.persistence.delivery_views import AttemptRecord
from services.core.persistence.dossiers import DossierNotFound

#: Fields of an applicant that tell who it is; a test holds them to the class.
PERSONAL_FIELDS: Final = (
    "name",
    "identity_number",
    "organisation_number",
    "portal_account",
    "phone",
    "email",
    "address",
)


def struck(words: str) -> str:
    """Give SQL for `words` without what dossier `d` knows of its applicant, as it is spelt or in capitals.

    The dossier's own number goes, too: with it, each dossier refused for one reason would have a reason of
    its own. The last step catches numbers of other people: 12 digits, or 9 on old cards (portal-interface
    4.6).
    """
    words = f"replace({words}, d.code, '…')"
    for field in PERSONAL_FIELDS:
        known = f"coalesce(d.applicant ->> '{field}', '')"
        words = f"replace(replace({words}, {known}, '…'), upper({known}), '…')"
    return rf"regexp_replace({words}, '(?<![0-9])([0-9]{{12}}|[0-9]{{9}})(?![0-9])', '…', 'g')"


_PARKED_GROUPS: Final = text(f"""
WITH parked AS (
    SELECT v.park_cause, v.due_since, d.code, {struck("v.last_cause")} AS words
    FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id
    WHERE v.state = 'parked'
)
SELECT park_cause, words, count(*) AS number, min(due_since) AS first_since,
    (array_agg(code ORDER BY due_since, code))[1:3] AS examples,
    sum(count(*)) OVER () AS parked, count(*) OVER () AS groups
FROM parked GROUP BY park_cause, words ORDER BY number DESC, first_since, words LIMIT :limit
""")  # noqa: S608 - joins constants of this file

_PARKED_PAGE: Final = text(f"""
SELECT d.id, d.code, u.name AS unit_name, v.park_cause, {struck("v.last_cause")} AS words, v.due_since,
    v.flagged_at
FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id JOIN units u ON u.id = v.unit_id
WHERE v.state = 'parked'
    AND v.due_since >= coalesce(CAST(:since AS timestamptz), '-infinity')
    AND (v.due_since, v.dossier_id) > (
        coalesce(CAST(:since AS timestamptz), '-infinity'),
        coalesce(CAST(:dossier_id AS uuid), '00000000-0000-0000-0000-000000000000')
    )
ORDER BY v.due_since, v.dossier_id LIMIT :limit
""")  # noqa: S608 - as above

_OUTAGES: Final = text("""
SELECT id, last_success_at, began_at, ended_at, greatest(began_at, last_success_at) AS since,
    greatest(
        extract(epoch FROM coalesce(ended_at, now()) - greatest(began_at, last_success_at)), 0
    )::float8 AS seconds
FROM portal_outages WHERE kind = 'unreachable' AND id < coalesce(CAST(:before AS int), 2147483647)
ORDER BY id DESC LIMIT :limit
""")

_HEADLINE: Final = text(f"""
SELECT d.id, d.code, d.origin, u.code AS unit_code, u.name AS unit_name, d.procedure_code,
    p.name AS procedure_name, d.status, d.received_at, d.promised_at, d.due_at,
    {struck("v.last_cause")} AS last_words
FROM dossiers d JOIN units u ON u.id = d.unit_id JOIN procedures p ON p.code = d.procedure_code
    JOIN deliveries v ON v.dossier_id = d.id
WHERE d.code = :code
""")  # noqa: S608 - as above

_STEPS: Final = text("""
SELECT e.seq, e.kind, e.status, e.occurred_at, e.department, e.seq <= v.acked_seq AS on_portal
FROM progress_entries e JOIN deliveries v USING (dossier_id)
WHERE e.dossier_id = :dossier_id ORDER BY e.seq
""")

_ATTEMPTS: Final = text(f"""
SELECT a.started_at, a.finished_at, a.operation, a.outcome, a.version, a.first_seq, a.last_seq,
    {struck("a.detail")} AS detail
FROM delivery_attempts a JOIN dossiers d ON d.id = a.dossier_id
WHERE a.dossier_id = :dossier_id ORDER BY a.started_at DESC, a.id DESC LIMIT :limit
""")  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class ParkedGroup:
    """Parked dossiers with the same cause; `words` are the portal's or ours, `examples` up to three codes."""

    park_cause: str | None
    words: str | None
    count: int
    first_since: datetime
    examples: Sequence[str]


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
    """`flagged_at` is when the portal counts it as late unless it is delivered."""

    mark: ParkedMark
    code: str
    unit_name: str
    park_cause: str | None
    words: str | None
    flagged_at: datetime | None


@dataclass(frozen=True, slots=True)
class OutageRecord:
    """An outage; `since` is when the last way to the portal closed, from which `seconds` count."""

    id: int
    last_success_at: datetime | None
    began_at: datetime
    ended_at: datetime | None
    since: datetime
    seconds: float


@dataclass(frozen=True, slots=True)
class DossierHeadline:
    """What tells a dossier from others without saying whose it is."""

    id: UUID
    code: str
    origin: str
    unit_code: str
    unit_name: str
    procedure_code: str
    procedure_name: str
    status: Status
    received_at: datetime | None
    promised_at: datetime | None
    due_at: datetime | None
    last_words: str | None


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """An entry without who did it and what they wrote."""

    seq: int
    kind: EntryKind
    status: Status
    occurred_at: datetime
    department: str | None
    on_portal: bool


class ConsoleViewRepository:
    """Reads what operations look at, of all units; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def parked_summary(self, *, limit: int) -> ParkedSummary:
        """Group what is parked by its cause, and give the `limit` largest groups."""
        rows = (await self._session.execute(_PARKED_GROUPS, {"limit": limit})).all()
        groups = [
            ParkedGroup(row.park_cause, row.words, row.number, row.first_since, row.examples) for row in rows
        ]
        return ParkedSummary(
            groups=groups,
            group_count=rows[0].groups if rows else 0,
            dossier_count=int(rows[0].parked) if rows else 0,
        )

    async def parked_page(self, *, after: ParkedMark | None, limit: int) -> list[ParkedDossier]:
        """Give up to `limit` parked dossiers that follow `after`."""
        place = {"since": after and after.due_since, "dossier_id": after and after.dossier_id}
        rows = await self._session.execute(_PARKED_PAGE, {**place, "limit": limit})
        return [
            ParkedDossier(
                mark=ParkedMark(row.due_since, row.id),
                code=row.code,
                unit_name=row.unit_name,
                park_cause=row.park_cause,
                words=row.words,
                flagged_at=row.flagged_at,
            )
            for row in rows
        ]

    async def outages(self, *, before: int | None, limit: int) -> list[OutageRecord]:
        """Give up to `limit` outages older than number `before`, the newest first."""
        rows = await self._session.execute(_OUTAGES, {"before": before, "limit": limit})
        return [OutageRecord(**_named(row)) for row in rows]

    async def headline(self, code: str) -> DossierHeadline:
        """Read what identifies a dossier; raises `DossierNotFound`."""
        row = (await self._session.execute(_HEADLINE, {"code": code})).first()
        if row is None:
            raise DossierNotFound
        return DossierHeadline(**{**_named(row), "status": Status(row.status)})

    async def steps(self, dossier_id: UUID) -> list[TimelineStep]:
        """Give the history in its own order."""
        rows = await self._session.execute(_STEPS, {"dossier_id": dossier_id})
        return [
            TimelineStep(**{**_named(row), "kind": EntryKind(row.kind), "status": Status(row.status)})
            for row in rows
        ]

    async def attempts(self, dossier_id: UUID, *, limit: int) -> list[AttemptRecord]:
        """Give the latest calls that carried the dossier, the newest first."""
        rows = await self._session.execute(_ATTEMPTS, {"dossier_id": dossier_id, "limit": limit})
        return [AttemptRecord(**_named(row)) for row in rows]


def _named(row: Row[Any]) -> dict[str, Any]:
    return dict(row._mapping)  # noqa: SLF001 - the documented way to a row's names
