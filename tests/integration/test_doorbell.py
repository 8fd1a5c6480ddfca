"""The bell between the desk and the worker, with and without a broker."""

import asyncio
import json
import socket
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from redis.asyncio import Redis

from services.core.jobs import names
from services.core.jobs.broker import broker_at, let_go
from services.core.jobs.doorbell import QUIET_SECONDS, ArqDoorbell, SilentDoorbell, create_doorbell
from services.core.persistence.engine import Sessions
from services.sync_worker.tasks import NightlyCatalogue, close, create_worker, run_jobs

if TYPE_CHECKING:
    from tests.servers import WorkerServers


async def read_nothing() -> None:
    """Stand in for the catalogue where another job is what matters."""


AT_TWO = NightlyCatalogue(hour=2, refresh=read_nothing)


@pytest.fixture
async def broker(servers: "WorkerServers") -> AsyncIterator[Redis]:
    async with Redis.from_url(servers.redis_url) as broker:
        await broker.flushdb()
        yield broker


@asynccontextmanager
async def doorbell(url: str) -> AsyncIterator[ArqDoorbell]:
    bell = ArqDoorbell(url)
    try:
        yield bell
    finally:
        await bell.close()


@pytest.fixture
def nobody() -> str:
    """Give a URL where nobody listens."""
    with closing(socket.socket()) as plug:
        plug.bind(("127.0.0.1", 0))
        return f"redis://127.0.0.1:{plug.getsockname()[1]}/0"


async def queued(broker: Redis) -> int:
    return int(await broker.zcard(names.QUEUE))


async def until_queued(broker: Redis, number: int) -> None:
    async with asyncio.timeout(10):
        while await queued(broker) != number:  # noqa: ASYNC110 - the broker has no event to wait for
            await asyncio.sleep(0.01)


async def test_a_ring_is_a_job_in_json_without_data(servers: "WorkerServers", broker: Redis) -> None:
    async with doorbell(servers.redis_url) as bell:
        await bell.ring()
    (key,) = [key async for key in broker.scan_iter("arq:job:*")]
    job = json.loads(await broker.get(key) or b"")
    assert job["f"] == names.LOOK_AT_QUEUE
    assert (job["a"], job["k"]) == ([], {})
    assert await queued(broker) == 1


async def test_many_rings_at_once_are_one(servers: "WorkerServers", broker: Redis) -> None:
    async with doorbell(servers.redis_url) as bell:
        for _ in range(200):
            await bell.ring()
    assert await queued(broker) == 1


async def test_a_ring_while_another_goes_out_is_not_lost(servers: "WorkerServers", broker: Redis) -> None:
    """It may stand for work that was stored after the worker looked because of the first."""
    async with doorbell(servers.redis_url) as bell:
        await bell.ring()
        while not await queued(broker):
            await bell.ring()
    assert await queued(broker) == 2


async def test_rings_keep_their_distance(servers: "WorkerServers", broker: Redis) -> None:
    started = time.monotonic()
    async with doorbell(servers.redis_url) as bell:
        while time.monotonic() - started < 0.5:
            await bell.ring()
            await asyncio.sleep(0.002)
    assert 2 <= await queued(broker) <= 0.5 / QUIET_SECONDS + 1


