"""Everything at once: a seed picks faults, kills and load, and repeats them (`LIENTHONG_FAULT_SEED`)."""

import asyncio
import signal
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

import asyncpg
import pytest

from tests.fault.machines import Machines
from tests.fault.proxy import FINE, Weather
from tests.fault.rig import Rig, running_rig
from tests.fault.score import Score

RUNS: Final = 3
STEPS: Final = 60
EDGES: Final = ("api-pg", "worker-pg", "valkey", "worker-portal")

STORMS: Final[tuple[tuple[str, dict[str, object]], ...]] = (
    ("down", {}),
    ("hang", {}),
    ("http_5xx", {"status": 502}),
    ("html", {}),
    ("cut_body", {"manner": "close_delimited"}),
    ("cut_body", {"manner": "chunked"}),
    ("answer_lost", {"manner": "close"}),
    ("answer_lost", {"manner": "hang"}),
    ("throttled", {"retry_after": "1"}),
    ("session_expired", {}),
    ("slow", {"min_delay_ms": 100, "max_delay_ms": 1500}),
)
WEATHERS: Final = (
    Weather(latency=0.02, jitter=0.05),
    Weather(bytes_per_second=50_000),
    Weather(slice_bytes=50, pause=0.0005),
    Weather(limit_bytes=20_000),
    Weather(black_hole=True),
)


async def kill_worker(rig: Rig) -> None:
    worker = rig.chance.choice(rig.workers)
    rig.strike(worker)
    worker.start()


async def kill_api(rig: Rig) -> None:
    rig.strike(rig.api)
    rig.api.start()


async def kill_connection(rig: Rig) -> None:
    if rig.machines.crash_backend(rig.database_url):
        rig.score.kill("postgresql")
    await rig.machines.until_ready()


async def kill_postmaster(rig: Rig) -> None:
    await asyncio.to_thread(rig.machines.postgres.kill)
    rig.score.kill("postgresql")
    await asyncio.to_thread(rig.machines.postgres.start)


async def kill_valkey(rig: Rig) -> None:
    rig.machines.valkey.kill()
    rig.score.kill("valkey")
    await asyncio.sleep(rig.chance.uniform(0, 0.5))
    rig.machines.valkey.start()


async def freeze_worker(rig: Rig) -> None:
    worker = rig.chance.choice(rig.workers)
    worker.signal(signal.SIGSTOP)
    await asyncio.sleep(rig.chance.uniform(0.5, 4))
    worker.signal(signal.SIGCONT)


async def storm(rig: Rig) -> None:
    shape, details = rig.chance.choice(STORMS)
    share = rig.chance.choice((0.3, 0.7, 1.0))
    await rig.order(
        shape,
        seconds=rig.chance.uniform(0.3, 3),
        probability=share,
        seed=rig.chance.randrange(1000),
        **details,
    )


async def weather(rig: Rig) -> None:
    edge = rig.edges[rig.chance.choice(EDGES)]
    edge.both(rig.chance.choice(WEATHERS))
    await asyncio.sleep(rig.chance.uniform(0.3, 2))
    edge.both(FINE)


async def break_lines(rig: Rig) -> None:
    rig.edges[rig.chance.choice(EDGES)].reset()


EVENTS: Final[tuple[tuple[int, Callable[[Rig], Awaitable[None]]], ...]] = (
    (6, kill_worker),
    (4, kill_api),
    (2, kill_connection),
    (1, kill_postmaster),
    (1, kill_valkey),
    (1, freeze_worker),
    (4, storm),
    (3, weather),
    (2, break_lines),
)


class CursorWatch:
    """Looks again and again whether what the portal has acknowledged ever becomes less."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._highest: dict[str, tuple[int, int]] = {}
        self.steps_back: list[str] = []

    async def watch(self) -> None:
        while True:
            await asyncio.sleep(0.25)
            try:
                rows = await self._rig.sql(
                    "SELECT dossier_id::text, acked_version, acked_seq FROM deliveries"
                )
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                continue  # the database is being killed as well
            for dossier, *cursor in rows:
                before = self._highest.get(dossier, (0, 0))
                if cursor[0] < before[0] or cursor[1] < before[1]:
                    self.steps_back.append(dossier)
                self._highest[dossier] = (cursor[0], cursor[1])


async def run(rig: Rig, steps: int) -> None:
    """Let things happen, then let everything come to rest, and judge."""
    watch = CursorWatch(rig)
    watching = asyncio.create_task(watch.watch())
    load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
    weights, events = zip(*EVENTS, strict=True)
    for _ in range(steps):
        (event,) = rig.chance.choices(events, weights)
        print(f"{time.monotonic():.2f} {event.__name__}")  # noqa: T201 - the story of a run that failed
        await event(rig)
        await asyncio.sleep(rig.chance.uniform(0.1, 0.7))
    await rig.calm()
    await rig.api.until_ready()
    rig.desk.stop()
    await load
    await rig.at_rest(within=120)
    watching.cancel()
    await rig.judge()
    assert watch.steps_back == []


@pytest.mark.fault
@pytest.mark.timeout(600)
@pytest.mark.parametrize("number", range(RUNS))
async def test_whatever_happens_nothing_is_lost_and_nothing_is_doubled(
    number: int, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(
        tmp_path,
        machines,
        score,
        seed=seed + number,
        workers=2,
        edges=EDGES,
        poison_share=0.03,
        patience=60,
    ) as rig:
        await run(rig, STEPS)
