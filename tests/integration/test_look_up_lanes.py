"""The loop of look-ups: wakes when rung, lets one probe through an outage, and comes through what breaks."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

from services.core.application.look_up_due import LookingUp, look_up_due
from services.core.application.look_up_pacing import LookUpLeave, LookUpPacing
from services.core.domain.lookup import NotFound, Outcome, Question, Unavailable
from services.core.domain.pace import GatePolicy
from services.core.domain.ports import PopulationGateway
from services.core.persistence.engine import Sessions
from services.core.persistence.gates import GateRepository
from services.sync_worker.lanes import Rhythm
from services.sync_worker.look_up_lanes import LookUpLanes
from services.sync_worker.tasks import Bells
from tests.desk_api import DeskApi
from tests.integration.look_up_cases import (
    ScriptedPopulation,
    give_account,
    looking_up,
    one_round,
    rows,
)

RARELY = 60.0
SHUT = GatePolicy(open_seconds=RARELY, open_cap_seconds=RARELY, probe_seconds=30)


@dataclass
class Population:
    """Answers while it is up."""

    up: bool = True
    asked: int = 0
    breaks: int = 0

    async def ask(self, _question: Question) -> Outcome:
        self.asked += 1
        await asyncio.sleep(0.01)
        if self.breaks:
            self.breaks -= 1
            raise RuntimeError
        return NotFound() if self.up else Unavailable("HTTP 503")


@asynccontextmanager
async def lanes_of(
    sessions: Sessions, population: PopulationGateway, *, poll: float = RARELY
) -> AsyncIterator[LookUpLanes]:
    lanes = LookUpLanes(looking_up(sessions, population), Rhythm(poll=poll, sweep=0.1, stop=1), lanes=2)
    running = asyncio.create_task(lanes.run())
    try:
        yield lanes
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - what is waited for has no event
            await asyncio.sleep(0.01)


async def test_a_ring_starts_the_look_up_long_before_the_next_poll(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    population = Population()
    async with lanes_of(sessions, population) as lanes:
        await asyncio.sleep(0.2)
        await api.ward.created()
        assert population.asked == 0
        Bells(asyncio.Event(), lanes).set()
        await until(lambda: population.asked == 1)


async def test_without_a_ring_polling_finds_the_work(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    population = Population()
    async with lanes_of(sessions, population, poll=0.05):
        await asyncio.sleep(0.1)
        await api.ward.created()
        await until(lambda: population.asked == 1)


async def test_a_round_that_breaks_costs_a_lease_and_stops_nothing(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    await api.ward.created()
    population = Population(breaks=1)
    work = looking_up(sessions, population)
    lanes = LookUpLanes(work, Rhythm(poll=0.05, sweep=0.1, stop=1), lanes=1)
    running = asyncio.create_task(lanes.run())
    await until(lambda: population.asked == 1)
    [row] = await rows(sessions, "UPDATE look_ups SET lease_until = now() RETURNING state")
    assert row.state == "leased"
    await until(lambda: population.asked == 2)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_an_outage_is_probed_by_one_worker_only(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    for _ in range(6):
        await api.ward.created()
    population = Population(up=False)
    pacings = [LookUpPacing(sessions, SHUT, lambda: 0.0) for _ in range(3)]
    workers = [looking_up(sessions, population, pacing=pacing, at_once=3) for pacing in pacings]
    await one_round(workers[0])
    assert population.asked == 3
    assert [await fresh(pacing) for pacing in pacings] == [None, None, None], "the gate is shut for all"
    await rows(sessions, "UPDATE portal_gates SET open_until = now() RETURNING 1")
    leaves = await asyncio.gather(*(fresh(pacing) for pacing in pacings))
    assert sorted(leave.is_probe for leave in leaves if leave is not None) == [True]
    prober = next(place for place, leave in enumerate(leaves) if leave is not None)
    population.up = True
    assert (await one_round_with(workers[prober], LookUpLeave(is_probe=True))) == 1
    assert [await fresh(pacing) for pacing in pacings] == [LookUpLeave()] * 3


async def fresh(pacing: LookUpPacing) -> LookUpLeave | None:
    """Ask for leave with nothing remembered."""
    return await LookUpPacing(pacing.sessions, pacing.policy, pacing.jitter).leave()


async def one_round_with(work: LookingUp, leave: LookUpLeave) -> int:
    return (await look_up_due(work, leave)).claimed


async def test_the_databases_wish_for_patience_is_heeded(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    await api.ward.created()
    pacing = LookUpPacing(sessions, SHUT, lambda: 0.0)
    population = ScriptedPopulation([Unavailable("HTTP 429", timedelta(seconds=30))])
    await one_round(looking_up(sessions, population, pacing=pacing))
    assert await fresh(pacing) is None


async def test_the_portals_gates_know_nothing_of_the_population_gate(
    api: DeskApi, sessions: Sessions
) -> None:
    await give_account(sessions)
    for _ in range(3):
        await api.ward.created()
    pacing = LookUpPacing(sessions, SHUT, lambda: 0.0)
    await one_round(looking_up(sessions, Population(up=False), pacing=pacing))
    async with sessions.begin() as session:
        gates = await GateRepository(session).lock()
        assert not any(gate.is_open for gate in gates.by_operation.values())


async def test_no_lane_asks_about_what_another_holds(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    for _ in range(8):
        await api.ward.created()
    population = Population()
    async with lanes_of(sessions, population) as loop:
        loop.set()
        await until(lambda: population.asked >= 8)
        await asyncio.sleep(0.2)
    assert population.asked == 8
