"""The delivery loop: delivers what is due, wakes when rung, comes through what goes wrong around it."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest

from services.core.domain.delivery import Operation, RetryPolicy
from services.core.domain.outcome import AuthRefused, NotSent, Outcome, Throttled
from services.core.domain.pace import GatePolicy
from services.core.persistence.engine import Sessions, create_engine, create_sessions
from services.sync_worker.lanes import DeliveryLanes, Rhythm
from tests.integration.delivery_cases import (
    ScriptedPortal,
    Seen,
    change_row,
    delivering,
    delivery_of,
    file_dossier,
    pacing_of,
    seed_catalogue,
    states,
)
from tests.servers import run_sql

if TYPE_CHECKING:
    from tests.servers import WorkerServers

RARELY = 60.0
PROBE_SECONDS = 0.1
GATES = GatePolicy(open_seconds=PROBE_SECONDS / 0.9, open_cap_seconds=PROBE_SECONDS / 0.9, hold_seconds=0.3)
SOON = RetryPolicy(base=0.05, cap=0.1, ask_after=0.05, linger=0.05)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


def lanes_of(
    sessions: Sessions,
    portal: ScriptedPortal,
    *,
    poll: float = RARELY,
    sweep: float = RARELY,
    stop: float = 5.0,
    lanes: int = 3,
    **settings: Any,
) -> DeliveryLanes:
    pacing = pacing_of(sessions, lanes=lanes, gates=GATES)
    return DeliveryLanes(
        delivering(sessions, portal, **({"policy": SOON, "pacing": pacing} | settings)),
        Rhythm(poll=poll, sweep=sweep, stop=stop),
    )


@asynccontextmanager
async def running(lanes: DeliveryLanes) -> AsyncIterator[None]:
    task = asyncio.create_task(lanes.run())
    try:
        yield
    finally:
        lanes.stop()
        await task


async def until_synced(desk: Sessions, number: int) -> None:
    async with asyncio.timeout(10):
        while await states(desk) != {"synced": number}:  # noqa: ASYNC110 - the database has no event to wait for
            await asyncio.sleep(0.02)


async def test_what_is_due_at_the_start_is_delivered(desk: Sessions, portal: ScriptedPortal) -> None:
    for number in range(30):
        await file_dossier(desk, f"D-{number}")
    async with running(lanes_of(desk, portal, dossiers_per_call=7)):
        await until_synced(desk, 30)
    assert portal.doubled() == []


async def test_a_ring_wakes_the_lanes(desk: Sessions, portal: ScriptedPortal) -> None:
    lanes = lanes_of(desk, portal)
    async with running(lanes):
        await asyncio.sleep(0.3)
        await file_dossier(desk, "D-1")
        lanes.bell.set()
        await until_synced(desk, 1)


async def test_without_a_ring_the_next_poll_finds_the_work(desk: Sessions, portal: ScriptedPortal) -> None:
    async with running(lanes_of(desk, portal, poll=0.1)):
        await asyncio.sleep(0.3)
        await file_dossier(desk, "D-1")
        await until_synced(desk, 1)


async def test_a_ring_during_a_round_is_not_lost(desk: Sessions, portal: ScriptedPortal) -> None:
    lanes = lanes_of(desk, portal, lanes=1)

    async def file_another(_: Seen) -> None:
        portal.meanwhile = None
        await file_dossier(desk, "D-2")
        lanes.bell.set()

    portal.meanwhile = file_another
    await file_dossier(desk, "D-1")
    async with running(lanes):
        await until_synced(desk, 2)


async def test_leases_of_the_dead_are_found(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await file_dossier(desk, "D-1")
    await change_row(desk, dossier_id, "state = 'leased', lease_until = now() - interval '1 s', token = 5")
    async with running(lanes_of(desk, portal, sweep=0.1)):
        await until_synced(desk, 1)
    assert portal.calls[0].operation is Operation.LOOK_UP


async def test_the_lanes_outlive_their_database(
    desk: Sessions, portal: ScriptedPortal, servers: "WorkerServers", database_url: str
) -> None:
    name = database_url.rsplit("/", 1)[1]
    engine = create_engine(database_url, application="lanes-under-test")
    lanes = lanes_of(create_sessions(engine), portal, poll=0.1)
    async with running(lanes):
        await asyncio.sleep(0.2)
        await run_sql(servers.admin_url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        try:
            await run_sql(
                servers.admin_url,
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE application_name = 'lanes-under-test'",
            )
            await asyncio.sleep(0.4)
        finally:
            await run_sql(servers.admin_url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        await file_dossier(desk, "D-1")
        await until_synced(desk, 1)
    await engine.dispose()


async def test_a_stop_lets_short_rounds_finish(desk: Sessions, portal: ScriptedPortal) -> None:
    await file_dossier(desk, "D-1")
    await file_dossier(desk, "D-2")
    out = asyncio.Event()

    async def take_time(_: Seen) -> None:
        out.set()
        await asyncio.sleep(0.2)

    portal.meanwhile = take_time
    lanes = lanes_of(desk, portal, lanes=1, dossiers_per_call=1)
    async with running(lanes):
        await out.wait()
        lanes.stop()
    assert await states(desk) == {"synced": 1, "due": 1}, "the round under way ends, none begins"


async def test_a_stop_gives_back_what_takes_too_long(desk: Sessions, portal: ScriptedPortal) -> None:
    ids = [await file_dossier(desk, f"D-{number}") for number in range(3)]
    out = asyncio.Event()

    async def hang(_: Seen) -> None:
        out.set()
        await asyncio.sleep(60)

    portal.meanwhile = hang
    lanes = lanes_of(desk, portal, lanes=1, stop=0.2, dossiers_per_call=1)
    async with running(lanes):
        await out.wait()
        started = time.monotonic()
        lanes.stop()
    assert time.monotonic() - started < 2.0
    assert await states(desk) == {"unknown": 1, "due": 2}
    for dossier_id in ids:
        assert (await delivery_of(desk, dossier_id)).lease_owner is None


async def test_a_portal_that_is_away_is_probed_with_single_dossiers_and_drained_when_it_is_back(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    for number in range(60):
        await file_dossier(desk, f"D-{number}")
    portal.down = NotSent("ConnectError")
    lanes = lanes_of(desk, portal, poll=0.02, lanes=4, dossiers_per_call=10)
    probed_at: list[float] = []

    async def note(seen: Seen) -> None:
        if len(seen.codes) == 1:
            probed_at.append(time.monotonic())

    portal.meanwhile = note
    async with running(lanes):
        async with asyncio.timeout(10):
            while len(probed_at) < 4:  # noqa: ASYNC110 - each call would have to set an event
                await asyncio.sleep(0.02)
        full_calls = sum(len(call.codes) > 1 for call in portal.calls)
        portal.down = None
        await until_synced(desk, 60)
    assert full_calls <= 2 * 4, "rounds that were under way already may end"
    assert min(later - earlier for earlier, later in pairwise(probed_at[:4])) >= PROBE_SECONDS
    assert portal.doubled() == []
    drained = [len(call.codes) for call in portal.calls if call.operation is Operation.CREATE]
    assert max(drained[-4:]) == 10, "calls are full again"


@pytest.mark.parametrize("plea", [Throttled(None), AuthRefused("login answered -1")])
async def test_a_portal_that_asks_for_patience_or_another_login_is_left_alone(
    desk: Sessions, portal: ScriptedPortal, plea: Outcome
) -> None:
    for number in range(60):
        await file_dossier(desk, f"D-{number}")
    portal.down = plea
    async with running(lanes_of(desk, portal, poll=0.02, lanes=4, dossiers_per_call=10)):
        await asyncio.sleep(1.0)
        calls = len(portal.calls)
        portal.down = None
        await until_synced(desk, 60)
    assert calls <= 4 * 4, "at most a call of each lane for each time the patience of 0.3 s was over"
    assert portal.doubled() == []


async def test_a_lane_that_breaks_down_takes_the_process_with_it(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    """A worker that lives and delivers nothing would be worse."""
    await file_dossier(desk, "D-1")

    async def break_down(_: Seen) -> None:
        raise RuntimeError("a bug")

    portal.meanwhile = break_down
    with pytest.raises(RuntimeError, match="a bug"):
        await asyncio.wait_for(lanes_of(desk, portal).run(), 5)
