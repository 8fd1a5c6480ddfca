"""Look-ups by themselves: from a dossier taken in to the answer of the (mock) population database."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest

from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import (
    Birth,
    Match,
    Mismatch,
    NotFound,
    Outcome,
    Refusal,
    Refused,
    Unavailable,
    Unknown,
)
from services.core.gateways.population import Way
from services.core.persistence.engine import Sessions
from services.core.persistence.look_ups import LookUpClaim, LookUpRepository
from services.mock_population.instance import running_population
from services.mock_population.settings import PopulationSettings
from services.mock_testing.population import PopulationControl
from tests.desk_api import DeskApi, a_filing
from tests.integration.look_up_cases import (
    OFFICER,
    OFFICER_NUMBER,
    ScriptedPopulation,
    counts,
    filing_of,
    give_account,
    looking_up,
    one_round,
    population_at,
    rows,
)

HOA = Match(IdentityNumber("025190000123"), "NGUYỄN THỊ HOA", Birth(1990))


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
    with running_population(PopulationSettings(citizens=200)) as url, PopulationControl(url) as control:
        yield Town(api, sessions, url, control)


@pytest.mark.parametrize("way", Way)
async def test_a_received_dossier_is_looked_up_without_anybody_asking(town: Town, way: Way) -> None:
    citizen, stranger = town.control.citizens(limit=2)
    known = await town.api.ward.created(**filing_of(citizen))
    wrong = await town.api.ward.created(**filing_of(stranger, applicant={"name": "Người Khác"}))
    async with population_at(town.url, way) as population:
        done = await one_round(looking_up(town.sessions, population))
    assert (done.claimed, done.settled) == (2, 2)
    found, missing = [await town.api.ward.read(dossier) for dossier in (known, wrong)]
    assert (found["lookup"]["state"], found["lookup"]["outcome"]) == ("settled", "match")
    assert (missing["lookup"]["state"], missing["lookup"]["outcome"]) == ("settled", "not_found")
    assert "không nói vì lý do" in missing["lookup"]["note"]
    assert await counts(town.sessions) == {
        "received": 2, "needed": 2, "asked": 2, "matched": 1, "not_found": 1,
    }  # fmt: skip
    [question, _] = (call for call in town.control.calls() if call.operation != "token")
    assert question.asked is not None
    assert question.asked.officer == OFFICER_NUMBER


async def test_an_outage_is_waited_out(town: Town) -> None:
    dossier = await town.api.ward.created(**filing_of(town.control.citizen()))
    async with population_at(town.url, call_seconds=5) as population:
        work = looking_up(town.sessions, population)
        for shape in ("down", "http_5xx", "html", "throttled", "empty_body", "soap_fault", "cut_body"):
            with town.control.struck_by(shape):
                assert (await one_round(work)).settled == 0, shape
            pending = (await town.api.ward.read(dossier))["lookup"]
            assert pending["state"] == "pending"
            assert pending["outcome"] in ("unavailable", "unknown")
        assert (await one_round(work)).settled == 1
    assert (await town.api.ward.read(dossier))["lookup"]["outcome"] == "match"
    asked = await rows(town.sessions, "SELECT result FROM look_up_answers ORDER BY answered_at")
    assert [row.result for row in asked][-1] == "match"
    assert len(asked) == 8
    assert (await counts(town.sessions))["asked"] == 1, "a question without an answer is no look-up"


async def test_somebody_else_never_becomes_the_applicant(town: Town) -> None:
    dossier = await town.api.ward.created(**filing_of(town.control.citizen()))
    taken: list[Match] = []

    async def remember(_session: Any, _claim: LookUpClaim, match: Match) -> None:
        taken.append(match)

    with town.control.struck_by("wrong_person"):
        async with population_at(town.url) as population:
            await one_round(looking_up(town.sessions, population, remember=remember))
    assert (await town.api.ward.read(dossier))["lookup"]["outcome"] == "mismatch"
    [row] = await rows(town.sessions, "SELECT found FROM look_ups")
    assert (row.found, taken) == (None, [])


async def test_two_workers_ask_once(town: Town) -> None:
    citizens = town.control.citizens(limit=12)
    await asyncio.gather(*(town.api.ward.created(**filing_of(citizen)) for citizen in citizens))
    async with population_at(town.url) as population:
        workers = [looking_up(town.sessions, population, at_once=4) for _ in range(4)]
        await asyncio.gather(*(one_round(worker) for worker in workers for _ in range(2)))
    assert town.control.summary().questions == len(citizens)
    assert (await counts(town.sessions))["matched"] == len(citizens)


async def test_an_earlier_match_of_the_unit_is_reused_and_not_counted_as_a_look_up(
    api: DeskApi, sessions: Sessions
) -> None:
    await give_account(sessions)
    population = ScriptedPopulation([HOA])
    work = looking_up(sessions, population)
    dossiers: list[dict[str, Any]] = [
        {},
        {"applicant": {**a_filing()["applicant"], "name": "nguyen thi hoa"}},
    ]
    for dossier in dossiers:
        await api.ward.created(**dossier)
        await one_round(work)
    assert len(population.asked) == 1
    assert await counts(sessions) == {"received": 2, "needed": 2, "asked": 1, "reused": 1, "matched": 2}


@pytest.mark.parametrize("change", ["name", "unit", "old"])
async def test_a_match_is_not_reused_for_another_name_unit_or_time(
    api: DeskApi, sessions: Sessions, change: str
) -> None:
    await give_account(sessions)
    population = ScriptedPopulation([HOA])
    await api.province.created()
    await one_round(looking_up(sessions, population))
    changes: dict[str, dict[str, Any]] = {
        "name": {"applicant": {**a_filing()["applicant"], "name": "Nguyễn Thị Huệ"}},
        "unit": {"unit_code": "H44.102"},
        "old": {},
    }
    await api.province.created(**changes[change])
    reuse_for = timedelta(0) if change == "old" else timedelta(days=30)
    await one_round(looking_up(sessions, population, reuse_for=reuse_for))
    assert len(population.asked) == 2


async def test_nobody_is_asked_about_businesses_or_finished_work(api: DeskApi, sessions: Sessions) -> None:
    business = {"kind": "business", "name": "Công ty A", "organisation_number": "0100109106"}
    await api.ward.created(applicant=business)
    done = [
        {"status": status, "occurred_at": f"2026-01-0{day}T08:00:00+07:00", "officer": "A", "text": "B"}
        for day, status in ((5, 2), (6, 9))
    ]
    await api.ward.created(officer=None, history=done)
    assert await rows(sessions, "SELECT 1 FROM look_ups") == []
    assert await counts(sessions) == {"received": 2}


async def test_without_an_officers_number_nothing_is_asked_until_there_is_one(
    api: DeskApi, sessions: Sessions
) -> None:
    population = ScriptedPopulation([HOA])
    dossier = await api.ward.created()
    await one_round(looking_up(sessions, population))
    refused = (await api.ward.read(dossier))["lookup"]
    assert (refused["outcome"], refused["refusal"], population.asked) == ("refused", "no_account", [])
    assert "lienthong lookups account set" in refused["note"]
    assert await rows(sessions, "SELECT 1 FROM look_up_questions") == []
    await give_account(sessions, "H44.101", "Ai Đó Khác")
    await one_round(looking_up(sessions, population))
    assert population.asked == [], "the number of one officer is not another's"
    await give_account(sessions, "H44.101", OFFICER)
    await one_round(looking_up(sessions, population))
    [question] = population.asked
    assert question.asker.number == IdentityNumber(OFFICER_NUMBER)
    assert await counts(sessions) == {"received": 1, "needed": 1, "asked": 1, "matched": 1}


async def test_an_old_card_needs_a_birth(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    population = ScriptedPopulation()
    old = {"kind": "citizen", "name": "Bùi Văn Ổn", "identity_number": "999000111"}
    await api.ward.created(applicant=old)
    await api.ward.created(applicant={**old, "birth": "1951"})
    await one_round(looking_up(sessions, population))
    assert [question.birth for question in population.asked] == [Birth(1951)]
    assert (await counts(sessions))["refused"] == 1


async def test_a_corrected_applicant_is_looked_up_anew(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    population = ScriptedPopulation([NotFound(), HOA])
    wrong = {**a_filing()["applicant"], "name": "Nguyễn Thị Hao"}
    dossier = await api.ward.created(applicant=wrong)
    work = looking_up(sessions, population)
    await one_round(work)
    await _correct(api, dossier, name="Nguyễn Thị Hoa")
    assert (await counts(sessions)).get("not_found") is None
    await one_round(work)
    assert (await api.ward.read(dossier))["lookup"]["outcome"] == "match"
    assert await counts(sessions) == {"received": 1, "needed": 1, "asked": 2, "matched": 1}
    await _correct(api, await api.ward.read(dossier), kind="organisation", identity_number=None)
    assert (await api.ward.read(dossier))["lookup"] is None
    assert await counts(sessions) == {"received": 1, "asked": 2}


async def test_an_answer_about_the_applicant_before_a_correction_is_dropped(
    api: DeskApi, sessions: Sessions
) -> None:
    await give_account(sessions)
    dossier = await api.ward.created()

    class Slow:
        async def ask(self, _question: object) -> Outcome:
            await _correct(api, dossier, name="Nguyễn Thị Huệ")
            return HOA

    await one_round(looking_up(sessions, Slow()))
    assert (await api.ward.read(dossier))["lookup"]["state"] == "pending"
    assert await counts(sessions) == {"received": 1, "needed": 1}


async def test_a_dead_workers_question_is_asked_again(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    await api.ward.created()

    class Dying:
        async def ask(self, _question: object) -> Outcome:
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await one_round(looking_up(sessions, Dying(), lease=timedelta(0)))
    async with sessions.begin() as session:
        assert await LookUpRepository(session).expire_leases() == 1
    assert (await one_round(looking_up(sessions, ScriptedPopulation([HOA])))).settled == 1
    asked = await rows(sessions, "SELECT 1 FROM look_up_questions")
    answered = await rows(sessions, "SELECT 1 FROM look_up_answers")
    assert (len(asked), len(answered)) == (2, 1), "what left without an answer stays on record"


async def test_a_stopped_worker_gives_back_what_was_not_answered(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    await api.ward.created()

    class Silent:
        async def ask(self, _question: object) -> Outcome:
            await asyncio.sleep(60)
            raise AssertionError

    round_ = asyncio.create_task(one_round(looking_up(sessions, Silent())))
    while not await rows(sessions, "SELECT 1 FROM look_ups WHERE state = 'leased'"):  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    await asyncio.sleep(0.05)
    round_.cancel()
    await asyncio.gather(round_, return_exceptions=True)
    assert (await rows(sessions, "SELECT state FROM look_ups")) == [("pending",)]


@pytest.mark.parametrize(
    ("outcome", "settled"),
    [
        (HOA, "match"),
        (Mismatch(("name",)), "mismatch"),
        (NotFound(), "not_found"),
        (Refused(Refusal.BY_DATABASE, "sai quyền"), "refused"),
        (Unavailable("HTTP 503"), None),
        (Unknown("no XML"), None),
    ],
)
async def test_a_failure_is_never_kept_as_an_answer(
    api: DeskApi, sessions: Sessions, outcome: Outcome, settled: str | None
) -> None:
    await give_account(sessions)
    dossier = await api.ward.created()
    await one_round(looking_up(sessions, ScriptedPopulation([outcome])))
    lookup = (await api.ward.read(dossier))["lookup"]
    assert (lookup["state"] == "settled", lookup["settled_at"] is None) == (
        settled is not None,
        settled is None,
    )
    shown = await api.ward.get("/v1/dossiers", lookup=settled or "pending")
    assert [item["id"] for item in shown["items"]] == [dossier["id"]]
    other = await api.ward.get("/v1/dossiers", lookup="match" if settled != "match" else "pending")
    assert other["items"] == []


async def _correct(api: DeskApi, dossier: dict[str, Any], **applicant: Any) -> None:
    answer = await api.ward.http.patch(
        f"/v1/dossiers/{dossier['id']}",
        json={"officer": "A", "reason": "ghi sai", "applicant": applicant},
        headers={"If-Match": dossier["etag"]},
    )
    assert answer.status_code == 200, answer.text
