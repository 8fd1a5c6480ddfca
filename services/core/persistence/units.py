"""The organisation tree."""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import Unit
from services.core.domain.deadline import STANDARD_HOURS, OpeningHours
from services.core.domain.errors import DomainError

_FIND: Final = text("""
SELECT u.id, u.code, u.name, u.path, u.valid_from, u.valid_to, s.code AS successor_code, u.opening_hours,
    u.look_up_rule
FROM units u LEFT JOIN units s ON s.id = u.successor_id
WHERE u.code = ANY(CAST(:codes AS text[]))
""")

# Parents and successors may come later in the file, so they are tied in a second step.
_SAVE: Final = text("""
INSERT INTO units (code, name, level, path, valid_from, valid_to, opening_hours)
SELECT r.code, r.name, r.level, '', r.valid_from, r.valid_to, r.opening_hours
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
    code text, name text, level text, valid_from date, valid_to date, opening_hours jsonb)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, level = excluded.level,
    valid_from = excluded.valid_from, valid_to = excluded.valid_to, opening_hours = excluded.opening_hours
""")

_TIE: Final = text("""
UPDATE units u SET parent_id = p.id, successor_id = s.id
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(code text, parent_code text, successor_code text)
LEFT JOIN units p ON p.code = r.parent_code
LEFT JOIN units s ON s.code = r.successor_code
WHERE u.code = r.code
""")

_UNTIED: Final = text("""
SELECT r.code, coalesce(p.missing, s.missing) AS missing
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(code text, parent_code text, successor_code text)
LEFT JOIN LATERAL (SELECT r.parent_code AS missing
    WHERE NOT EXISTS (SELECT FROM units WHERE code = r.parent_code)) p ON r.parent_code IS NOT NULL
LEFT JOIN LATERAL (SELECT r.successor_code AS missing
    WHERE NOT EXISTS (SELECT FROM units WHERE code = r.successor_code)) s ON r.successor_code IS NOT NULL
WHERE coalesce(p.missing, s.missing) IS NOT NULL ORDER BY r.code LIMIT 1
""")

_TREE: Final = """
WITH RECURSIVE tree AS (
    SELECT id, '/' || id || '/' AS path FROM units WHERE parent_id IS NULL
    UNION ALL
    SELECT u.id, t.path || u.id || '/' FROM units u JOIN tree t ON u.parent_id = t.id
)
"""

_PATHS: Final = text(
    f"{_TREE} UPDATE units u SET path = t.path FROM tree t"  # noqa: S608 - joins constants
    " WHERE u.id = t.id AND u.path <> t.path"
)

_IN_A_CIRCLE: Final = text(
    f"{_TREE} SELECT code FROM units"  # noqa: S608 - joins constants
    " WHERE id NOT IN (SELECT id FROM tree) ORDER BY code LIMIT 1"
)


class UnitTreeBroken(DomainError):
    """A unit names a parent or successor that does not exist, or is its own ancestor."""

    code = "unit-tree-broken"


@dataclass(frozen=True, slots=True)
class UnitRow:
    """A unit as a catalogue file has it; parents and successors by code."""

    code: str
    name: str
    level: str
    parent_code: str | None
    valid_from: date
    valid_to: date | None
    successor_code: str | None
    opening_hours: OpeningHours | None


class UnitRepository:
    """Reads and writes units; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find_many(self, codes: Collection[str]) -> dict[str, Unit]:
        """Give those that exist, by code."""
        rows = await self._session.execute(_FIND, {"codes": list(codes)})
        return {row.code: _unit(row) for row in rows}

    async def save_all(self, units: Sequence[UnitRow]) -> None:
        """Add units or bring them up to date, and grow the paths of the whole tree anew.

        Raises `UnitTreeBroken`. Units that the file does not name stay as they are.
        """
        rows = {"rows": json.dumps([_document(unit) for unit in units])}
        await self._session.execute(_SAVE, rows)
        untied = (await self._session.execute(_UNTIED, rows)).first()
        if untied is not None:
            raise UnitTreeBroken(unit=untied.code, missing=untied.missing)
        await self._session.execute(_TIE, rows)
        circle = await self._session.scalar(_IN_A_CIRCLE)
        if circle is not None:
            raise UnitTreeBroken(unit=circle, missing=None)
        await self._session.execute(_PATHS)


def _unit(row: Row[Any]) -> Unit:
    hours = row.opening_hours
    return Unit(
        id=row.id,
        code=row.code,
        name=row.name,
        path=row.path,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        successor_code=row.successor_code,
        hours=STANDARD_HOURS if hours is None else OpeningHours.from_dict(hours),
        requires_match=row.look_up_rule == "require",
    )


def _document(unit: UnitRow) -> dict[str, Any]:
    return {
        "code": unit.code,
        "name": unit.name,
        "level": unit.level,
        "parent_code": unit.parent_code,
        "valid_from": unit.valid_from.isoformat(),
        "valid_to": unit.valid_to and unit.valid_to.isoformat(),
        "successor_code": unit.successor_code,
        "opening_hours": unit.opening_hours and unit.opening_hours.to_dict(),
    }
