"""F2: workers killed by SIGKILL at every crash point and at random; what they had in hand moves on."""

import asyncio
import signal
import time
from pathlib import Path
from typing import Final

import pytest

from tests.fault.machines import Machines
from tests.fault.processes import Service
from tests.fault.rig import LEASE_SECONDS, Rig, running_rig
from tests.fault.score import Score

POINTS: Final = ("W1", "W2", "W3", "W4", "W5", "W6", "W7", "W8", "W9", "W11")
KILLS_PER_POINT: Final = 20
RANDOM_KILLS: Final = 100
#: These come with refused dossiers only: so many are taken in for each kill.
RARE: Final = {"W9": 6, "W11": 2}
POISON_SHARE: Final = 0.05
LEASE_AND_GRACE: Final = LEASE_SECONDS + 5


async def crash(rig: Rig, victim: Service, point: str, *, latest: int = 4) -> None:
    """Start the victim with an order to die, at the fourth passage at the latest, and wait until it has."""
    passage = 1 if point in RARE else rig.chance.randint(1, latest)
    victim.start(crash_at=f"{point}:{passage}")
    for _ in range(RARE.get(point, 0)):
        await rig.desk.create(poison=True)
    code = await victim.ended(within=30)
    assert code == -signal.SIGKILL, f"{point}:{passage}: exit {code}\n{victim.tail()}"
    rig.score.crashed("worker", point)


@pytest.mark.fault
@pytest.mark.timeout(900)
async def test_a_worker_killed_at_every_point_loses_and_doubles_nothing(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=2, poison_share=POISON_SHARE) as rig:
        victim, _ = rig.workers
        rig.strike(victim)
        orders = [point for point in POINTS for _ in range(KILLS_PER_POINT)]
        rig.chance.shuffle(orders)
        load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
        for point in orders:
            await crash(rig, victim, point)
        rig.desk.stop()
        await load
        victim.start()
        await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
@pytest.mark.timeout(600)
async def test_workers_killed_at_random_lose_and_double_nothing(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=2, poison_share=POISON_SHARE) as rig:
        load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
        for _ in range(RANDOM_KILLS):
            await asyncio.sleep(rig.chance.uniform(0.05, 0.6))
            victim = rig.chance.choice(rig.workers)
            rig.strike(victim)
            victim.start()
        rig.desk.stop()
        await load
        await rig.at_rest()
        await rig.judge()


@pytest.mark.timeout(120)
async def test_a_worker_killed_between_request_and_answer_doubles_nothing(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """The short form for every test run: the points at which the portal may or may not have it."""
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        (victim,) = rig.workers
        rig.strike(victim)
        load = asyncio.create_task(rig.desk.work(clients=2, per_second=30))
        for point in ("W3", "W4", "W6", "W8"):
            await crash(rig, victim, point)
        rig.desk.stop()
        await load
        victim.start()
        await rig.at_rest()
        await rig.judge()


async def seconds_until_moving(rig: Rig, victim: Service, *, within: float) -> float:
    """Measure from the death of a worker until all that it held has been claimed by another one."""
    started = time.monotonic()
    tokens = await rig.tokens_of(victim)
    assert tokens, "it died with nothing in hand"
    while await rig.count("SELECT count(*) FROM deliveries WHERE token = ANY($1)", tokens):
        assert time.monotonic() < started + within
        await asyncio.sleep(0.05)
    return time.monotonic() - started


@pytest.mark.fault
@pytest.mark.timeout(300)
async def test_what_a_killed_worker_held_moves_again_within_lease_and_five_seconds(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=2) as rig:
        victim, heir = rig.workers
        rig.strike(victim)
        for point in ("W1", "W2", "W4", "W6", "W7") * 2:
            rig.strike(heir)
            await rig.desk.create_many(40)
            await crash(rig, victim, point, latest=1)
            heir.start()
            seconds = await seconds_until_moving(rig, victim, within=LEASE_AND_GRACE)
            score.note("killed_worker_moves_again_seconds", seconds)
            await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
@pytest.mark.timeout(300)
async def test_with_the_times_of_production_it_moves_again_within_65_seconds(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, times={}) as rig:
        (victim,) = rig.workers
        rig.strike(victim)
        await rig.desk.create_many(40)
        await crash(rig, victim, "W4", latest=1)
        assert await rig.held_by(victim) > 0
        victim.start()
        seconds = await rig.at_rest(within=65)
        score.note("killed_worker_moves_again_seconds_unscaled", seconds)
        await rig.judge()
