"""Attempts that wait for somebody, and where one subject stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.identity import IdentityNumber
from services.core.domain.onboarding.attempt import AttemptState
from services.core.domain.onboarding.event import EventOutcome
from services.core.domain.onboarding.reason import Reason
from services.core.domain.onboarding.step import SubjectKind
from services.core.persistence.onboarding.scope import SCOPE, scope_values


def _page(condition: str) -> TextClause:
    """Take as many as the page holds from the list of each unit and state, which an index has in their order.

    The fixed list of states tells the planner that the partial indexes will do. Names and the like are looked
    up for the lines of the page only, not for all that wait.
    """
    return text(f"""{SCOPE}, page AS MATERIALIZED (
    SELECT a.* FROM scope CROSS JOIN unnest(CAST(:states AS text[])) AS wanted (state) CROSS JOIN LATERAL (
        SELECT a.last_at, a.person_id, a.step, a.reference FROM onboarding_attempts a
        WHERE a.unit_id = scope.id AND a.state = wanted.state
            AND a.state IN ('open', 'interrupted', 'stuck', 'failed') AND {condition}
            AND (CAST(:step AS text) IS NULL OR a.step = :step)
            AND (CAST(:reason AS text) IS NULL OR a.reason = :reason)
            AND (a.last_at, a.person_id, a.step, a.reference) > (:last_at, :person_id, :last_step, :reference)
        ORDER BY a.last_at, a.person_id, a.step, a.reference LIMIT :limit
    ) AS a
    ORDER BY a.last_at, a.person_id, a.step, a.reference LIMIT :limit
)
SELECT a.person_id, a.step, a.reference, a.state, u.code AS unit_code, a.started_at, a.last_at, a.events,
    a.seconds, a.reason, a.device, a.provider, a.provider_reference, a.hamlet, a.team, s.kind,
    s.reference AS subject_reference, s.identity_number,
    coalesce(has_step(a.person_id, a.step), false) AS done_otherwise
FROM page JOIN onboarding_attempts a USING (person_id, step, reference)
JOIN units u ON u.id = a.unit_id JOIN onboarding_subjects s ON s.id = a.person_id
ORDER BY a.last_at, a.person_id, a.step, a.reference
""")  # noqa: S608 - joins constants


_OF_ALL: Final = _page("true")
_OF_TEAM: Final = _page("a.team = :team")

_STANDINGS: Final = text("""
SELECT h.step, h.held, h.since, h.providers, h.last_outcome, h.last_at, u.code AS unit_code
FROM onboarding_standings h JOIN units u ON u.id = h.unit_id
WHERE h.person_id = :person AND u.path || '.' LIKE :path || '%' ORDER BY h.step
""")


@dataclass(frozen=True, slots=True)
class AttemptMark:
    """The place in the list after which it goes on."""

    last_at: datetime
    person_id: UUID
    step: str
    reference: str


_BEFORE_ALL: Final = AttemptMark(datetime.min.replace(tzinfo=UTC), UUID(int=0), "", "")


@dataclass(frozen=True, slots=True)
class AttemptFilter:
    """What the list is narrowed to; `states` are unended ones."""

    path: str
    on: date
    states: Collection[AttemptState]
    team: str | None = None
    step: str | None = None
    reason: Reason | None = None


@dataclass(frozen=True, slots=True)
class ListedAttempt:
    """A line of the list. `done_otherwise`: the subject has the step meanwhile, by another attempt."""

    mark: AttemptMark
    state: AttemptState
    unit_code: str
    started_at: datetime
    events: int
    seconds: int | None
    reason: Reason | None
    device: str | None
    provider: str | None
    provider_reference: str | None
    hamlet: str | None
    team: str | None
    kind: SubjectKind
    subject_reference: str | None
    number: IdentityNumber | None
    done_otherwise: bool


@dataclass(frozen=True, slots=True)
class StepStanding:
    """What a subject has of one step."""

    step: str
    held: bool
    since: datetime | None
    providers: Sequence[str]
    last_outcome: EventOutcome
    last_at: datetime
    unit_code: str


class AttemptRepository:
    """Reads what waits for somebody."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def page(
        self, wanted: AttemptFilter, *, after: AttemptMark | None, limit: int
    ) -> list[ListedAttempt]:
        """Give up to `limit` attempts that follow `after`, longest untouched first."""
        mark = after or _BEFORE_ALL
        values: dict[str, Any] = {
            "states": [state.value for state in wanted.states],
            "step": wanted.step,
            "reason": wanted.reason,
            "last_at": mark.last_at,
            "person_id": mark.person_id,
            "last_step": mark.step,
            "reference": mark.reference,
            "limit": limit,
        }
        statement = _OF_ALL
        if wanted.team is not None:
            statement, values["team"] = _OF_TEAM, wanted.team
        rows = await self._session.execute(statement, scope_values(wanted.path, wanted.on) | values)
        return [_listed(row) for row in rows]

    async def standings(self, person: UUID, *, path: str) -> list[StepStanding]:
        """Give where a subject stands, as far as units under `path` have brought it there."""
        rows = await self._session.execute(_STANDINGS, {"person": person, "path": path})
        return [
            StepStanding(
                row.step,
                row.held,
                row.since,
                row.providers,
                EventOutcome(row.last_outcome),
                row.last_at,
                row.unit_code,
            )
            for row in rows
        ]


def _listed(row: Row[Any]) -> ListedAttempt:
    return ListedAttempt(
        mark=AttemptMark(row.last_at, row.person_id, row.step, row.reference),
        state=AttemptState(row.state),
        unit_code=row.unit_code,
        started_at=row.started_at,
        events=row.events,
        seconds=row.seconds,
        reason=row.reason and Reason(row.reason),
        device=row.device,
        provider=row.provider,
        provider_reference=row.provider_reference,
        hamlet=row.hamlet,
        team=row.team,
        kind=SubjectKind(row.kind),
        subject_reference=row.subject_reference,
        number=None if row.identity_number is None else IdentityNumber(row.identity_number),
        done_otherwise=row.done_otherwise,
    )
