"""The way through a province's service platform: one token for all, renewed by one."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from pydantic import ValidationError

from services.core.config import PopulationSettings as OurSettings
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import Asker, Birth, Match, Outcome, Question, Unavailable
from services.core.gateways.population import PopulationClient, Way
from services.mock_population.instance import running_population
from services.mock_population.settings import PopulationSettings
from services.mock_testing.answers import Citizen
from services.mock_testing.population import PopulationControl
from tests.integration.look_up_cases import OFFICER_NUMBER, platform_at, population_at


@pytest.fixture
def town() -> Iterator["Town"]:
    settings = PopulationSettings(citizens=20, token_seconds=60)
    with running_population(settings) as url, PopulationControl(url) as control:
        yield Town(url, control)


class Town:
    def __init__(self, url: str, control: PopulationControl) -> None:
        self.url = url
        self.control = control
        self.citizen = control.citizen()

    def granted(self) -> int:
        return sum(call.operation == "token" and call.outcome == "granted" for call in self.control.calls())

    async def ask(self, client: PopulationClient) -> Outcome:
        return await client.ask(question_about(self.citizen))


def question_about(citizen: Citizen) -> Question:
    asker = Asker(IdentityNumber(OFFICER_NUMBER), "H44.101")
    return Question(uuid4(), asker, IdentityNumber(citizen.number), citizen.name, Birth.parse(citizen.birth))


async def test_questions_at_once_fetch_one_token_and_later_ones_keep_it(town: Town) -> None:
    async with population_at(town.url, Way.LGSP) as client:
        outcomes = await asyncio.gather(*(town.ask(client) for _ in range(8)))
        outcomes.append(await town.ask(client))

    assert all(isinstance(outcome, Match) for outcome in outcomes)
    assert town.granted() == 1


async def test_a_token_that_ran_out_is_renewed_by_exactly_one(town: Town) -> None:
    async with population_at(town.url, Way.LGSP) as client:
        await town.ask(client)
        town.control.advance(timedelta(seconds=61))
        outcomes = await asyncio.gather(*(town.ask(client) for _ in range(8)))

    assert all(isinstance(outcome, Match) for outcome in outcomes)
    assert town.granted() == 2


async def test_wrong_credentials_are_no_answer_about_anybody(town: Town) -> None:
    wrong = replace(platform_at(town.url), client_secret="sai")
    async with population_at(town.url, Way.LGSP, platform=wrong) as client:
        assert await town.ask(client) == Unavailable("token: HTTP 401")
    nameless = replace(platform_at(town.url), partner_code="")
    async with population_at(town.url, Way.LGSP, platform=nameless) as client:
        assert await town.ask(client) == Unavailable("HTTP 401, credentials")


@pytest.mark.parametrize("shape", ["down", "http_5xx", "html", "empty_body", "cut_body"])
async def test_without_a_token_a_question_waits(town: Town, shape: str) -> None:
    async with population_at(town.url, Way.LGSP) as client:
        with town.control.struck_by(shape, operation="token"):
            assert isinstance(await town.ask(client), Unavailable)
        assert isinstance(await town.ask(client), Match)


def test_the_way_wants_the_address_of_its_tokens() -> None:
    with pytest.raises(ValidationError, match="LIENTHONG_POPULATION_TOKEN_URL"):
        OurSettings(url="https://lgsp.vn/dancu", way="lgsp")
