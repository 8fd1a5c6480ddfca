"""Days that depart from the usual calendar."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.deadline import DayKind, DecreedDay

_SAVE: Final = text("""
INSERT INTO decreed_days (day, kind, source)
SELECT * FROM unnest(CAST(:days AS date[]), CAST(:kinds AS text[]), CAST(:sources AS text[]))
ON CONFLICT (day, unit_id) DO UPDATE SET kind = excluded.kind, source = excluded.source
""")


@dataclass(frozen=True, slots=True)
class DepartingDays:
    """Decreed days, which bind all units, and each unit's own days by the unit's id."""

    decreed: tuple[DecreedDay, ...]
    of_units: dict[int, tuple[DecreedDay, ...]]


class CalendarRepository:
    """Reads and writes days off and days worked; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def load(self) -> DepartingDays:
        """Read them all: a country decrees about a dozen a year."""
        rows = await self._session.execute(
            text("SELECT day, kind, source, unit_id FROM decreed_days ORDER BY day")
        )
        by_unit: defaultdict[int | None, list[DecreedDay]] = defaultdict(list)
        for row in rows:
            by_unit[row.unit_id].append(DecreedDay(row.day, DayKind(row.kind), row.source))
        decreed = tuple(by_unit.pop(None, ()))
        own = {unit_id: tuple(days) for unit_id, days in by_unit.items() if unit_id is not None}
        return DepartingDays(decreed, own)

    async def save_all(self, days: Sequence[DecreedDay]) -> None:
        """Add decreed days or bring them up to date."""
        await self._session.execute(
            _SAVE,
            {
                "days": [entry.day for entry in days],
                "kinds": [entry.kind.value for entry in days],
                "sources": [entry.source for entry in days],
            },
        )
