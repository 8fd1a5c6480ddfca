"""Teams send a day's events three times each, in random order, to an API that is killed again and again."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

import httpx
import pytest

from services.core.application.manage_clients import create_client
from services.core.application.verify_onboarding import verify_onboarding
from services.core.domain.access import Scope
from services.core.persistence.engine import PoolLimits, Sessions, create_engine, create_sessions
from tests.fault.machines import Machines
from tests.fault.rig import Rig, running_rig
from tests.fault.score import Score
from tests.integration.test_onboarding_order import forget, state_of
from tests.onboarding_events import MORNING, a_busy_day, post, send

Events = list[dict[str, Any]]

EVENTS: Final = 10_000
PEOPLE: Final = 1_500
LINES: Final = 4
UNITS: Final = ("H44.101", "H44.102")
_PATIENCE_SECONDS: Final = 60.0


@pytest.mark.fault
@pytest.mark.timeout(900)
async def test_ten_thousand_events_thrice_with_kills_give_the_same_state_as_once_in_order(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig, calling(rig) as (http, sessions):
        await compare(rig, http, sessions, events=EVENTS, people=PEOPLE)


@pytest.mark.timeout(120)
async def test_events_thrice_with_kills_give_the_same_state_as_once_in_order(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """The short form for every test run."""
    async with running_rig(tmp_path, machines, score, seed=seed) as rig, calling(rig) as (http, sessions):
        await compare(rig, http, sessions, events=200, people=30)


async def compare(
    rig: Rig, http: httpx.AsyncClient, sessions: Sessions, *, events: int, people: int
) -> None:
    told = a_busy_day(rig.chance, events=events, people=people, units=UNITS)
    sending = asyncio.create_task(send_thrice(http, told, rig.chance))
    kills = 0
    while not sending.done():
        await asyncio.sleep(rig.chance.uniform(0.2, 0.6))
        rig.strike(rig.api)
        rig.api.start()
        kills += 1
        await rig.api.until_ready()
    await sending
    assert kills > 1
    async with sessions.begin() as session:
        found = await verify_onboarding(session)
    assert (found.holds, found.events) == (True, events)
    thrice = await state_of(sessions)
    await forget(sessions)
    in_order = sorted(told, key=lambda event: event["occurred_at"])
    for start in range(0, len(in_order), 500):
        await send(http, in_order[start : start + 500])
    assert await state_of(sessions) == thrice


async def send_thrice(http: httpx.AsyncClient, events: Events, chance: random.Random) -> None:
    """Send events three times each, in random order and in batches of any size, over several lines."""
    thrice = events * 3
    chance.shuffle(thrice)
    batches: asyncio.Queue[Events] = asyncio.Queue()
    while thrice:
        size = chance.randint(1, max(len(events) // 25, 20))
        batches.put_nowait(thrice[:size])
        thrice = thrice[size:]

    async def device() -> None:
        while not batches.empty():
            await insist(http, batches.get_nowait())

    await asyncio.gather(*(device() for _ in range(LINES)))


async def insist(http: httpx.AsyncClient, events: Sequence[dict[str, Any]]) -> None:
    """Send a batch until it is answered, as a device does that finds the line again."""
    clock = asyncio.get_running_loop().time
    deadline = clock() + _PATIENCE_SECONDS
    while True:
        try:
            answer = await post(http, events)
        except httpx.TransportError:
            answer = None
        if answer is not None and answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
            assert answer.status_code == HTTPStatus.OK, answer.text
            statuses = {json.loads(line)["status"] for line in answer.text.splitlines()}
            assert statuses <= {HTTPStatus.OK, HTTPStatus.CREATED}
            return
        assert clock() < deadline
        await asyncio.sleep(0.05)


@asynccontextmanager
async def calling(rig: Rig) -> AsyncIterator[tuple[httpx.AsyncClient, Sessions]]:
    """Give a line to the API for onboarding, and a way to the database past it."""
    engine = create_engine(rig.database_url, application="fault-tests", limits=PoolLimits(command=120.0))
    sessions = create_sessions(engine)
    async with sessions.begin() as session:
        key = await create_client(
            session, name="to-cong-nghe-so", unit_code="H44", scopes=list(Scope), now=MORNING
        )
    async with httpx.AsyncClient(
        base_url=rig.api.ready_url.removesuffix("/readyz"),
        headers={"Authorization": f"Bearer {key}"},
        timeout=20,
        trust_env=False,
    ) as http:
        yield http, sessions
    await engine.dispose()
