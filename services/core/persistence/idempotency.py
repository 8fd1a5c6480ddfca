"""First answers to calls that may be repeated."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.request import RequestKey

_FIND: Final = text("""
SELECT fingerprint, answer
FROM first_answer(CAST(:client_id AS uuid), CAST(:route AS text), CAST(:key AS text))
""")

# The same lock as that of a reception, which takes it within its one statement.
_RESERVE: Final = text("""
SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', CAST(:client_id AS uuid),
    CAST(:route AS text), CAST(:key AS text)), 0))
""")

_KEEP: Final = text("""
INSERT INTO idempotency_keys (client_id, route, key, fingerprint, status, answer)
VALUES (:client_id, :route, :key, :fingerprint, :status, :answer)
""").bindparams(bindparam("answer", type_=JSONB))


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What a call was answered when it was made first, and the fingerprint of what it carried.

    `is_new` if that was just now.
    """

    fingerprint: bytes
    document: dict[str, Any]
    is_new: bool = False


class IdempotencyRepository:
    """Reads and keeps first answers; those to receptions are written together with them (`receptions`)."""

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

    async def reserve(self, client_id: UUID, request: RequestKey) -> bool:
        """Keep the key for this transaction; `False` if another one that has not ended has it."""
        reserved: bool = (
            await self._session.execute(
                _RESERVE, {"client_id": client_id, "route": request.route, "key": request.key}
            )
        ).scalar_one()
        return reserved

    async def keep(self, client_id: UUID, request: RequestKey, answer: FirstAnswer) -> None:
        """Store the answer under a key that was reserved and not found."""
        await self._session.execute(
            _KEEP,
            {
                "client_id": client_id,
                "route": request.route,
                "key": request.key,
                "fingerprint": answer.fingerprint,
                "status": request.status,
                "answer": answer.document,
            },
        )

    async def forget_older_than(self, age: timedelta) -> int:
        """Delete answers that no desk will ask for again; give how many."""
        result = await self._session.execute(
            text("DELETE FROM idempotency_keys WHERE created_at < now() - CAST(:age AS interval)"),
            {"age": age},
        )
        return int(result.rowcount)  # type: ignore[attr-defined]  # a DELETE gives a CursorResult
