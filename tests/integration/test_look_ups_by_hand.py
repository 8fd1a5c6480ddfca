"""Look-ups that a person asks for, rules of units, and what the figures say of all of them."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import text

from services.core.application.ask_by_hand import LookUpBudget
from services.core.application.manage_look_ups import require_match, want_look_up
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import Birth, LookUpPolicy, Match, NotFound, Outcome, Unavailable
from services.core.persistence.engine import Sessions
from services.sync_worker.lanes import Rhythm
from services.sync_worker.look_up_lanes import LookUpLanes
from tests.desk_api import THREE_DAYS, DeskApi, a_filing, client_of, problem, serve
from tests.integration.look_up_cases import (
    OFFICER,
    ScriptedPopulation,
    give_account,
    looking_up,
    one_round,
    rows,
)

HOA: Final = Match(IdentityNumber("025190000123"), "NGUYỄN THỊ HOA", Birth(1990))
PERSON: Final = {"identity_number": "025190000123", "name": "Nguyễn Thị Hoa"}


@asynccontextmanager
async def working(api: DeskApi, population: ScriptedPopulation) -> AsyncIterator[None]:
    """A worker beside the API, woken by its doorbell."""
    sessions = api.runtime.sessions
    lanes = LookUpLanes(
        looking_up(sessions, population, policy=LookUpPolicy(base=0.1, cap=0.1)),
        Rhythm(poll=0.1, sweep=5, stop=1),
        lanes=1,
    )
    running = asyncio.create_task(lanes.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


async def ask(api: DeskApi, **wish: Any) -> httpx.Response:
    return await api.ward.http.post("/v1/lookups", json={"officer": OFFICER, **wish})


async def test_a_look_up_by_hand_is_answered_within_the_call(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    dossier = await api.ward.created()
    async with working(api, ScriptedPopulation([NotFound(), HOA])):
        missing = await ask(api, dossier=dossier["code"])
        found = await ask(api, dossier=dossier["id"], reason="sửa rồi")
    assert (missing.status_code, missing.json()["state"]) == (200, "settled")
    assert (found.status_code, found.json()["outcome"]) == (200, "match")
    assert found.headers["Location"] == f"/v1/lookups/{found.json()['id']}"
    assert found.json()["dossier_id"] == dossier["id"]


async def test_without_an_answer_the_call_ends_and_the_question_goes_on(
    api: DeskApi, sessions: Sessions
) -> None:
    await give_account(sessions)
    async with impatient(api) as http:
        outcomes: list[Outcome] = [Unavailable("HTTP 503")]
        accepted = await http.post(
            "/v1/lookups",
            json={"officer": OFFICER, "person": PERSON, "unit_code": "H44.101", "reason": "khiếu nại"},
        )
        assert accepted.status_code == 202, accepted.text
        place = accepted.headers["Location"]
        work = looking_up(sessions, ScriptedPopulation([*outcomes, HOA]))
        await one_round(work)
        waiting = (await http.get(place)).json()
        await one_round(work)
        settled = (await http.get(place)).json()
    assert (waiting["state"], waiting["outcome"]) == ("pending", "unavailable")
    assert (settled["state"], settled["outcome"], settled["dossier_id"]) == ("settled", "match", None)
    [row] = await rows(sessions, "SELECT subject, reason, purpose FROM look_ups")
    assert (row.subject, row.reason, row.purpose) == (None, "khiếu nại", "other"), "whom is forgotten"
    [asked] = await rows(sessions, "SELECT DISTINCT officer, reason, legal_basis FROM look_up_questions")
    assert (asked.officer, asked.reason, asked.legal_basis) == (OFFICER, "khiếu nại", "118/2025/NĐ-CP")


@asynccontextmanager
async def impatient(api: DeskApi, budget: LookUpBudget | None = None) -> AsyncIterator[httpx.AsyncClient]:
    """The same API, which waits for no answer."""
    async with serve(api.runtime.sessions, clock=api.clock, bell=api.bell) as (app, runtime):
        app.state.runtime = replace(
            runtime, look_up_wait_seconds=0.0, look_up_budget=budget or runtime.look_up_budget
        )
        async with client_of(app, api.keys["ward"]) as http:
            yield http


async def test_what_a_person_waits_for_goes_first(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    for _ in range(3):
        await api.ward.created()
    late = await api.ward.created()
    async with impatient(api) as http:
        await http.post("/v1/lookups", json={"officer": OFFICER, "dossier": late["id"]})
    population = ScriptedPopulation([NotFound()])
    assert (await one_round(looking_up(sessions, population), by_hand_only=True)).claimed == 1
    assert (await api.ward.read(late))["lookup"]["state"] == "settled"


async def test_a_match_that_stands_is_not_asked_for_again(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    dossier = await api.ward.created()
    population = ScriptedPopulation([HOA])
    await one_round(looking_up(sessions, population))
    answer = await ask(api, dossier=dossier["id"])
    assert (answer.status_code, answer.json()["outcome"], len(population.asked)) == (200, "match", 1)


@pytest.mark.parametrize(
    ("wish", "status", "code"),
    [
        ({}, 422, "fields-needed"),
        ({"person": PERSON}, 422, "fields-needed"),
        ({"person": PERSON, "unit_code": "H44.101"}, 422, "fields-needed"),
        ({"person": PERSON, "dossier": "H44.101-260101-0001"}, 422, "field-not-wanted"),
        ({"dossier": "H44.101-260101-0001", "unit_code": "H44.101"}, 422, "field-not-wanted"),
        ({"dossier": "H44.101-260101-0001"}, 404, "dossier-not-found"),
        ({"person": PERSON, "unit_code": "H29", "reason": "x"}, 422, "unknown-unit"),
        ({"person": PERSON, "unit_code": "H44.101", "reason": "x"}, 409, "lookup-account-missing"),
    ],
)
async def test_a_wish_that_cannot_be_met_says_why(
    api: DeskApi, wish: dict[str, Any], status: int, code: str
) -> None:
    problem(await ask(api, **wish), status, code)


async def test_strangers_see_nothing_and_need_the_scope(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    dossier = await api.ward.created()
    look_up = (await api.ward.read(dossier))["lookup"]["id"]
    wish = {"officer": OFFICER, "dossier": dossier["id"]}
    problem(await api.abroad.http.get(f"/v1/lookups/{look_up}"), 404, "lookup-not-found")
    problem(await api.abroad.http.post("/v1/lookups", json=wish), 404, "dossier-not-found")
    problem(await api.desks["dossiers:write"].http.post("/v1/lookups", json=wish), 403, "scope-missing")


async def test_a_business_has_nobody_to_look_up(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    business = {"kind": "business", "name": "Công ty A", "organisation_number": "0100109106"}
    dossier = await api.ward.created(applicant=business)
    assert (await api.ward.read(dossier))["lookup"] is None
    problem(await ask(api, dossier=dossier["id"]), 409, "lookup-not-needed")


@pytest.mark.parametrize(
    ("budget", "whose", "officers"),
    [
        (LookUpBudget(per_officer=2, per_unit=9), "officer", ["A", "A", "B", "A"]),
        (LookUpBudget(per_officer=9, per_unit=3), "unit", ["A", "B", "C", "D"]),
    ],
)
async def test_curiosity_has_a_budget_and_raises_an_alarm(
    api: DeskApi, sessions: Sessions, budget: LookUpBudget, whose: str, officers: Sequence[str]
) -> None:
    await give_account(sessions)
    async with impatient(api, budget) as http:
        answers = [
            await http.post(
                "/v1/lookups",
                json={"officer": officer, "person": PERSON, "unit_code": "H44.101", "reason": "x"},
            )
            for officer in officers
        ]
    assert [answer.status_code for answer in answers] == [202, 202, 202, 429]
    assert problem(answers[-1], 429, "lookup-budget-spent")["facts"]["whose"] == whose
    assert answers[-1].headers["Retry-After"] == "3600"
    alarms = await rows(sessions, "SELECT label, value FROM tallies WHERE name = 'lookups_over_budget'")
    assert [(alarm.label, alarm.value) for alarm in alarms] == [(whose, 1.0)]


async def test_two_requests_at_once_share_the_last_of_the_budget(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    wish = {"officer": "A", "person": PERSON, "unit_code": "H44.101", "reason": "x"}
    async with impatient(api, LookUpBudget(per_officer=3, per_unit=9)) as http:
        answers = await asyncio.gather(*(http.post("/v1/lookups", json=wish) for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [202] * 3 + [429] * 5


async def test_a_unit_may_insist_on_a_match_before_it_receives(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    async with sessions.begin() as session:
        await require_match(session, unit_code="H44.101", required=True)
    refused = problem(await api.ward.create(), 409, "lookup-needed")
    assert refused["errors"][0]["pointer"] == "/received"
    dossier = await api.ward.created(received=False)
    step = {"status": 2, "text": "Tiếp nhận"}
    problem(await api.ward.change(dossier, "progress", **step), 409, "lookup-needed")
    work = looking_up(sessions, ScriptedPopulation([NotFound(), HOA]))
    await one_round(work)
    told = problem(await api.ward.change(dossier, "progress", **step), 409, "lookup-needed")
    assert told["facts"]["result"] == "not_found"
    async with impatient(api) as http:
        await http.post("/v1/lookups", json={"officer": OFFICER, "dossier": dossier["id"]})
    await one_round(work)
    received = await api.ward.change(dossier, "progress", **step)
    assert received.status_code == 200, received.text
    elsewhere = await api.province.create(a_filing(unit_code="H44.102"))
    assert elsewhere.status_code == 201, "other units only warn"


async def test_a_procedure_may_do_without(api: DeskApi, sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await want_look_up(session, procedure_code=THREE_DAYS, wanted=False)
    dossier = await api.ward.created()
    assert (await api.ward.read(dossier))["lookup"] is None


async def test_the_report_gives_rate_verified_share_and_the_rest(api: DeskApi, sessions: Sessions) -> None:
    await give_account(sessions)
    work = looking_up(sessions, ScriptedPopulation([HOA, NotFound()]), at_once=1)
    await api.ward.created()
    await api.ward.created(applicant={**a_filing()["applicant"], "identity_number": "025190000999"})
    for _ in range(2):
        await one_round(work)
    await api.province.created(unit_code="H44.102")
    span = {"from": "2020-01-01", "to": "2099-12-31"}
    report = await api.province.get("/v1/reports/lookups", **span)
    assert (report["from"], report["to"], report["by"]) == ("2020-01-01", "2099-12-31", "unit")
    total = report["total"]
    assert total["rate"] == {"numerator": 2, "denominator": 3, "percent": 66.67}
    assert total["verified"] == {"numerator": 1, "denominator": 3, "percent": 33.33}
    assert (total["not_found"], total["pending"]) == (1, 1)
    assert [(line["code"], line["received"]) for line in report["lines"]] == [("H44.101", 2), ("H44.102", 1)]
    mine = await api.ward.get("/v1/reports/lookups", by="procedure", **span)
    assert [(line["code"], line["received"]) for line in mine["lines"]] == [(THREE_DAYS, 2)]
    narrowed = await api.province.get("/v1/reports/lookups", unit="H44.102", **span)
    assert narrowed["total"]["received"] == 1
    before = await api.province.get("/v1/reports/lookups", **{"from": "2020-01-01", "to": "2020-12-31"})
    assert (before["total"]["rate"]["percent"], before["lines"]) == (None, [])


async def test_the_published_figures_come_out_of_the_daily_counts(api: DeskApi, sessions: Sessions) -> None:
    """Hòa Bình: 65,498 of 300,000 until the end of 2023, and 222 of 29,613 in the first weeks of 2024."""
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO look_up_days (day, unit_id, procedure_code, received, asked)"
                " SELECT p.first + n % p.days, (SELECT id FROM units WHERE code = 'H44.101'), p.code,"
                " p.received / p.days + (n < p.received % p.days)::int,"
                " p.asked / p.days + (n < p.asked % p.days)::int"
                " FROM (VALUES (date '2022-12-01', 396, '1.001193', 300000, 65498),"
                " (date '2024-01-01', 52, '2.000815', 29613, 222)) AS p(first, days, code, received, asked),"
                " generate_series(0, p.days - 1) AS n"
            )
        )
    periods = {("2022-12-01", "2023-12-31"): 21.83, ("2024-01-01", "2024-02-21"): 0.75}
    for (first, last), percent in periods.items():
        report = await api.province.get("/v1/reports/lookups", **{"from": first, "to": last})
        assert report["total"]["rate"]["percent"] == percent
