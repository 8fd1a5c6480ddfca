"""Give a call that is repeated the answer of the first one, and do nothing again."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.request import RequestInProgress, RequestKey
from services.core.persistence.idempotency import FirstAnswer, IdempotencyRepository


async def answer_once(
    session: AsyncSession,
    *,
    client_id: UUID,
    request: RequestKey,
    work: Callable[[], Awaitable[dict[str, Any]]],
) -> FirstAnswer:
    """Do `work` and keep what it gives, in one transaction, unless that has been done under this key.

    Raises `RequestInProgress`, `RequestKeyReused`, and what `work` raises, of which nothing is kept.
    """
    answers = IdempotencyRepository(session)
    if not await answers.reserve(client_id, request):
        raise RequestInProgress
    if (seen := await answers.find(client_id, request)) is not None:
        request.check(seen.fingerprint)
        return seen
    answer = FirstAnswer(request.fingerprint, await work(), is_new=True)
    await answers.keep(client_id, request, answer)
    return answer
