"""What operations see, held against the database and the metrics."""

import random
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any

import httpx
import pytest
from fastapi.routing import APIRoute
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from structlog.testing import capture_logs

from services.console import health, language
from services.console.main import PAGES as PAGE_MODULES
from services.console.pages import decision, outages, parked
from services.console.reading import reading
from services.console.words import RULES
from services.console.writing import write_number
from services.core.application.intervene import intervene
from services.core.domain.audit import Actor
from services.core.domain.delivery import DeliveryState
from services.core.domain.false_late import FalseLateCause
from services.core.domain.intervention import Action, Decision
from services.core.domain.verdict import Comparison, Rule
from services.core.domain.wording import FALSE_LATE_CAUSES, STATES
from services.core.persistence.engine import Sessions, create_engine, create_sessions
from services.core.persistence.measurements import foresee
from services.core.persistence.parked import ParkedFilter
from tests.desk_api import DeskApi
from tests.integration.console_service import console, open_page, rows, shown, tiles
from tests.integration.delivery_rows import DeliveryRow
from tests.integration.figures import series
from tests.integration.metrics_truth import count_figures
from tests.integration.seeding_metrics import NO_LOOK_UPS, seed_catalogue, seed_deliveries, seed_random_state

STATES_OF_THE_WORLD = 6
PAGES = ("/", "/parked", "/outages", "/dossiers/H44-X-9", "/dossiers?code=H44-X-9")


async def test_the_overview_shows_the_figures_of_the_metrics(sessions: Sessions) -> None:
    rng = random.Random(766)
    async with console(sessions) as client:
        for _ in range(STATES_OF_THE_WORLD):
            async with sessions.begin() as session:
                await seed_random_state(session, rng, dossiers=rng.choice([0, 5, 120]))
            html = await open_page(client, "/")
            (at,) = re.findall(r'class="taken">.*?datetime="(.*?)"', html, re.DOTALL)
            async with sessions() as session:
                truth = await count_figures(session, at=datetime.fromisoformat(at), looked_up=NO_LOOK_UPS)

            figures = tiles(html)
            assert {STATES[state].vi: figures[STATES[state].vi] for state in DeliveryState} == {
                STATES[state].vi: write_number(truth[series("deliveries", state=state.value)])
                for state in DeliveryState
            }
            assert [figures[f"{hours} giờ"] for hours in (1, 4, 24)] == [
                write_number(truth[series("at_risk", within=f"{hours}h")]) for hours in (1, 4, 24)
            ]
            async with sessions() as session:
                foreseen = await foresee(session, comparison=Comparison.INSTANT)
            assert figures["Dự báo 24 giờ"] == write_number(foreseen.within_24h)
            by_cause = {row["Nguyên nhân"]: row for row in rows(html) if "Phía" in row}
            for cause in FalseLateCause:
                row = by_cause[FALSE_LATE_CAUSES[cause].vi]
                assert (row["Đang bị báo"], row["Đã được ghi nhận"]) == (
                    write_number(truth[series("false_late_open", cause=cause.value)]),
                    write_number(truth[series("false_late_settled_total", cause=cause.value)]),
                )


async def test_an_empty_database_is_no_reason_to_worry(sessions: Sessions) -> None:
    async with console(sessions) as client:
        html = await open_page(client, "/")

    assert "không? Không" in shown(html)
    assert "việc cần làm" not in shown(html)
    assert set(tiles(html).values()) == {"0", "–"}


@asynccontextmanager
async def hidden(engine: AsyncEngine, table: str) -> AsyncIterator[None]:
    """Take a table out of the way for a while."""
    async with engine.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} RENAME TO hidden"))
    try:
        yield
    finally:
        async with engine.begin() as connection:
            await connection.execute(text(f"ALTER TABLE hidden RENAME TO {table}"))


async def test_what_cannot_be_measured_is_a_question_mark_and_no_all_clear(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    async with console(sessions) as client:
        async with hidden(engine, "portal_outages"):
            without_outages = shown(await open_page(client, "/"))
        async with hidden(engine, "tallies"):
            without_totals = tiles(await open_page(client, "/"))

    assert "Chưa biết: không đo được" in without_outages
    assert "Một số số liệu không đo được: false_late, outages" in without_outages
    assert without_totals["Đã đồng bộ"] == "?"
    assert without_totals["Chờ gửi"] == "0"


async def test_an_outage_is_told_on_both_pages_with_its_length(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO portal_outages (last_success_at, began_at, ended_at) VALUES"
                " ('2026-03-01 01:00:00+00', '2026-03-01 01:00:30+00', '2026-03-01 03:05:30+00'),"
                " (now() - interval '200 s', now() - interval '300 s', NULL)"
            )
        )
    async with console(sessions) as client:
        overview, listed = await open_page(client, "/"), list(rows(await open_page(client, "/outages")))

    assert "Cổng DVCQG đang gián đoạn" in shown(overview)
    assert listed[0]["Hoạt động lại"] == "Đang gián đoạn"
    assert listed[0]["Kéo dài"].startswith("5 phút")
    assert listed[1] == {
        "Thế nào": "Không trả lời",
        "Gọi được lần cuối": "01/03/2026 08:00:00",
        "Lỗi đầu tiên": "01/03/2026 08:00:30",
        "Hoạt động lại": "01/03/2026 10:05:30",
        "Kéo dài": "2 giờ 5 phút",
        "Hồ sơ chờ": "–",
        "Bị báo trễ": "–",
        "Do gián đoạn": "0",
    }


