"""Standings and attempts as they follow from the events, written where they changed."""

from collections.abc import Collection, Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import TextClause, bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.attempt import Attempt, AttemptKey
from services.core.domain.onboarding.fold import Fold
from services.core.domain.onboarding.standing import Standing

Document = dict[str, Any]

_SAVE_STANDINGS: Final = text("""
INSERT INTO onboarding_standings AS s
    (person_id, step, held, since, unit_id, providers, last_outcome, last_at)
SELECT r.* FROM jsonb_to_recordset(:rows) AS r(person_id uuid, step text, held boolean, since timestamptz,
    unit_id int, providers jsonb, last_outcome text, last_at timestamptz)
ON CONFLICT (person_id, step) DO UPDATE SET held = excluded.held, since = excluded.since,
    unit_id = excluded.unit_id, providers = excluded.providers, last_outcome = excluded.last_outcome,
    last_at = excluded.last_at
""").bindparams(bindparam("rows", type_=JSONB))

_DROP_STANDINGS: Final = text("""
DELETE FROM onboarding_standings s USING jsonb_to_recordset(:rows) AS r(person_id uuid, step text)
WHERE s.person_id = r.person_id AND s.step = r.step
""").bindparams(bindparam("rows", type_=JSONB))

_SAVE_ATTEMPTS: Final = text("""
INSERT INTO onboarding_attempts AS a
    (person_id, step, reference, state, unit_id, started_at, last_at, events, seconds, reason, device,
    provider, provider_reference, hamlet, team)
SELECT r.* FROM jsonb_to_recordset(:rows) AS r(person_id uuid, step text, reference text, state text,
    unit_id int, started_at timestamptz, last_at timestamptz, events int, seconds int, reason text,
    device text, provider text, provider_reference text, hamlet text, team text)
ON CONFLICT (person_id, step, reference) DO UPDATE SET state = excluded.state, unit_id = excluded.unit_id,
    started_at = excluded.started_at, last_at = excluded.last_at, events = excluded.events,
    seconds = excluded.seconds, reason = excluded.reason, device = excluded.device,
    provider = excluded.provider, provider_reference = excluded.provider_reference,
    hamlet = excluded.hamlet, team = excluded.team
""").bindparams(bindparam("rows", type_=JSONB))

_DROP_ATTEMPTS: Final = text("""
DELETE FROM onboarding_attempts a
USING jsonb_to_recordset(:rows) AS r(person_id uuid, step text, reference text)
WHERE a.person_id = r.person_id AND a.step = r.step AND a.reference = r.reference
""").bindparams(bindparam("rows", type_=JSONB))


async def save_states(session: AsyncSession, *, old: Mapping[UUID, Fold], new: Mapping[UUID, Fold]) -> None:
    """Write what changed from `old` to `new`, both by person; whoever is missing has nothing."""
    kept, gone = _changes(standing_documents(old), standing_documents(new))
    await _run(session, _SAVE_STANDINGS, kept)
    await _run(session, _DROP_STANDINGS, gone)
    kept, gone = _changes(attempt_documents(old), attempt_documents(new))
    await _run(session, _SAVE_ATTEMPTS, kept)
    await _run(session, _DROP_ATTEMPTS, gone)


async def _run(session: AsyncSession, statement: TextClause, rows: Collection[Document]) -> None:
    if rows:
        await session.execute(statement, {"rows": list(rows)})


def _changes(
    old: Mapping[tuple[str, ...], Document], new: Mapping[tuple[str, ...], Document]
) -> tuple[list[Document], list[Document]]:
    kept = [row for key, row in new.items() if old.get(key) != row]
    return kept, [row for key, row in old.items() if key not in new]


def standing_documents(folds: Mapping[UUID, Fold]) -> dict[tuple[str, ...], Document]:
    """Give the rows of all standings, by their keys."""
    return {
        (str(person), step): {"person_id": str(person), "step": step, **_standing(standing)}
        for person, fold in folds.items()
        for step, standing in fold.standings.items()
    }


def attempt_documents(folds: Mapping[UUID, Fold]) -> dict[tuple[str, ...], Document]:
    """Give the rows of all attempts, by their keys."""
    return {
        (str(person), key.step, key.reference): _attempt(person, key, attempt)
        for person, fold in folds.items()
        for key, attempt in fold.attempts.items()
    }


def _standing(standing: Standing) -> Document:
    return {
        "held": standing.held,
        "since": standing.since and standing.since.isoformat(),
        "unit_id": standing.unit_id,
        "providers": list(standing.providers),
        "last_outcome": standing.last_outcome.value,
        "last_at": standing.last_at.isoformat(),
    }


def _attempt(person: UUID, key: AttemptKey, attempt: Attempt) -> Document:
    return {
        "person_id": str(person),
        "step": key.step,
        "reference": key.reference,
        "state": attempt.state.value,
        "unit_id": attempt.unit_id,
        "started_at": attempt.started_at.isoformat(),
        "last_at": attempt.last_at.isoformat(),
        "events": attempt.events,
        "seconds": attempt.seconds,
        "reason": attempt.reason,
        "device": attempt.device,
        "provider": attempt.provider,
        "provider_reference": attempt.provider_reference,
        "hamlet": attempt.hamlet,
        "team": attempt.team,
    }
