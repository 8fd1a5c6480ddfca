"""The catalogue of steps: the standard ones, and what the province has added or changed."""

from collections.abc import Sequence
from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.onboarding.step import STANDARD_STEPS, Step, Steps, SubjectKind, by_code

_READ: Final = text(
    "SELECT code, name_vi, name_en, subject, population, target, funnel FROM onboarding_steps"
)

_SAVE: Final = text("""
INSERT INTO onboarding_steps (code, name_vi, name_en, subject, population, target, funnel)
SELECT r.* FROM jsonb_to_recordset(:rows) AS r(code text, name_vi text, name_en text, subject text,
    population text, target numeric, funnel int)
ON CONFLICT (code) DO UPDATE SET name_vi = excluded.name_vi, name_en = excluded.name_en,
    subject = excluded.subject, population = excluded.population, target = excluded.target,
    funnel = excluded.funnel
""").bindparams(bindparam("rows", type_=JSONB))


class StepRepository:
    """Reads and writes steps; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def load(self) -> Steps:
        """Give all steps by code; a row of the table stands in for the standard step of its code."""
        rows = await self._session.execute(_READ)
        added = [
            Step(
                row.code,
                row.name_vi,
                row.name_en,
                SubjectKind(row.subject),
                row.population,
                row.target,
                row.funnel,
            )
            for row in rows
        ]
        return by_code(*STANDARD_STEPS.values(), *added)

    async def save_all(self, steps: Sequence[Step]) -> None:
        """Add steps or bring them up to date."""
        rows = [
            {
                "code": step.code,
                "name_vi": step.name_vi,
                "name_en": step.name_en,
                "subject": step.subject.value,
                "population": step.population,
                "target": None if step.target is None else str(step.target),
                "funnel": step.funnel,
            }
            for step in steps
        ]
        await self._session.execute(_SAVE, {"rows": rows})
