"""What is kept of onboarding events, as a whole: for audits and for making it anew."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final
from uuid import UUID

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.fold import Fold
from services.core.domain.onboarding.stretch import SPANS
from services.core.domain.onboarding.tally import Dimension, Measure, Tally, TallyKey
from services.core.persistence.onboarding.states import attempt_documents, standing_documents

_PERSONS: Final = text("""
SELECT DISTINCT person_id FROM onboarding_subjects
WHERE CAST(:after AS uuid) IS NULL OR person_id > :after ORDER BY person_id LIMIT :limit
""")

_FORGET: Final = (
    text("DELETE FROM onboarding_standings"),
    text("DELETE FROM onboarding_attempts"),
    text("DELETE FROM onboarding_tallies"),
    text("DELETE FROM onboarding_spans"),
    text("DELETE FROM onboarding_totals"),
)

_TALLY: Final = text("""
SELECT unit_id, measure, dimension, step, day, label, value FROM onboarding_tallies WHERE value <> 0
""")

_TOTALS_OFF: Final = text("""
SELECT count(*) FROM (
    SELECT unit_id, step, measure, sum(value)::bigint AS value FROM onboarding_tallies WHERE dimension = ''
    GROUP BY unit_id, step, measure HAVING sum(value) <> 0
) AS counted
FULL JOIN (SELECT * FROM onboarding_totals WHERE value <> 0) AS kept USING (unit_id, step, measure)
WHERE counted.value IS DISTINCT FROM kept.value
""")

_SPANS_OFF: Final = text("""
SELECT count(*) FROM (
    SELECT unit_id, measure, dimension, span, day, step, label, sum(value)::bigint AS value
    FROM (
        SELECT t.unit_id, t.measure, t.dimension, s.span, t.step, t.label, t.value,
            DATE '0001-01-01' + (t.day - DATE '0001-01-01') / s.span * s.span AS day
        FROM onboarding_tallies t CROSS JOIN unnest(CAST(:spans AS int[])) AS s (span)
    ) AS spread
    GROUP BY unit_id, measure, dimension, span, day, step, label HAVING sum(value) <> 0
) AS counted
FULL JOIN (SELECT * FROM onboarding_spans WHERE value <> 0) AS kept
    USING (unit_id, measure, dimension, span, day, step, label)
WHERE counted.value IS DISTINCT FROM kept.value
""")

# Both sides as sets: what is kept and does not follow from the events, and what follows and is not kept.
_STANDINGS_OFF: Final = text("""
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(:rows) AS r(person_id uuid, step text, held boolean, since timestamptz,
        unit_id int, providers jsonb, last_outcome text, last_at timestamptz)
), kept AS (
    SELECT person_id, step, held, since, unit_id, providers, last_outcome, last_at FROM onboarding_standings
    WHERE person_id = ANY(CAST(:persons AS uuid[]))
), off AS ((TABLE wanted EXCEPT TABLE kept) UNION (TABLE kept EXCEPT TABLE wanted))
SELECT person_id FROM off
""").bindparams(bindparam("rows", type_=JSONB))

_ATTEMPTS_OFF: Final = text("""
WITH wanted AS (
    SELECT * FROM jsonb_to_recordset(:rows) AS r(person_id uuid, step text, reference text, state text,
        unit_id int, started_at timestamptz, last_at timestamptz, events int, seconds int, reason text,
        device text, provider text, provider_reference text, hamlet text, team text)
), kept AS (
    SELECT person_id, step, reference, state, unit_id, started_at, last_at, events, seconds, reason, device,
        provider, provider_reference, hamlet, team
    FROM onboarding_attempts WHERE person_id = ANY(CAST(:persons AS uuid[]))
), off AS ((TABLE wanted EXCEPT TABLE kept) UNION (TABLE kept EXCEPT TABLE wanted))
SELECT person_id FROM off
""").bindparams(bindparam("rows", type_=JSONB))

_WITHOUT_EVENTS: Final = text("""
SELECT count(DISTINCT person_id) FROM (
    SELECT person_id FROM onboarding_standings UNION SELECT person_id FROM onboarding_attempts
) AS kept
WHERE NOT EXISTS (
    SELECT FROM onboarding_subjects s JOIN onboarding_events e ON e.subject_id = s.id
    WHERE s.person_id = kept.person_id)
""")


class RebuildRepository:
    """Reads and forgets all of it; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def persons(self, *, after: UUID | None, limit: int) -> list[UUID]:
        """Give up to `limit` persons that follow `after`."""
        return list(await self._session.scalars(_PERSONS, {"after": after, "limit": limit}))

    async def forget(self) -> None:
        """Delete what follows from the events; the events stay."""
        for statement in _FORGET:
            await self._session.execute(statement)

    async def read_tally(self) -> Tally:
        """Give all counts."""
        rows = await self._session.execute(_TALLY)
        return Counter(
            {
                TallyKey(
                    row.unit_id, row.day, row.step, Measure(row.measure), Dimension(row.dimension), row.label
                ): row.value
                for row in rows
            }
        )

    async def count_totals_off(self) -> int:
        """Count totals that are not the sum of their days."""
        number: int = (await self._session.execute(_TOTALS_OFF)).scalar_one()
        return number

    async def count_spans_off(self) -> int:
        """Count spans of days that are not the sum of their days."""
        longer = {"spans": [span for span in SPANS if span > 1]}
        number: int = (await self._session.execute(_SPANS_OFF, longer)).scalar_one()
        return number

    async def count_states_off(self, folds: Mapping[UUID, Fold]) -> int:
        """Count persons whose standings or attempts are not those of their folds."""
        persons = list(folds)
        standings = list(standing_documents(folds).values())
        attempts = list(attempt_documents(folds).values())
        return len(
            set(await self._off(_STANDINGS_OFF, standings, persons))
            | set(await self._off(_ATTEMPTS_OFF, attempts, persons))
        )

    async def count_states_without_events(self) -> int:
        """Count persons who have standings or attempts from nowhere."""
        number: int = (await self._session.execute(_WITHOUT_EVENTS)).scalar_one()
        return number

    async def _off(
        self, statement: TextClause, rows: Sequence[object], persons: Sequence[UUID]
    ) -> list[UUID]:
        return list(await self._session.scalars(statement, {"rows": list(rows), "persons": persons}))
