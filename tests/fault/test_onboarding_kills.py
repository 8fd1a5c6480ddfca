"""Teams send a day's events three times each, in random order, to an API that is killed again and again."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
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
LINES: Final = 4
UNITS: Final = ("H44.101", "H44.102")
_PATIENCE_SECONDS: Final = 60.0


@pytest.mark.fault
@pytest.mark.timeout(900)
async def test_ten_thousand_events_thrice_with_kills_give_the_same_state_as_once_in_order(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig, calling(rig) as (http, sessions):
        await compare(rig, http, sessions, events=EVENTS, people=1_500, most=400)


@dataclass(slots=True)
class Devices:
    """Phones of teams, which send what they have until it is answered."""

    http: httpx.AsyncClient
    batches: asyncio.Queue[Events] = field(default_factory=asyncio.Queue)
    answered: int = 0

    async def send_all(self) -> None:
        await asyncio.gather(*(self._send() for _ in range(LINES)))

    async def _send(self) -> None:
        while not self.batches.empty():
            await self._insist(self.batches.get_nowait())
            self.answered += 1

    async def _insist(self, events: Events) -> None:
        clock = asyncio.get_running_loop().time
        deadline = clock() + _PATIENCE_SECONDS
        while True:
            answer = await self._try(events)
            if answer is not None and answer.status_code != HTTPStatus.SERVICE_UNAVAILABLE:
                assert answer.status_code == HTTPStatus.OK, answer.text
                statuses = {json.loads(line)["status"] for line in answer.text.splitlines()}
                assert statuses <= {HTTPStatus.OK, HTTPStatus.CREATED}
                return
            assert clock() < deadline
            await asyncio.sleep(0.05)

    async def _try(self, events: Events) -> httpx.Response | None:
        try:
            return await post(self.http, events)
        except httpx.TransportError:
            return None


async def compare(
    rig: Rig, http: httpx.AsyncClient, sessions: Sessions, *, events: int, people: int, most: int
) -> None:
    told = a_busy_day(rig.chance, events=events, people=people, units=UNITS)
    devices = Devices(http)
    for batch in cut(told * 3, rig.chance, most=most):
        devices.batches.put_nowait(batch)
    sending = asyncio.create_task(devices.send_all())
    assert await strike_until(rig, devices, sending) > 1
    async with sessions.begin() as session:
        found = await verify_onboarding(session)
    assert (found.holds, found.events) == (True, events)
    thrice = await state_of(sessions)
    await forget(sessions)
    in_order = sorted(told, key=lambda event: event["occurred_at"])
    for start in range(0, len(in_order), 500):
        await send(http, in_order[start : start + 500])
    assert await state_of(sessions) == thrice


async def strike_until(rig: Rig, devices: Devices, sending: "asyncio.Task[None]") -> int:
    """Kill the API again and again, each time after some batches were answered; give how often."""
    kills = 0
    while not sending.done():
        seen = devices.answered
        while devices.answered < seen + LINES and not sending.done():  # noqa: ASYNC110 - counts of many tasks
            await asyncio.sleep(0.01)
        await asyncio.sleep(rig.chance.uniform(0.0, 0.2))
        rig.strike(rig.api)
        rig.api.start()
        await rig.api.until_ready()
        kills += 1
    await sending
    return kills


def cut(events: Events, chance: random.Random, *, most: int) -> Iterator[Events]:
    """Shuffle, and cut into batches of any size."""
    chance.shuffle(events)
    while events:
        size = chance.randint(1, most)
        yield events[:size]
        events = events[size:]


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
