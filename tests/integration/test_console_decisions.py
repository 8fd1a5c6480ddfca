"""Replaying and closing on the console: counted, with a reason, on record, and only from its own form."""

import re
from html import unescape
from typing import Any, Final

import httpx
import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from services.console import selection
from services.core.application.carry_out import carry_out
from services.core.domain.audit import Actor
from services.core.domain.intervention import MOST_A_CALL, Action, Decision
from services.core.persistence.engine import Sessions
from services.core.persistence.parked import ParkedFilter
from tests.desk_api import DeskApi
from tests.integration.console_cases import GROUP, Day, a_day
from tests.integration.console_service import console, open_page, rows, shown
from tests.integration.delivery_rows import DeliveryRow
from tests.integration.seeding_metrics import seed_catalogue, seed_deliveries

PREVIEW: Final = f"/parked/decision?group={GROUP}&action="
TYPED: Final = {"name": "Lê Thị Bình", "reason": "Cổng đã cập nhật danh mục"}
NUMBER: Final = "025190009876"


@pytest.fixture
async def day(api: DeskApi, sessions: Sessions) -> Day:
    return await a_day(api, sessions)


async def form_of(client: httpx.AsyncClient, address: str) -> dict[str, str]:
    """Give the hidden fields of the form, as a browser would send them."""
    html = await open_page(client, address)
    return {
        name: unescape(value) for name, value in re.findall(r'type="hidden" name="(\w+)" value="(.*?)"', html)
    }


async def states(sessions: Sessions) -> dict[str, str]:
    async with sessions() as session:
        found = await session.execute(
            text("SELECT d.code, v.state FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id")
        )
        return {row.code: row.state for row in found}


async def test_a_preview_counts_what_is_meant_and_changes_nothing(day: Day, sessions: Sessions) -> None:
    before = await states(sessions)
    async with console(sessions) as client:
        html = await open_page(client, f"{PREVIEW}replay")

    assert "3 hồ sơ" in shown(html)
    assert "Cổng không biết thủ tục 1.000999." in shown(html)
    assert "lienthong parked replay --group unknown_procedure:1.000999" in shown(html)
    assert await states(sessions) == before
    assert sorted(before.values()).count("parked") == len(day.parked)


@pytest.mark.parametrize(("action", "state"), [("replay", "due"), ("close", "closed")])
async def test_a_decision_concerns_those_that_were_counted_and_is_on_record(
    api: DeskApi, day: Day, sessions: Sessions, action: str, state: str
) -> None:
    async with console(sessions) as client:
        form = await form_of(client, f"{PREVIEW}{action}")
        later = await api.ward.created()
        await _park(sessions, later)
        done = await client.post("/parked/decision", data=form | TYPED)
        record = await open_page(client, done.headers["location"])
        listed = next(rows(await open_page(client, "/interventions")))

    found = await states(sessions)
    assert done.status_code == 303
    assert {found[dossier["code"]] for dossier in day.parked} == {state}
    assert found[later["code"]] == "parked"
    assert {row["Hồ sơ"] for row in rows(record)} == {dossier["code"] for dossier in day.parked}
    assert (listed["Ai"], listed["Hồ sơ"], listed["Về"]) == (TYPED["name"], "3", GROUP)
    assert listed["Lý do"] == TYPED["reason"]


async def test_one_dossier_is_replayed_from_its_own_page(day: Day, sessions: Sessions) -> None:
    code = day.parked[0]["code"]
    async with console(sessions) as client:
        page = await open_page(client, f"/dossiers/{code}")
        (address, _) = re.findall(r'href="(/parked/decision\?.*?)"', page)
        done = await client.post("/parked/decision", data=await form_of(client, unescape(address)) | TYPED)

    assert done.status_code == 303
    assert list((await states(sessions)).values()).count("parked") == len(day.parked) - 1
    assert (await states(sessions))[code] == "due"


@pytest.mark.parametrize(
    "target", [{"group": GROUP}, {"dossier": "the first"}, {"group": "no such group"}], ids=str
)
async def test_a_second_press_of_the_button_concerns_nobody(
    day: Day, sessions: Sessions, target: dict[str, str]
) -> None:
    target = {
        name: day.parked[0]["code"] if value == "the first" else value for name, value in target.items()
    }
    async with console(sessions) as client:
        form = await form_of(client, f"{PREVIEW}replay") | {"group": "", **target} | TYPED
        answers = [await client.post("/parked/decision", data=form) for _ in range(2)]

    assert answers[1].status_code == 409
    assert "Chưa có gì thay đổi" in answers[1].text
    async with sessions() as session:
        number = (await session.execute(text("SELECT count(*) FROM interventions"))).scalar_one()
    assert number == 1 + (answers[0].status_code == 303)


