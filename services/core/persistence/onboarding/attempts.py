"""Attempts that wait for somebody, and where one subject stands."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.identity import IdentityNumber
from services.core.domain.onboarding.attempt import AttemptState
from services.core.domain.onboarding.event import EventOutcome
from services.core.domain.onboarding.reason import Reason
from services.core.domain.onboarding.step import SubjectKind
from services.core.persistence.onboarding.scope import SCOPE, scope_values

# The list of states also tells the planner that the partial index will do. Names and the like are looked up
# for the lines of the page only, not for all that wait.
_PAGE: Final = text(f"""{SCOPE}, page AS MATERIALIZED (
    SELECT a.* FROM scope JOIN onboarding_attempts a ON a.unit_id = scope.id
    WHERE a.state IN ('open', 'interrupted', 'stuck', 'failed') AND a.state = ANY(CAST(:states AS text[]))
        AND (CAST(:team AS text) IS NULL OR a.team = :team)
        AND (CAST(:step AS text) IS NULL OR a.step = :step)
        AND (CAST(:reason AS text) IS NULL OR a.reason = :reason)
        AND (CAST(:last_at AS timestamptz) IS NULL
            OR (a.last_at, a.person_id, a.step, a.reference) > (:last_at, :person_id, :last_step, :reference))
    ORDER BY a.last_at, a.person_id, a.step, a.reference LIMIT :limit
)
SELECT a.person_id, a.step, a.reference, a.state, u.code AS unit_code, a.started_at, a.last_at, a.events,
    a.seconds, a.reason, a.device, a.provider, a.provider_reference, a.hamlet, a.team, s.kind,
    s.reference AS subject_reference, s.identity_number, coalesce(h.held, false) AS done_otherwise
FROM page a JOIN units u ON u.id = a.unit_id JOIN onboarding_subjects s ON s.id = a.person_id
LEFT JOIN onboarding_standings h ON h.person_id = a.person_id AND h.step = a.step
ORDER BY a.last_at, a.person_id, a.step, a.reference
""")  # noqa: S608 - joins constants

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
        values: dict[str, Any] = {
            "states": [state.value for state in wanted.states],
            "team": wanted.team,
            "step": wanted.step,
            "reason": wanted.reason,
            "last_at": after and after.last_at,
            "person_id": after and after.person_id,
            "last_step": after and after.step,
            "reference": after and after.reference,
            "limit": limit,
        }
        rows = await self._session.execute(_PAGE, scope_values(wanted.path, wanted.on) | values)
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
