"""Officers see masks, and whole numbers for a reason that stays on record."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.core.domain.role import Role
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi, a_filing, client_of, problem, serve
from tests.trust import Trust, employ, officer_client

NUMBER = "025190000123"
AGENT = {"name": "Trần Văn Nam", "ground": "parent", "identity_number": "025190000777"}


@pytest.fixture
async def officer(api: DeskApi, sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    """Call for a desk officer of the ward."""
    trust = Trust()
    await employ(sessions, "binh", role=Role.DESK_OFFICER, unit="H44.101")
    async with (
        serve(api.runtime.sessions, clock=api.clock, bell=api.bell, believed=trust.believed()) as (app, _),
        officer_client(app, api.keys["province"], trust.officer_token("binh")) as http,
    ):
        yield http


async def records(sessions: Sessions) -> list[tuple[str, bool, str]]:
    async with sessions() as session:
        rows = await session.execute(
            text(
                "SELECT c.name, s.officer_id IS NOT NULL, s.reason FROM disclosures s"
                " JOIN desk_clients c ON c.id = s.client_id ORDER BY s.id"
            )
        )
        return [tuple(row) for row in rows]


async def test_an_officer_sees_masks_until_they_say_why(
    api: DeskApi, sessions: Sessions, officer: httpx.AsyncClient
) -> None:
    dossier = await api.ward.created(**a_filing(agent=AGENT))
    address = f"/v1/dossiers/{dossier['id']}"

    read = (await officer.get(address)).json()
    assert read["applicant"]["identity_number"] == "*********123"
    assert read["agent"]["identity_number"] == "*********777"
    assert NUMBER not in (await officer.get("/v1/dossiers")).text
    assert await records(sessions) == []

    shown = await officer.post(f"{address}/identity:reveal", json={"reason": "đối chiếu giấy tờ"})

    assert shown.json() == {"applicant": NUMBER, "agent": AGENT["identity_number"]}
    assert await records(sessions) == [("province", True, "đối chiếu giấy tờ")]


async def test_without_a_reason_nothing_is_shown(api: DeskApi, officer: httpx.AsyncClient) -> None:
    dossier = await api.ward.created()
    for body in ({}, {"reason": ""}):
        answer = await officer.post(f"/v1/dossiers/{dossier['id']}/identity:reveal", json=body)
        problem(answer, 422, "validation-failed")
        assert NUMBER not in answer.text


async def test_what_is_out_of_reach_is_not_shown_and_leaves_no_record(
    api: DeskApi, sessions: Sessions, officer: httpx.AsyncClient
) -> None:
    dossier = await api.province.created(unit_code="H44.102")

    answer = await officer.post(f"/v1/dossiers/{dossier['id']}/identity:reveal", json={"reason": "x"})

    problem(answer, 404, "dossier-not-found")
    assert await records(sessions) == []


async def test_software_that_calls_for_nobody_reads_what_it_filed(api: DeskApi, sessions: Sessions) -> None:
    dossier = await api.ward.created()
    async with client_of(api.app, api.keys["ward"]) as http:
        assert (await http.get(f"/v1/dossiers/{dossier['id']}")).json()["applicant"][
            "identity_number"
        ] == NUMBER
        await http.post(f"/v1/dossiers/{dossier['id']}/identity:reveal", json={"reason": "in phiếu"})

    assert await records(sessions) == [("ward", False, "in phiếu")]


async def test_an_officer_is_shown_so_many_and_software_is_not_counted(
    api: DeskApi, sessions: Sessions
) -> None:
    trust = Trust()
    await employ(sessions, "binh", role=Role.DESK_OFFICER, unit="H44.101")
    address = f"/v1/dossiers/{(await api.ward.created())['id']}/identity:reveal"
    async with serve(
        api.runtime.sessions, clock=api.clock, bell=api.bell, believed=trust.believed(), reveals=2
    ) as (
        app,
        _,
    ):
        async with officer_client(app, api.keys["province"], trust.officer_token("binh")) as http:
            answers = await asyncio.gather(
                *(http.post(address, json={"reason": "đối chiếu"}) for _ in range(4))
            )
        async with client_of(app, api.keys["province"]) as http:
            assert (await http.post(address, json={"reason": "in phiếu"})).status_code == 200

    assert sorted(answer.status_code for answer in answers) == [200, 200, 429, 429]
    refused = next(answer for answer in answers if answer.status_code == 429)
    problem(refused, 429, "reveal-budget-spent")
    assert NUMBER not in refused.text
    assert [officer for _, officer, _ in await records(sessions)] == [True, True, False]


async def test_the_record_cannot_be_rewritten(
    api: DeskApi, sessions: Sessions, officer: httpx.AsyncClient
) -> None:
    dossier = await api.ward.created()
    await officer.post(f"/v1/dossiers/{dossier['id']}/identity:reveal", json={"reason": "x"})

    for statement in ("UPDATE disclosures SET reason = 'y'", "DELETE FROM disclosures"):
        with pytest.raises(IntegrityError, match="append-only"):
            async with sessions.begin() as session:
                await session.execute(text(statement))


async def test_an_officer_asks_the_population_database_in_their_own_name(
    api: DeskApi, officer: httpx.AsyncClient
) -> None:
    dossier = await api.ward.created()

    other = await officer.post("/v1/lookups", json={"dossier": dossier["id"], "officer": "Trần Văn An"})
    own = await officer.post("/v1/lookups", json={"dossier": dossier["id"], "officer": "Bình"})

    problem(other, 403, "officer-not-yourself")
    problem(own, 409, "lookup-account-missing")