@pytest.mark.parametrize(
    ("changes", "headers"),
    [
        ({"token": ""}, {}),
        ({"token": "another"}, {}),
        ({}, {"cookie": ""}),
        ({}, {"cookie": "lienthong_form="}),
        ({}, {"origin": "https://elsewhere.example"}),
        ({}, {"origin": "null"}),
        ({}, {"sec-fetch-site": "cross-site"}),
        ({}, {"sec-fetch-site": "same-site"}),
        ({}, {"content-type": "text/plain"}),
        ({"reason": "x" * 20_000}, {}),
    ],
    ids=str,
)
async def test_a_form_that_is_not_ours_changes_nothing(
    day: Day, sessions: Sessions, changes: dict[str, str], headers: dict[str, str]
) -> None:
    before = await states(sessions)
    async with console(sessions) as client:
        form = await form_of(client, f"{PREVIEW}replay") | TYPED | changes
        if "cookie" in headers:
            client.cookies.clear()
        answer = await client.post("/parked/decision", data=form, headers=headers)

    assert answer.status_code == 403
    assert "chưa có gì thay đổi" in answer.text
    assert await states(sessions) == before
    assert day.parked


async def test_a_form_from_our_own_page_is_taken(day: Day, sessions: Sessions) -> None:
    headers = {"origin": "http://console", "sec-fetch-site": "same-origin"}
    async with console(sessions) as client:
        form = await form_of(client, f"{PREVIEW}replay") | TYPED
        answer = await client.post("/parked/decision", data=form, headers=headers)

    assert answer.status_code == 303
    assert day.parked


@pytest.mark.parametrize(
    "faulty", [{"reason": ""}, {"reason": "ừ"}, {"name": " "}, {"name": "x" * 101}], ids=str
)
async def test_a_decision_needs_a_name_and_a_reason(
    day: Day, sessions: Sessions, faulty: dict[str, str]
) -> None:
    before = await states(sessions)
    async with console(sessions) as client:
        form = await form_of(client, f"{PREVIEW}close") | TYPED | faulty
        answer = await client.post("/parked/decision", data=form)

    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert unescape(answer.text).count(next(iter((TYPED | faulty).values()))) >= 1
    assert await states(sessions) == before
    assert day.parked


@pytest.mark.parametrize("written", [NUMBER, f"gọi {NUMBER[:4]} {NUMBER[4:8]} {NUMBER[8:]}"])
async def test_a_citizens_number_is_not_taken_for_a_reason_nor_repeated(
    day: Day, sessions: Sessions, written: str
) -> None:
    with capture_logs() as logs:
        async with console(sessions) as client:
            form = await form_of(client, f"{PREVIEW}close") | TYPED | {"reason": f"nộp trùng {written}"}
            answer = await client.post("/parked/decision", data=form)

    assert answer.status_code == 422
    assert "Không ghi số định danh" in answer.text
    assert written not in f"{answer.text}{answer.headers}{logs}"
    assert day.parked


async def test_wrong_addresses_and_forms_are_told_so(day: Day, sessions: Sessions) -> None:
    async with console(sessions) as client:
        await open_page(client, "/parked/decision?action=burn", status=404)
        await open_page(client, "/parked/decision", status=404)
        await open_page(client, f"/interventions/{day.parked[0]['id']}", status=404)
        form = await form_of(client, f"{PREVIEW}replay") | TYPED
        answers = [
            await client.post("/parked/decision", data=form | wrong)
            for wrong in ({"until": "yesterday"}, {"until": "2026-11-21T00:00:00"}, {"action": "burn"})
        ]

    assert [answer.status_code for answer in answers] == [404] * 3
    assert list((await states(sessions)).values()).count("parked") == len(day.parked)


async def test_a_decision_about_many_goes_on_until_nothing_is_left(sessions: Sessions) -> None:
    number = MOST_A_CALL + 5
    async with sessions.begin() as session:
        await seed_catalogue(session, [1])
        now = (await session.execute(text("SELECT now()"))).scalar_one()
        row = DeliveryRow(unit_id=1, state="parked", park_cause="refused")
        await seed_deliveries(session, [row] * number, now=now)
    told: list[tuple[int, int]] = []
    decision = Decision(Action.CLOSE, "bình", "nộp trùng")

    done = await carry_out(
        sessions,
        decision=decision,
        wanted=ParkedFilter(),
        per_minute=100,
        actor=Actor("bình"),
        progress=lambda *figures: told.append(figures),
    )

    assert (done.dossiers, len(done.records), told) == (number, 2, [(MOST_A_CALL, number)])
    assert set((await states(sessions)).values()) == {"closed"}


def test_nobody_signs_in_yet_so_who_decides_is_who_they_say_they_are() -> None:
    typed = selection.read_typed({"name": "  Lê Thị Bình ", "reason": " đã sửa "})

    assert typed.decision(Action.REPLAY) == Decision(Action.REPLAY, "Lê Thị Bình", "đã sửa")


async def _park(sessions: Sessions, dossier: dict[str, Any]) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE deliveries SET state = 'parked', park_cause = 'refused', park_group = :group,"
                " parked_at = now() WHERE dossier_id = :id"
            ),
            {"id": dossier["id"], "group": GROUP},
        )
