"""The other pages, each held against what is in the database."""

import random
import re
from datetime import datetime
from html import unescape

import httpx
import pytest
from sqlalchemy import text

from services.console.pages import late
from services.core.domain.false_late import FalseLateCause
from services.core.domain.wording import FALSE_LATE_CAUSES
from services.core.persistence.engine import Sessions
from services.core.persistence.lateness_views import LatenessViewRepository
from tests.desk_api import DeskApi
from tests.integration.console_cases import Day, a_day
from tests.integration.console_service import console, open_page, rows, shown, tiles
from tests.integration.figures import series
from tests.integration.metrics_truth import count_figures
from tests.integration.seeding_metrics import NO_LOOK_UPS, seed_random_state


@pytest.fixture
async def day(api: DeskApi, sessions: Sessions) -> Day:
    return await a_day(api, sessions)


async def _all(client: httpx.AsyncClient, address: str) -> list[str]:
    """Follow the pages to the last and give the codes."""
    codes: list[str] = []
    place: str | None = address
    while place is not None:
        html = await open_page(client, place)
        codes += [row["Hồ sơ"] for row in rows(html)]
        following = re.findall(r'href="(/late\?[^"]*after=[^"]*)"', html)
        place = unescape(following[0]) if following else None
    return codes


async def test_the_list_of_the_falsely_late_has_as_many_of_each_cause_as_the_overview_says(
    sessions: Sessions,
) -> None:
    rng = random.Random(7)
    async with sessions.begin() as session:
        await seed_random_state(session, rng, dossiers=800)
    async with sessions() as session:
        now: datetime = (await session.execute(text("SELECT now()"))).scalar_one()
        truth = await count_figures(session, at=now, looked_up=NO_LOOK_UPS)
    async with console(sessions) as client:
        listed = {cause: await _all(client, f"/late?cause={cause}") for cause in FalseLateCause}
        everything, soon = await _all(client, "/late"), await _all(client, "/late?soon=true")

    for cause, codes in listed.items():
        assert len(codes) == truth[series("false_late_open", cause=cause.value)], cause
        assert len(set(codes)) == len(codes)
    assert sorted(everything) == sorted(code for codes in listed.values() for code in codes)
    assert len(everything) > late.LATE_A_PAGE
    assert len(soon) == truth[series("at_risk", within="24h")]


async def test_the_late_list_tells_the_cause_and_leads_to_the_dossier(day: Day, sessions: Sessions) -> None:
    async with console(sessions) as client:
        html = await open_page(client, "/late")

    (row,) = rows(html)
    assert (row["Hồ sơ"], row["Nguyên nhân"]) == (
        day.late["code"],
        FALSE_LATE_CAUSES[FalseLateCause.OUTCOME_UNKNOWN].vi,
    )
    assert f'href="/dossiers/{day.late["code"]}"' in html


async def test_time_that_is_left_falls_into_its_slot(day: Day, sessions: Sessions) -> None:
    async with sessions() as session:
        found = await LatenessViewRepository(session).time_left([0.0, 7200.0])

    slots = {(row.slot, row.ended): row.number for row in found}
    assert slots == {(0, True): 1, (2, False): len(day.parked)}


async def test_the_overview_shows_the_backlog_by_time_left_and_the_portals_day(
    day: Day, sessions: Sessions
) -> None:
    async with console(sessions) as client:
        html = await open_page(client, "/")

    slots = {row["Còn lại"]: row for row in rows(html) if "Còn lại" in row}
    assert (slots["Cổng đã tính quá hạn"]["Cơ quan đã xong"], slots["1 đến 4 giờ"]["Đang giải quyết"]) == (
        "1",
        str(len(day.parked)),
    )
    assert "Phục vụ 93,7 % thời gian." in shown(html)