async def test_outages_are_paged_without_gap_or_repetition(sessions: Sessions) -> None:
    number = outages.OUTAGES_A_PAGE * 2 + 1
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO portal_outages (began_at, ended_at)"
                " SELECT at, at + interval '60 s' FROM generate_series(:number, 1, -1) AS n,"
                " LATERAL (SELECT now() - make_interval(hours => n) AS at) AS began"
            ),
            {"number": number},
        )
    async with console(sessions) as client:
        found = await all_rows(client, "/outages")

    began = [row["Lỗi đầu tiên"] for row in found]
    assert len(set(began)) == len(began) == number
    moments = [datetime.strptime(at, "%d/%m/%Y %H:%M:%S") for at in began]  # noqa: DTZ007 - compared only
    assert moments == sorted(moments, reverse=True)


async def all_rows(client: httpx.AsyncClient, address: str) -> list[dict[str, str]]:
    """Follow the last link of each page until there is none."""
    found: list[dict[str, str]] = []
    place: str | None = address
    while place is not None:
        html = await open_page(client, place)
        found += rows(html)
        following = re.findall(rf'href="({address}\?[^"]+)"', html)
        place = following[-1] if following else None
    return found


async def park(sessions: Sessions, number: int) -> set[str]:
    """Store parked dossiers, many of which wait since the same instant; gives their codes."""
    async with sessions.begin() as session:
        await seed_catalogue(session, [1])
        now = (await session.execute(text("SELECT now()"))).scalar_one()
        row = DeliveryRow(unit_id=1, state="parked", park_cause="refused")
        await seed_deliveries(session, [row] * number, now=now)
        await session.execute(
            text(
                "UPDATE deliveries v SET last_cause = '-5: Hồ sơ ' || d.code || ' thiếu giấy tờ',"
                " due_since = now() - make_interval(mins => abs(hashtext(d.code)) % 7)"
                " FROM dossiers d WHERE d.id = v.dossier_id"
            )
        )
        return set((await session.execute(text("SELECT code FROM dossiers"))).scalars())


async def test_parked_dossiers_are_paged_without_gap_or_repetition(sessions: Sessions) -> None:
    codes = await park(sessions, parked.PARKED_A_PAGE * 2 + 7)
    async with console(sessions) as client:
        found = await all_rows(client, "/parked")

    assert len(found) == len(codes)
    assert {row["Hồ sơ"] for row in found} == codes


async def test_dossiers_refused_for_the_same_reason_are_one_group_whatever_their_codes(
    sessions: Sessions,
) -> None:
    codes = await park(sessions, 30)
    async with sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE deliveries SET park_cause = 'conflict'"
                " WHERE dossier_id = (SELECT id FROM dossiers LIMIT 1)"
            )
        )
    async with console(sessions) as client:
        html = await open_page(client, "/parked")

    groups = re.findall(r'<p class="number">(\d+)</p>.*?<blockquote>(.*?)</blockquote>', html, re.DOTALL)
    assert groups == [("29", "-5: Hồ sơ … thiếu giấy tờ"), ("1", "-5: Hồ sơ … thiếu giấy tờ")]
    assert "30 hồ sơ, 2 nguyên nhân." in shown(html)
    assert re.findall("Bên xử lý: (.*?) ·", shown(html)) == ["Đơn vị của hồ sơ", "Bộ phận vận hành"]
    examples = set(re.findall(r'href="/dossiers/([^"]+)"', html.split("<table")[0]))
    assert len(examples) == 4
    assert examples <= codes