async def test_a_ring_reaches_the_lanes_through_a_worker(
    servers: "WorkerServers", broker: Redis, sessions: Sessions
) -> None:
    lanes_bell = asyncio.Event()
    worker = create_worker(servers.redis_url, bell=lanes_bell, sessions=sessions, nightly=AT_TWO)
    running = asyncio.create_task(worker.async_run())
    async with doorbell(servers.redis_url) as bell:
        await bell.ring()
        await asyncio.wait_for(lanes_bell.wait(), 5)
    await until_queued(broker, 0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await close(worker)
    left = [key async for key in broker.scan_iter("arq:*")]
    assert left == [], "no result and no trace of a job stays"


async def test_the_catalogue_is_read_once_a_night_by_the_clock_in_vietnam(
    servers: "WorkerServers", broker: Redis, sessions: Sessions
) -> None:
    read = asyncio.Event()

    async def refresh() -> None:
        read.set()

    nightly = NightlyCatalogue(hour=2, refresh=refresh)
    worker = create_worker(servers.redis_url, bell=asyncio.Event(), sessions=sessions, nightly=nightly)
    (job,) = [job for job in worker.cron_jobs if job.name == names.CATALOGUE]
    job.calculate_next(datetime(2026, 11, 21, 18, 0, tzinfo=UTC).astimezone(worker.timezone))
    assert job.next_run is not None
    assert job.next_run.astimezone(UTC).replace(microsecond=0) == datetime(2026, 11, 21, 19, 20, tzinfo=UTC)

    jobs = broker_at(servers.redis_url)
    await jobs.enqueue_job(names.CATALOGUE)
    await let_go(jobs)
    running = asyncio.create_task(worker.async_run())
    await asyncio.wait_for(read.wait(), 5)
    await until_queued(broker, 0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await close(worker)


async def test_without_a_broker_a_ring_costs_nothing_and_raises_nothing(nobody: str) -> None:
    async with doorbell(nobody) as bell:
        started = time.monotonic()
        for _ in range(1000):
            await bell.ring()
        assert time.monotonic() - started < 0.1
        await asyncio.sleep(4 * QUIET_SECONDS)
        await bell.ring()


async def test_a_broker_that_hangs_is_given_up_and_left_alone_for_a_while() -> None:
    accepted: list[asyncio.StreamWriter] = []

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        accepted.append(writer)

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    url = f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    async with doorbell(url) as bell:
        for _ in range(12):
            started = time.monotonic()
            await bell.ring()
            assert time.monotonic() - started < 0.1
            await asyncio.sleep(0.1)
    assert len(accepted) == 1
    server.close()
    for writer in accepted:
        writer.transport.abort()
    await asyncio.sleep(0)


async def test_the_bell_rings_again_when_its_broker_is_back(servers: "WorkerServers", broker: Redis) -> None:
    async with doorbell(servers.redis_url) as bell:
        await bell.ring()
        await until_queued(broker, 1)
        async with Redis.from_url(servers.redis_url) as killer:
            await killer.client_kill_filter(_type="normal", skipme=True)
        await bell.ring()
        await until_queued(broker, 2)


async def test_the_choice_follows_the_setting(servers: "WorkerServers") -> None:
    silent = create_doorbell(None)
    assert isinstance(silent, SilentDoorbell)
    await silent.ring()
    await silent.close()
    assert isinstance(create_doorbell(servers.redis_url), ArqDoorbell)


async def test_jobs_survive_what_lies_in_the_broker(
    servers: "WorkerServers", broker: Redis, sessions: Sessions
) -> None:
    """Nobody who can write to the broker can stop the bell, or run code through a pickle."""
    await broker.zadd(names.QUEUE, {"no-job": 1, "pickle": 1})
    await broker.set("arq:job:pickle", b"\x80\x04\x8c\x02os\x94\x8c\x06system\x94\x93\x94.")
    lanes_bell = asyncio.Event()
    running = asyncio.create_task(
        run_jobs(servers.redis_url, bell=lanes_bell, sessions=sessions, nightly=AT_TWO)
    )
    async with doorbell(servers.redis_url) as bell:
        await bell.ring()
        await asyncio.wait_for(lanes_bell.wait(), 10)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running


async def test_jobs_without_a_broker_go_on_trying_until_they_are_stopped(
    nobody: str, sessions: Sessions
) -> None:
    running = asyncio.create_task(run_jobs(nobody, bell=asyncio.Event(), sessions=sessions, nightly=AT_TWO))
    await asyncio.sleep(0.3)
    assert not running.done()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
