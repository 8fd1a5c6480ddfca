"""Work that a worker does again and again beside the delivery."""

import asyncio
import random
from collections.abc import Awaitable, Callable

import structlog

log = structlog.get_logger()


async def again_and_again(work: Callable[[], Awaitable[object]], *, seconds: float, failure: str) -> None:
    """Work until cancelled, about every so many seconds.

    What fails is told by the name of `failure` and tried again next time: no work of this kind may stop all
    deliveries.
    """
    while True:
        try:
            await work()
        except Exception as exc:  # noqa: BLE001 - see above
            log.warning(failure, error=type(exc).__name__)
        await asyncio.sleep(seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads workers