async def test_a_reconciliation_is_shown_with_what_became_of_each_dossier(
    day: Day, sessions: Sessions
) -> None:
    async with console(sessions) as client:
        overview = await open_page(client, "/reconciliation")
        run = await open_page(client, f"/reconciliation/{day.run}")
        await open_page(client, "/reconciliation/999999", status=404)

    counts = {row["Khác thế nào"]: row["Hồ sơ"] for row in rows(overview) if "Đã làm gì" in row}
    findings = [row["Hồ sơ"] for row in rows(run) if "Ngày" in row]
    assert counts == {"Cổng thiếu": "2", "Ta thiếu": "1"}
    assert len(findings) == 3
    assert "H44.101-261103-9999" in findings
    assert 'href="/dossiers/H44.101-261103-9999"' not in run


async def test_look_ups_show_the_rate_as_published_and_as_it_should_be(day: Day, sessions: Sessions) -> None:
    async with console(sessions) as client:
        html = await open_page(client, "/look-ups")

    async with sessions() as session:
        counted = await session.execute(
            text(
                "SELECT sum(asked), sum(received), sum(matched), sum(needed),"
                " sum(needed) FILTER (WHERE u.code = 'H44.101')"
                " FROM look_up_days t JOIN units u ON u.id = t.unit_id"
            )
        )
        asked, received, matched, needed, needed_there = (float(number) for number in counted.one())
    published, verified, *_ = tiles(html).values()
    assert (published, verified) == (_percent(asked / received), _percent(matched / needed))
    by_unit = {row["Đơn vị"].split()[-1]: row for row in rows(html)}
    assert (by_unit["H44.101"]["Cần"], by_unit["H44.101"]["Khớp"]) == (f"{needed_there:.0f}", "70")
    assert day.late


def _percent(share: float) -> str:
    return f"{share * 100:.2f} %".replace(".", ",")


async def test_onboarding_shows_steps_against_targets_and_units_on_a_map(
    day: Day, sessions: Sessions
) -> None:
    async with console(sessions) as client:
        html = await open_page(client, "/onboarding?unit=H44")
        await open_page(client, "/onboarding", status=404)
        stuck = await open_page(client, "/onboarding/attempts?unit=H44")

    steps = {row["Bước"]: row for row in rows(html)}
    assert steps["Điện thoại thông minh"]["Đủ điều kiện"] == "200"
    assert steps["Điện thoại thông minh"]["Tỷ lệ"].startswith("85")
    assert "Đạt" in shown(html)
    cells = re.findall(r'<td class="(good|watch|act)">([^<]+)', html)
    assert len(cells) == 6
    (row,) = rows(stuck)
    assert (row["Lần thực hiện"], row["Tình trạng"]) == ("TK-77", "Kẹt giữa hai hệ thống")
    assert "hủy yêu cầu treo" in row["Làm gì tiếp"]
    assert day.late


async def test_a_reason_that_names_the_citizen_is_struck_where_it_is_known_whom(
    day: Day, sessions: Sessions
) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO interventions (done_by, action, reason, wanted, dossiers)"
                " VALUES ('bình', 'close', 'số 025190009876 nộp trùng', '{}', 2)"
            )
        )
    async with console(sessions) as client:
        listed = [row["Lý do"] for row in rows(await open_page(client, "/interventions"))]

    assert listed == ["số … nộp trùng", "nộp trùng, đã hỏi đơn vị"]
    assert day.closed


async def test_english_is_one_click_away_and_stays(day: Day, sessions: Sessions) -> None:
    async with console(sessions) as client:
        switched = await client.get("/language/en?back=/parked?after%3Dx")
        english = await open_page(client, "/parked")
        back = await client.get("/language/vi")
        vietnamese = await open_page(client, "/parked")

    assert (switched.status_code, switched.headers["location"]) == (303, "/parked?after=x")
    assert '<html lang="en">' in english
    assert "3 dossiers, 1 causes." in shown(english)
    assert back.headers["location"] == "/"
    assert '<html lang="vi">' in vietnamese
    assert day.parked


@pytest.mark.parametrize("back", ["https://elsewhere.example", "//elsewhere.example", r"/\elsewhere", "x"])
async def test_the_switch_of_the_language_leads_nowhere_else(sessions: Sessions, back: str) -> None:
    async with console(sessions) as client:
        answer = await client.get("/language/en", params={"back": back})

    assert answer.status_code == 404
    assert "location" not in answer.headers