async def test_a_group_shows_what_it_means_the_fix_and_the_command_for_it(sessions: Sessions) -> None:
    await park(sessions, 2)
    async with sessions.begin() as session:
        await session.execute(text("UPDATE deliveries SET park_group = 'unknown_procedure:1.000999'"))
    async with console(sessions) as client:
        before = shown(await open_page(client, "/parked"))
        async with sessions.begin() as session:
            await session.execute(text("UPDATE deliveries SET park_group = 'refused: -5: Hồ sơ * sai'"))
        after = shown(await open_page(client, "/parked"))

    assert "Cổng không biết thủ tục 1.000999." in before
    assert "rồi gửi lại cả nhóm." in before
    assert "lienthong parked replay --group unknown_procedure:1.000999" in before
    assert "lienthong parked replay --group 'refused: -5: Hồ sơ * sai'" in after


async def test_a_closed_dossier_shows_who_closed_it_and_why_without_naming_the_citizen(
    api: DeskApi, sessions: Sessions
) -> None:
    dossier = await api.ward.created()
    await change_delivery(sessions, dossier, "state = 'parked', park_cause = 'refused', parked_at = now()")
    decision = Decision(Action.CLOSE, "bình", "nộp trùng, đã gọi Nguyễn Thị Hoa")
    async with sessions.begin() as session:
        await intervene(
            session, decision=decision, wanted=ParkedFilter(), per_minute=100, actor=Actor("bình")
        )
    async with console(sessions) as client:
        page = shown(await open_page(client, f"/dossiers/{dossier['code']}"))
        waiting = shown(await open_page(client, "/parked"))

    assert "Đã đóng, không gửi nữa Cổng từ chối" in page
    assert "bình Đóng, không gửi nữa nộp trùng, đã gọi …" in page
    assert "Không có hồ sơ nào chờ cán bộ xử lý." in waiting


async def test_a_dossier_that_the_portal_does_not_hold_shows_what_is_missing(
    api: DeskApi, sessions: Sessions
) -> None:
    dossier = await api.ward.move(await api.ward.created(), 4)
    async with console(sessions) as client:
        html = await open_page(client, f"/dossiers/{dossier['code']}")

    page = shown(html)
    assert "Chờ gửi" in page
    assert "Thiếu 2 trên 2" in page
    assert "Cổng chưa có hồ sơ này" in page
    assert "Hai bên cùng kết luận: đúng hạn." in page
    steps = [row for row in rows(html) if "Trạng thái" in row]
    assert [(row["Trạng thái"], row["Cổng có"]) for row in steps] == [
        ("2 Được tiếp nhận", "Chưa"),
        ("4 Đang xử lý", "Chưa"),
    ]


async def test_a_falsely_late_dossier_shows_both_verdicts_the_cause_and_the_attempts(
    api: DeskApi, sessions: Sessions
) -> None:
    dossier = await api.ward.move(await api.ward.created(), 4, 9)
    await change_delivery(
        sessions,
        dossier,
        "state = 'unknown', on_portal = true, acked_version = target_version, acked_seq = 2,"
        " portal_due_at = now() - interval '1 h', flagged_at = now() - interval '1 h',"
        " reported_at = now() - interval '2 h', attempts = 1, last_cause = 'unknown: ReadTimeout'",
    )
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO delivery_attempts (dossier_id, call_id, operation, outcome, version,"
                " request_hash, detail, started_at, finished_at)"
                " VALUES (:id, :id, 'progress', 'unknown', 1, '', 'ReadTimeout', now(),"
                " now() + interval '20.25 s')"
            ),
            {"id": dossier["id"]},
        )
    async with console(sessions) as client:
        html = await open_page(client, f"/dossiers/{dossier['code']}")

    page = shown(html)
    assert "Theo cơ quan Đúng hạn" in page
    assert "Theo Cổng Quá hạn" in page
    assert "Cổng báo trễ oan. Nguyên nhân: Chưa rõ Cổng đã nhận chưa." in page
    assert "Thiếu 1 trên 3" in page
    (attempt,) = (row for row in rows(html) if "Thao tác" in row)
    del attempt["Lúc"]
    assert attempt == {
        "Thao tác": "Gửi tiến độ",
        "Kết quả": "Chưa rõ kết quả",
        "Lời của Cổng": "ReadTimeout",
        "Mất": "20,25 s",
    }


async def test_an_ending_that_is_not_acknowledged_tells_when_it_becomes_falsely_late(
    api: DeskApi, sessions: Sessions
) -> None:
    dossier = await api.ward.move(await api.ward.created(), 4, 9)
    await change_delivery(sessions, dossier, "flagged_at = '2099-03-01 03:00:00+00'")
    async with console(sessions) as client:
        page = shown(await open_page(client, f"/dossiers/{dossier['code']}"))

    assert "Cổng sẽ báo trễ oan từ 01/03/2099 10:00:00 nếu đến lúc đó chưa ghi nhận kết thúc." in page


