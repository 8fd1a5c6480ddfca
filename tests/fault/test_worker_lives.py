"""F3, F4, F23, F27: workers that freeze, are told to stop, lose the database, or are many."""

import asyncio
import json
import signal
import time
from pathlib import Path
from typing import Final

import pytest

from tests.fault.machines import Machines
from tests.fault.processes import Service
from tests.fault.proxy import FINE, Weather
from tests.fault.rig import LEASE_SECONDS, Rig, running_rig
from tests.fault.score import Score

FREEZES: Final = 5
PARTITIONS: Final = 4
STARTS: Final = 6
STOP_SECONDS: Final = 25.0


async def until_holding(rig: Rig, worker: Service) -> int:
    """Wait until a worker has dossiers in hand; give how many."""
    deadline = time.monotonic() + 20
    while not (held := await rig.held_by(worker)):
        assert time.monotonic() < deadline
        await asyncio.sleep(0.01)
    return held


def events(worker: Service, *names: str) -> int:
    """Add up the dossiers of log lines."""
    lines = (
        json.loads(line) for line in worker.log.read_text(encoding="utf-8").splitlines() if line[:1] == "{"
    )
    return sum(line.get("dossiers", 1) for line in lines if line["event"] in names)


@pytest.mark.fault
@pytest.mark.timeout(300)
async def test_a_frozen_worker_that_wakes_up_after_its_lease_overwrites_and_sends_nothing(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=2) as rig:
        sleeper, heir = rig.workers
        fenced_out = 0
        await rig.order("slow", min_delay_ms=200, max_delay_ms=400)
        for _ in range(FREEZES):
            heir.signal(signal.SIGSTOP)
            await rig.desk.create_many(30)
            await until_holding(rig, sleeper)
            sleeper.signal(signal.SIGSTOP)
            tokens = await rig.tokens_of(sleeper)
            heir.signal(signal.SIGCONT)
            await rig.at_rest(within=2 * LEASE_SECONDS + 20)
            kept = await rig.count("SELECT count(*) FROM deliveries WHERE token = ANY($1)", tokens)
            before = events(sleeper, "delivery.fenced", "delivery.lease_lost")
            sleeper.signal(signal.SIGCONT)
            fenced_out += await _fenced(sleeper, before, len(tokens) - kept)
        assert fenced_out > 0
        score.note("settlements_refused_by_fencing", fenced_out)
        await rig.at_rest()
        await rig.judge()


async def _fenced(worker: Service, before: int, held: int) -> int:
    """Wait until the worker has noticed the loss of every dossier that was taken over; give how many."""
    deadline = time.monotonic() + 10
    while (noticed := events(worker, "delivery.fenced", "delivery.lease_lost") - before) < held:
        assert time.monotonic() < deadline, f"{noticed} of {held}"
        await asyncio.sleep(0.05)
    assert noticed == held
    return noticed


@pytest.mark.fault
async def test_a_worker_told_to_stop_finishes_or_releases_what_it_has_and_ends_well(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    tuning = {"LIENTHONG_PORTAL_DOSSIERS_PER_CALL": "5", "LIENTHONG_WORKER_CALLS_IN_FLIGHT": "4"}
    async with running_rig(tmp_path, machines, score, seed=seed, tuning=tuning) as rig:
        (worker,) = rig.workers
        await rig.order("slow", min_delay_ms=300, max_delay_ms=700)
        for _ in range(3):
            await rig.desk.create_many(40)
            await until_holding(rig, worker)
            started = time.monotonic()
            worker.signal(signal.SIGTERM)
            assert await worker.ended(within=STOP_SECONDS) == 0
            score.note("worker_stop_seconds", time.monotonic() - started)
            assert await rig.count("SELECT count(*) FROM deliveries WHERE state = 'leased'") == 0
            worker.start()
            await worker.until_ready()
        await rig.calm()
        await rig.at_rest()
        await rig.judge()


@pytest.mark.fault
@pytest.mark.timeout(300)
async def test_a_worker_cut_off_from_the_database_after_sending_is_not_overtaken_before_its_lease_ends(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=2, edges=["first-pg"]) as rig:
        cut_off, heir = rig.workers
        await rig.order("slow", min_delay_ms=300, max_delay_ms=500)
        for _ in range(PARTITIONS):
            heir.signal(signal.SIGSTOP)
            await rig.desk.create_many(30)
            await until_holding(rig, cut_off)
            rig.edges["first-pg"].both(Weather(black_hole=True))
            tokens = await rig.tokens_of(cut_off)
            heir.signal(signal.SIGCONT)
            await _nobody_takes_before_the_end(rig, tokens)
            await rig.at_rest(within=20)
            rig.edges["first-pg"].both(FINE)
            await asyncio.sleep(0.5)
        await rig.at_rest()
        await rig.judge()


async def _nobody_takes_before_the_end(rig: Rig, tokens: list[int]) -> None:
    """Watch leases until they run out: until then each keeps its token."""
    assert tokens
    running = (
        "SELECT count(*) FILTER (WHERE lease_until > now()), count(*) FROM deliveries WHERE token = ANY($1)"
    )
    while True:
        (running_now, still_theirs), *_ = await rig.sql(running, tokens)
        if running_now == 0:
            return
        assert still_theirs == len(tokens)
        await asyncio.sleep(0.05)


@pytest.mark.fault
async def test_workers_that_start_at_once_share_the_clocks_work_and_send_nothing_twice(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=4, poison_share=0.05) as rig:
        load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
        for _ in range(STARTS):
            for worker in rig.workers:
                rig.strike(worker)
            for worker in rig.workers:
                worker.start()
            await asyncio.gather(*(worker.until_ready() for worker in rig.workers))
            await asyncio.sleep(1)
        rig.desk.stop()
        await load
        await rig.at_rest()
        assert sum(events(worker, "worker.daily_work_failed") for worker in rig.workers) == 0
        await rig.judge()
