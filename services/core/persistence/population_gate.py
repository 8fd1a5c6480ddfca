"""The circuit breaker before the population database: one row, shared by all workers, beside the portal's."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.pace import Gate

_NAME: Final = "population"
_NAMES: Final = Gate.__slots__
_COLUMNS: Final = ", ".join(_NAMES)

_LOAD: Final = text(f"""
SELECT clock_timestamp() AS now, {_COLUMNS} FROM (SELECT) here
LEFT JOIN portal_gates ON operation = '{_NAME}'
""")  # noqa: S608 - joins constants

_ADD: Final = text(f"INSERT INTO portal_gates (operation) VALUES ('{_NAME}') ON CONFLICT DO NOTHING")  # noqa: S608 - as above

_LOCK: Final = text(f"""
SELECT clock_timestamp() AS now, {_COLUMNS} FROM portal_gates WHERE operation = '{_NAME}' FOR UPDATE
""")  # noqa: S608 - as above

_SAVE: Final = text(f"""
UPDATE portal_gates SET {", ".join(f"{name} = :{name}" for name in _NAMES)} WHERE operation = '{_NAME}'
""")  # noqa: S608 - as above


@dataclass(frozen=True, slots=True)
class GateAt:
    """The gate as it stood at `now`, by the database's clock."""

    now: datetime
    gate: Gate


async def load_gate(session: AsyncSession) -> GateAt:
    """Read without a lock; a gate that nobody ever touched is closed."""
    row = (await session.execute(_LOAD)).one()
    if row.openings is None:
        return GateAt(row.now, Gate())
    return GateAt(row.now, Gate(**{name: getattr(row, name) for name in _NAMES}))


async def lock_gate(session: AsyncSession) -> GateAt:
    """Read, and keep others from changing it until the transaction ends."""
    await session.execute(_ADD)
    row = (await session.execute(_LOCK)).one()
    return GateAt(row.now, Gate(**{name: getattr(row, name) for name in _NAMES}))


async def save_gate(session: AsyncSession, gate: Gate) -> None:
    """Write what follows from what was locked."""
    await session.execute(_SAVE, {name: getattr(gate, name) for name in _NAMES})
