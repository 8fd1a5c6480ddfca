"""F5: Valkey killed, gone, emptied, full or slow costs the desk nothing, and delivery 5 seconds at most."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Final

import pytest
import redis.asyncio

from tests.fault.machines import Machines
from tests.fault.proxy import FINE, Weather
from tests.fault.rig import Rig, running_rig
from tests.fault.score import Score

DOSSIERS: Final = 40
LONGEST_LAG_SECONDS: Final = 5.0
LONGEST_ANSWER_SECONDS: Final = 1.0
KILLS: Final = 20

#: Both are the database's own times: of the reception, and of the settlement after the last receipt.
_WORST_LAG: Final = """
SELECT coalesce(max(extract(epoch FROM v.due_since - d.created_at)), 0)::float AS seconds
FROM dossiers d JOIN deliveries v ON v.dossier_id = d.id WHERE v.state = 'synced'
"""

Fault = Callable[[Rig], AbstractAsyncContextManager[None]]


@asynccontextmanager
async def killed(rig: Rig) -> AsyncIterator[None]:
    rig.machines.valkey.kill()
    rig.score.kill("valkey")
    yield
    rig.machines.valkey.start()


@asynccontextmanager
async def gone(rig: Rig) -> AsyncIterator[None]:
    await rig.edges["valkey"].down()
    yield
    await rig.edges["valkey"].up()


@asynccontextmanager
async def silent(rig: Rig) -> AsyncIterator[None]:
    rig.edges["valkey"].both(Weather(black_hole=True))
    yield
    rig.edges["valkey"].both(FINE)


@asynccontextmanager
async def slow(rig: Rig) -> AsyncIterator[None]:
    rig.edges["valkey"].both(Weather(latency=0.1, jitter=0.05))
    yield
    rig.edges["valkey"].both(FINE)


@asynccontextmanager
async def emptied(rig: Rig) -> AsyncIterator[None]:
    async with redis.asyncio.Redis.from_url(rig.machines.redis_url) as client:
        stop = asyncio.Event()

        async def empty() -> None:
            while not stop.is_set():
                await client.flushall()
                await asyncio.sleep(0.1)

        emptying = asyncio.create_task(empty())
        yield
        stop.set()
        await emptying


@asynccontextmanager
async def full(rig: Rig) -> AsyncIterator[None]:
    async with redis.asyncio.Redis.from_url(rig.machines.redis_url) as client:
        await client.config_set("maxmemory", "1")
        yield
        await client.config_set("maxmemory", "0")


@pytest.mark.fault
@pytest.mark.parametrize(
    "fault", [killed, gone, silent, slow, emptied, full], ids=lambda fault: fault.__name__
)
async def test_trouble_with_valkey_fails_no_write_and_delays_no_delivery_beyond_five_seconds(
    fault: Fault, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, edges=["valkey"]) as rig:
        async with fault(rig):
            for _ in range(DOSSIERS):
                await rig.desk.create()
                await asyncio.sleep(0.1)
            await rig.at_rest(within=LONGEST_LAG_SECONDS + 5)
        assert set(rig.desk.answered.statuses) == {201}
        score.note("longest_answer_without_valkey_seconds", max(rig.desk.answered.seconds))
        assert max(rig.desk.answered.seconds) <= LONGEST_ANSWER_SECONDS
        lag = float((await rig.sql(_WORST_LAG))[0]["seconds"])
        score.note("longest_lag_without_valkey_seconds", lag)
        assert lag <= LONGEST_LAG_SECONDS
        assert all(worker.is_running for worker in rig.workers)
        await rig.judge()


@pytest.mark.fault
async def test_valkey_killed_again_and_again_loses_and_doubles_nothing(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
        for _ in range(KILLS):
            await asyncio.sleep(rig.chance.uniform(0.1, 0.5))
            machines.valkey.kill()
            score.kill("valkey")
            await asyncio.sleep(rig.chance.uniform(0.0, 0.3))
            machines.valkey.start()
        rig.desk.stop()
        await load
        assert set(rig.desk.answered.statuses) <= {200, 201}
        await rig.at_rest(within=20)
        await rig.judge()
