"""The circuit breakers that all workers share, one row per portal operation. Times are the database's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Operation
from services.core.domain.pace import Gate

_NAMES: Final = Gate.__slots__
_COLUMNS: Final = ", ".join(_NAMES)

# The population database has a gate of its own in the table (`population_gate`).
_OURS: Final = f"operation IN ({', '.join(repr(operation.value) for operation in Operation)})"

# One row even where no gate was ever touched, for the time.
_LOAD: Final = text(f"""
SELECT clock_timestamp() AS now, operation, {_COLUMNS} FROM (SELECT) here LEFT JOIN portal_gates ON {_OURS}
""")  # noqa: S608 - joins constants

_ADD: Final = text("""
INSERT INTO portal_gates (operation) SELECT unnest(CAST(:operations AS text[])) ON CONFLICT DO NOTHING
""")

_LOCK: Final = text(f"""
SELECT clock_timestamp() AS now, operation, {_COLUMNS} FROM portal_gates WHERE {_OURS} ORDER BY operation
FOR UPDATE
""")  # noqa: S608 - joins constants

_SAVE: Final = text(f"""
UPDATE portal_gates SET {", ".join(f"{name} = :{name}" for name in _NAMES)} WHERE operation = :operation
""")  # noqa: S608 - joins constants


@dataclass(frozen=True, slots=True)
class Gates:
    """All gates as they stood at `now`; one that nobody ever touched is closed."""

    now: datetime
    by_operation: Mapping[Operation, Gate]


class GateRepository:
    """Reads and writes gates; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def load(self) -> Gates:
        """Read without a lock."""
        return _gates((await self._session.execute(_LOAD)).all())

    async def lock(self) -> Gates:
        """Read, and keep others from changing them until the transaction ends."""
        await self._session.execute(_ADD, {"operations": sorted(Operation)})
        return _gates((await self._session.execute(_LOCK)).all())

    async def save(self, before: Gates, after: Mapping[Operation, Gate]) -> None:
        """Write what has changed since `lock`."""
        for operation in sorted(after):
            gate = after[operation]
            if gate != before.by_operation[operation]:
                columns = {name: getattr(gate, name) for name in _NAMES}
                await self._session.execute(_SAVE, {"operation": operation.value, **columns})


def _gates(rows: Sequence[Row[Any]]) -> Gates:
    known = {
        Operation(row.operation): Gate(**{name: getattr(row, name) for name in _NAMES})
        for row in rows
        if row.operation is not None
    }
    return Gates(rows[0].now, {operation: known.get(operation, Gate()) for operation in Operation})
