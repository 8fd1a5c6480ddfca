"""F1: the API killed by SIGKILL at every crash point and at random; no acknowledged call is lost."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import httpx
import pytest

from services.embedded.ports import choose_port
from tests.fault.history import Kind, Told
from tests.fault.machines import Machines
from tests.fault.rig import Rig, running_rig
from tests.fault.score import Score

#: There is no point between the rows of a reception (A2): one statement writes them all.
POINTS: Final = ("A1", "A3", "A4")
KILLS_PER_POINT: Final = 20
RANDOM_KILLS: Final = 140
READY_SECONDS: Final = 3.0


async def crash(rig: Rig, point: str) -> None:
    """Start the API with an order to die, and wait until it has."""
    rig.api.start(crash_at=f"{point}:{rig.chance.randint(1, 6)}")
    code = await rig.api.ended(within=30)
    assert code == -signal.SIGKILL, f"{point}: exit {code}\n{rig.api.tail()}"
    rig.score.crashed("api", point)


async def repeat_all(rig: Rig) -> int:
    """Ask again for the answer to every create that was ever acknowledged; the checker compares them."""
    repeated = 0
    for attempt in [*rig.history.attempts()]:
        if attempt.kind is Kind.CREATE and attempt.told is Told.OK:
            await rig.desk.repeat(attempt)
            repeated += 1
    return repeated


@pytest.mark.fault
@pytest.mark.timeout(600)
async def test_an_api_killed_at_every_point_loses_nothing_that_it_acknowledged(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        rig.strike(rig.api)
        load = asyncio.create_task(rig.desk.work(clients=8, per_second=60))
        orders = [point for point in POINTS for _ in range(KILLS_PER_POINT)]
        rig.chance.shuffle(orders)
        for point in orders:
            await crash(rig, point)
        rig.api.start()
        rig.desk.stop()
        await load
        assert rig.history.counts[Kind.CREATE, Told.UNKNOWN] > 0
        assert await repeat_all(rig) > 0
        await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
@pytest.mark.timeout(600)
async def test_an_api_killed_at_random_loses_nothing_that_it_acknowledged(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        load = asyncio.create_task(rig.desk.work(clients=8, per_second=60))
        for _ in range(RANDOM_KILLS):
            await asyncio.sleep(rig.chance.uniform(0.1, 0.6))
            rig.strike(rig.api)
            rig.api.start()
        await rig.api.until_ready()
        rig.desk.stop()
        await load
        assert await repeat_all(rig) > 0
        await rig.at_rest()
        await rig.judge()


@pytest.mark.timeout(120)
async def test_an_api_killed_around_its_commit_answers_the_repeated_call_as_the_first(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """The short form for every test run."""
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        rig.strike(rig.api)
        load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
        for point in ("A3", "A4", "A3", "A4"):
            await crash(rig, point)
        rig.api.start()
        rig.desk.stop()
        await load
        assert await repeat_all(rig) > 0
        await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
async def test_a_killed_api_is_ready_again_within_three_seconds(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """Measured on a start from nothing, not on a fork of what is loaded already."""
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        port = choose_port(None)
        settings = {
            "LIENTHONG_DATABASE_URL": rig.database_url,
            "LIENTHONG_REDIS_URL": machines.redis_url,
            "LIENTHONG_API_PORT": str(port),
        }
        started = time.monotonic()
        with (tmp_path / "cold-api.log").open("wb") as log:
            api = subprocess.Popen(  # noqa: ASYNC220 - returns at once
                [sys.executable, "-m", "services.cli.main", "api"],
                env=os.environ | settings,
                stdout=log,
                stderr=log,
            )
        try:
            await _until_ready(f"http://127.0.0.1:{port}/readyz", within=10 * READY_SECONDS)
            seconds = time.monotonic() - started
        finally:
            api.kill()
            api.wait()
        score.note("api_start_seconds", seconds)
        assert seconds <= READY_SECONDS


async def _until_ready(url: str, *, within: float) -> None:
    deadline = time.monotonic() + within
    async with httpx.AsyncClient(timeout=1, trust_env=False) as http:
        while True:
            try:
                if (await http.get(url)).is_success:
                    return
            except httpx.TransportError:
                assert time.monotonic() < deadline
            await asyncio.sleep(0.02)