async def test_a_correction_during_a_supplement_is_no_second_request(
    api: DeskApi, sessions: Sessions
) -> None:
    asked = await api.ward.move(await api.ward.created(), 5)
    corrected = await api.ward.http.patch(
        f"/v1/dossiers/{asked['id']}",
        json={"officer": "Trần Thị Bình", "reason": "ghi nhầm", "summary": "Đăng ký lại khai sinh"},
        headers={"If-Match": asked["etag"]},
    )
    assert corrected.status_code == 200, corrected.text
    await change_delivery(
        sessions,
        asked,
        "on_portal = true, acked_version = target_version, acked_seq = target_seq,"
        " portal_due_at = now() + interval '1 h'",
    )
    async with console(sessions) as client:
        page = shown(await open_page(client, f"/dossiers/{asked['code']}"))

    assert page.count(RULES[Rule.SUPPLEMENT_OPEN].vi) == 2
    assert RULES[Rule.SUPPLEMENT_REPEATED].vi not in page


async def change_delivery(sessions: Sessions, dossier: dict[str, Any], values: str) -> None:
    async with sessions.begin() as session:
        await session.execute(
            text(f"UPDATE deliveries SET {values} WHERE dossier_id = :id"),  # noqa: S608 - ours, see above
            {"id": dossier["id"]},
        )


async def test_the_search_box_leads_to_a_dossier_however_its_code_is_typed(
    api: DeskApi, sessions: Sessions
) -> None:
    code = (await api.ward.created())["code"]
    async with console(sessions) as client:
        found = await client.get("/dossiers", params={"code": f" {code.lower().replace('-', '–')} "})
        page = await client.get(found.headers["location"])

    assert (found.status_code, found.headers["location"]) == (303, f"/dossiers/{code}")
    assert page.status_code == 200


async def test_an_unknown_code_is_told_kindly(sessions: Sessions) -> None:
    async with console(sessions) as client:
        unknown = await open_page(client, "/dossiers/H44.101-261121-0001", status=404)
        page = await open_page(client, "/nothing/here", status=404)
        place = await open_page(client, "/parked?after=anything", status=404)

    assert "Không có hồ sơ mang mã này" in unknown
    assert "Không có trang này" in page
    assert "Không có trang này" in place


async def test_without_a_database_every_page_says_so_and_the_process_is_alive_but_not_ready() -> None:
    engine = create_engine("postgresql+asyncpg://nobody@127.0.0.1:9/nothing", application="lienthong-tests")
    async with console(create_sessions(engine)) as client:
        answers = {address: await client.get(address) for address in PAGES[:4]}
        alive, ready = await client.get("/healthz"), await client.get("/readyz")
    await engine.dispose()

    for answer in answers.values():
        assert answer.status_code == 503
        assert "Cơ sở dữ liệu không trả lời" in answer.text
        assert answer.headers["retry-after"] == "10"
        assert 'hx-trigger="every 10s"' in answer.text
    assert alive.status_code == 200
    assert (ready.status_code, ready.json()["reason"]) == (503, "database does not answer")


async def test_readiness_asks_for_the_schema(sessions: Sessions, engine: AsyncEngine) -> None:
    async with console(sessions) as client:
        assert (await client.get("/readyz")).json() == {"status": "ready"}
        async with hidden(engine, "alembic_version"):
            unready = await client.get("/readyz")

    assert unready.status_code == 503
    assert "schema" in unready.json()["reason"]


async def test_a_page_that_fails_says_where_to_look_and_not_what_the_error_said(
    sessions: Sessions, engine: AsyncEngine
) -> None:
    with capture_logs() as logs:
        async with console(sessions) as client, hidden(engine, "units"):
            html = await open_page(client, "/parked", status=500)

    (failure,) = (line for line in logs if line["event"] == "request.failed")
    assert failure["error"] == "ProgrammingError"
    assert "Trang này gặp lỗi" in html
    assert "units" not in f"{html}{failure}"


async def test_pages_are_read_in_a_transaction_that_cannot_write(sessions: Sessions) -> None:
    async with reading(sessions) as session:
        with pytest.raises(DBAPIError, match="read-only transaction"):
            await session.execute(text("INSERT INTO portal_outages (began_at) VALUES (now())"))


async def test_nothing_but_a_decision_changes_anything(sessions: Sessions) -> None:
    routers = [*(page.router for page in PAGE_MODULES), language.router, health.router]
    routes = [route for router in routers for route in router.routes if isinstance(route, APIRoute)]
    async with console(sessions) as client:
        refused = await client.post("/parked")

    changing = {route.endpoint for route in routes if route.methods != {"GET"}}
    assert changing == {decision.decide}
    assert (refused.status_code, refused.headers["allow"]) == (405, "GET")
    assert "chưa có gì thay đổi" in refused.text
