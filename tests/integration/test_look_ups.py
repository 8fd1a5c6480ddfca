"""Look-ups by themselves: from a dossier taken in to the answer of the (mock) population database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import Match, NotFound, Unavailable, Unknown
from services.core.gateways.population import Way
from services.core.persistence.engine import Sessions
from services.mock_population.instance import running_population
from services.mock_population.settings import PopulationSettings
from services.mock_testing.population import PopulationControl
from tests.desk_api import DeskApi
from tests.integration.look_up_cases import (
    OFFICER,
    ScriptedPopulation,
    counts,
    filing_of,
    give_account,
    looking_up,
    one_round,
    population_at,
    rows,
)

@dataclass
class Town:
    """The desk's side and the database's."""

    api: DeskApi
    sessions: Sessions
    url: str
    control: PopulationControl


@pytest.fixture
async def town(api: DeskApi, sessions: Sessions) -> AsyncIterator[Town]:
    await give_account(sessions)
    with running_population(PopulationSettings(citizens=200)) as url:
        with PopulationControl(url) as control:
            yield Town(api, sessions, url, control)


async def test_a_received_dossier_is_looked_up_without_anybody_asking(town: Town) -> None:
    citizen = town.control.citizen()
    dossier = await town.api.ward.created(**filing_of(citizen))
    for way in Way:
        async with population_at(town.url, way) as population:
            done = await one_round(looking_up(town.sessions, population))
            assert (done.claimed, done.settled) == ((1, 1) if way is Way.DIRECT else (0, 0))
    [row] = await rows(town.sessions, "SELECT state, result, found FROM look_ups")
    assert (row.state, row.result, row.found["name"]) == ("settled", "match", citizen.name)
    assert await counts(town.sessions) == {"received": 1, "needed": 1, "asked": 1, "matched": 1}
    assert dossier
