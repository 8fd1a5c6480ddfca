"""F6, F7, F9, F10: PostgreSQL killed, unreachable, locked or full; the desk is asked to come back."""

import asyncio
import time
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from tests.fault.desk import codes_of
from tests.fault.machines import Machines
from tests.fault.proxy import FINE, Weather
from tests.fault.rig import Rig, running_rig
from tests.fault.score import Score
from tests.servers import asyncpg_dsn

POSTMASTER_KILLS: Final = 10
CONNECTION_KILLS: Final = 20
ANSWER_SECONDS: Final = 2.0
#: A request may wait for a connection, and then for a statement.
POOL_SECONDS: Final = 2.0
COMMAND_SECONDS: Final = 5.0
#: For the way from the limit to the client, on a machine that does everything at once.
GRACE_SECONDS: Final = 1.0
BACK_SECONDS: Final = 10.0
LOCK_SECONDS: Final = 2.0


async def seconds_until_served(rig: Rig, *, within: float) -> float:
    """Measure until a create is answered well by the very processes that saw the fault."""
    started = time.monotonic()
    while True:
        answer = await rig.desk.ask("/v1/dossiers")
        if answer is not None and answer.is_success:
            return time.monotonic() - started
        assert time.monotonic() < started + within
        await asyncio.sleep(0.05)


@pytest.mark.fault
@pytest.mark.timeout(300)
async def test_postgresql_killed_costs_503_in_two_seconds_and_nothing_acknowledged(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=2) as rig:
        load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
        kills = ["postmaster"] * POSTMASTER_KILLS + ["connection"] * CONNECTION_KILLS
        rig.chance.shuffle(kills)
        for kill in kills:
            await asyncio.sleep(rig.chance.uniform(0.3, 1.0))
            if kill == "postmaster":
                await asyncio.to_thread(machines.postgres.kill)
                await asyncio.to_thread(machines.postgres.start)
            else:
                assert machines.crash_backend(rig.database_url)
                await machines.until_ready()
            score.kill("postgresql")
            score.note(
                "served_after_postgresql_kill_seconds", await seconds_until_served(rig, within=BACK_SECONDS)
            )
        rig.desk.stop()
        await load
        assert set(rig.desk.answered.statuses) <= {200, 201, 412, 503}, codes_of(rig.desk.answered.statuses)
        assert max(rig.desk.answered.seconds) <= ANSWER_SECONDS + GRACE_SECONDS
        assert rig.api.is_running
        assert all(worker.is_running for worker in rig.workers)
        await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
async def test_a_database_that_is_away_is_answered_with_503_and_when_to_come_back(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        await rig.desk.create_many(5)
        await asyncio.to_thread(machines.postgres.kill)
        score.kill("postgresql")
        try:
            started = time.monotonic()
            answer = await rig.desk.ask("/v1/dossiers")
            assert answer is not None
            assert (answer.status_code, int(answer.headers["Retry-After"]) > 0) == (503, True)
            assert time.monotonic() - started <= ANSWER_SECONDS
            ready, alive = await rig.desk.ask("/readyz"), await rig.desk.ask("/healthz")
            assert ready is not None
            assert alive is not None
            assert (ready.status_code, alive.status_code) == (503, 200)
        finally:
            await asyncio.to_thread(machines.postgres.start)
        await seconds_until_served(rig, within=BACK_SECONDS)
        await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
async def test_a_black_hole_on_the_way_to_postgresql_ends_every_request_and_empties_the_pool(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, edges=["api-pg"], patience=60) as rig:
        await rig.desk.create_many(20)
        rig.edges["api-pg"].both(Weather(black_hole=True))
        load = asyncio.create_task(rig.desk.work(clients=12, per_second=20))
        await asyncio.sleep(15)
        rig.edges["api-pg"].both(FINE)
        back = await seconds_until_served(rig, within=5)
        score.note("served_after_black_hole_seconds", back)
        rig.desk.stop()
        await load
        statuses = codes_of(rig.desk.answered.statuses)
        assert set(statuses) <= {200, 201, 412, 503}, statuses
        assert statuses[503] > 0
        score.note("longest_answer_in_black_hole_seconds", max(rig.desk.answered.seconds))
        assert max(rig.desk.answered.seconds) <= POOL_SECONDS + COMMAND_SECONDS + GRACE_SECONDS
        rig.desk.answered.statuses.clear()
        await asyncio.sleep(5)
        await rig.desk.create_many(40, clients=20)
        assert set(rig.desk.answered.statuses) == {201}, "a connection did not come back to the pool"
        await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
async def test_a_lock_on_the_queue_costs_503_within_the_lock_timeout_and_is_over_when_it_ends(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        await rig.desk.create_many(20)
        holder = await asyncpg.connect(asyncpg_dsn(rig.database_url))
        async with holder.transaction():
            await holder.execute("LOCK TABLE deliveries IN ACCESS EXCLUSIVE MODE")
            load = asyncio.create_task(rig.desk.work(clients=4, per_second=20))
            await asyncio.sleep(6)
        started = time.monotonic()
        await rig.desk.create()
        assert time.monotonic() - started <= LOCK_SECONDS
        await holder.close()
        rig.desk.stop()
        await load
        statuses = codes_of(rig.desk.answered.statuses)
        assert set(statuses) <= {200, 201, 503}, statuses
        assert statuses[503] > 0
        assert max(rig.desk.answered.seconds) <= LOCK_SECONDS + GRACE_SECONDS
        await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
async def test_a_server_without_free_connections_is_a_reason_to_come_back_and_health_says_so(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        rig.strike(rig.api)
        idle: list[asyncpg.Connection] = []
        try:
            while True:
                idle.append(await asyncpg.connect(asyncpg_dsn(machines.admin_url)))
        except asyncpg.TooManyConnectionsError:
            assert len(idle) > 100
        rig.api.start()
        try:
            alive = await _first_answer(rig, "/healthz")
            assert alive == 200
            assert await _first_answer(rig, "/readyz") == 503
            started = time.monotonic()
            assert await _first_answer(rig, "/v1/dossiers") == 503
            assert time.monotonic() - started <= ANSWER_SECONDS + GRACE_SECONDS
        finally:
            for connection in idle:
                connection.terminate()
        await rig.api.until_ready()
        await rig.desk.create_many(5)
        await rig.at_rest()
        await rig.judge()


async def _first_answer(rig: Rig, path: str) -> int:
    """Give the first answer of an API that is starting."""
    deadline = time.monotonic() + BACK_SECONDS
    while (answer := await rig.desk.ask(path)) is None:
        assert time.monotonic() < deadline
        await asyncio.sleep(0.05)
    return answer.status_code
