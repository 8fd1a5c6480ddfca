"""What arrives through arq: rings at the door, and the clock's daily work. No rule lives here."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, Final, Protocol

import structlog
from arq import cron
from arq.worker import Worker, func
from redis.exceptions import RedisError

from services.core.application.check_calendar import years_without_decree
from services.core.jobs import names, serializer
from services.core.jobs.broker import broker_at, let_go
from services.core.persistence.engine import Sessions
from services.core.persistence.idempotency import IdempotencyRepository
from services.core.persistence.partitions import keep_partitions
from services.core.persistence.sightings import SightingRepository

log = structlog.get_logger()

BROKER_PAUSE_SECONDS: Final = 2.0
#: arq looks for jobs this often; its default of 0.5 s costs a median of 243 ms per ring.
POLL_SECONDS: Final = 0.05
#: A desk that was offline repeats its calls a day or two later (reliability 3.15).
ANSWERS_KEPT: Final = timedelta(hours=72)
#: For a look at single dossiers; the totals stay.
SIGHTINGS_KEPT: Final = timedelta(days=30)


#: arq wants a fixed offset; Việt Nam has had this one since 1975.
_VIETNAM: Final = timezone(timedelta(hours=7))

#: Thousands of procedures, one after the other. arq gives the jobs of a killed worker back only after the
#: longest time-out there is, which costs nothing here: polling needs no rings, and the next night reads on.
CATALOGUE_SECONDS: Final = 3_600


class Bell(Protocol):
    """Whatever is to be woken by a ring."""

    def set(self) -> None:
        """Ring."""


class Bells:
    """Several bells on one string."""

    def __init__(self, *bells: Bell) -> None:
        self._bells = bells

    def set(self) -> None:
        """Ring all of them."""
        for bell in self._bells:
            bell.set()


@dataclass(frozen=True, slots=True)
class NightlyCatalogue:
    """At which hour in Việt Nam the portal's catalogue is read, and how."""

    hour: int
    refresh: Callable[[], Awaitable[object]]


async def look_at_queue(ctx: dict[str, Any]) -> None:
    """Pass a ring on to the delivery lanes."""
    ctx["bell"].set()


async def look_after(ctx: dict[str, Any]) -> None:
    """Do the daily work at the hour that arq's clock gives."""
    await do_daily_work(ctx["sessions"], today=datetime.now(UTC).date())


async def read_catalogue(ctx: dict[str, Any]) -> None:
    """Take in the portal's catalogue."""
    await ctx["refresh_catalogue"]()


async def do_daily_work(sessions: Sessions, *, today: date) -> None:
    """Make room, tidy up, and warn of a year whose decreed days nobody has entered."""
    async with sessions.begin() as session:
        await keep_partitions(session, today=today)
        await IdempotencyRepository(session).forget_older_than(ANSWERS_KEPT)
        await SightingRepository(session).forget_older_than(SIGHTINGS_KEPT)
        if years := await years_without_decree(session, today=today):
            log.warning(
                "calendar.decree_missing",
                years=years,
                remedy="lienthong import working-days FILE",
            )


async def run_jobs(redis_url: str, *, bell: Bell, sessions: Sessions, nightly: NightlyCatalogue) -> None:
    """Run arq until cancelled. It ends when its broker does, so it is started again and again."""
    while True:
        worker = create_worker(redis_url, bell=bell, sessions=sessions, nightly=nightly)
        try:
            await worker.async_run()
        except Exception as exc:  # noqa: BLE001 - what lies in the broker must not cost us the bell
            log.warning("jobs.broker_unavailable", error=type(exc).__name__)
        finally:
            # In a task of its own: until Python 3.11.3, time limits do not work in one that was cancelled.
            await asyncio.create_task(close(worker))
        await asyncio.sleep(BROKER_PAUSE_SECONDS)


async def close(worker: Worker) -> None:
    """Disconnect. Jobs that this cuts short end in a cancellation, which is theirs and not the caller's.

    `Worker.close` would pass that on, and ends with a call that redis-py has deprecated.
    """
    jobs = list(worker.tasks.values())
    for job in jobs:
        job.cancel()
    await asyncio.gather(*jobs, return_exceptions=True)
    with suppress(RedisError, OSError):
        await worker.pool.delete(worker.health_check_key)
    with suppress(RedisError, OSError):
        await let_go(worker.pool)


def create_worker(redis_url: str, *, bell: Bell, sessions: Sessions, nightly: NightlyCatalogue) -> Worker:
    """Build an arq worker that keeps no results, reads only JSON, and leaves signals to us."""
    return Worker(
        functions=[func(look_at_queue, name=names.LOOK_AT_QUEUE, keep_result=0, max_tries=1)],
        cron_jobs=[
            cron(look_after, name=names.DAILY, hour=1, minute=10, keep_result=0),
            cron(
                read_catalogue,
                name=names.CATALOGUE,
                hour=nightly.hour,
                minute=20,
                timeout=CATALOGUE_SECONDS,
                keep_result=0,
                max_tries=1,
            ),
        ],
        timezone=_VIETNAM,
        redis_pool=broker_at(redis_url),
        queue_name=names.QUEUE,
        ctx={"bell": bell, "sessions": sessions, "refresh_catalogue": nightly.refresh},
        handle_signals=False,
        keep_result=0,
        poll_delay=POLL_SECONDS,
        job_serializer=serializer.dumps,
        job_deserializer=serializer.loads,
    )
