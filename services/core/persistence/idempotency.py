"""First answers to calls that may be repeated."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.request import RequestKey

_FIND: Final = text("""
SELECT fingerprint, answer FROM idempotency_keys
WHERE client_id = :client_id AND route = :route AND key = :key
""")


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a call was answered when it was made first, and the fingerprint of what it carried.

    `is_new` if that was just now.
    """

    fingerprint: bytes
    document: dict[str, Any]
    is_new: bool = False


class IdempotencyRepository:
    """Reads first answers; they are written together with what they speak of (`receptions`)."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, client_id: UUID, request: RequestKey) -> FirstAnswer | None:
        """Give the first answer under a key, whatever that call carried."""
        row = (
            await self._session.execute(
                _FIND, {"client_id": client_id, "route": request.route, "key": request.key}
            )
        ).first()
        return None if row is None else FirstAnswer(row.fingerprint, row.answer)

    async def forget_older_than(self, age: timedelta) -> int:
        """Delete answers that no desk will ask for again; give how many."""
        result = await self._session.execute(
            text("DELETE FROM idempotency_keys WHERE created_at < now() - CAST(:age AS interval)"),
            {"age": age},
        )
        return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
