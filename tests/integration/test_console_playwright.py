"""The console as people use it, in a real browser: from a red figure to the remedy, and for everybody."""

import re
from typing import Any, Final

import pytest
from sqlalchemy import text

from services.console.main import create_app
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi
from tests.integration.console_cases import Day, a_day
from tests.integration.playwright_browser import Watch, accessibility_faults, chromium, serving

#: What is clicked and read on the way, in the order of the story.
VIETNAMESE: Final = {
    "question": "Có hồ sơ nào bị báo trễ vì ta không?",
    "cause": "Chưa rõ Cổng đã nhận chưa",
    "why": "Cổng báo trễ oan. Nguyên nhân: Chưa rõ Cổng đã nhận chưa.",
    "parked": "Chờ cán bộ xử lý",
    "group": "Cổng không biết thủ tục 1.000999.",
    "replay": "Gửi lại…",
    "count": "3 hồ sơ",
    "who": "Người quyết định",
    "reason": "Lý do",
    "do": "Gửi lại 3 hồ sơ",
    "done": "Gửi lại: 3 hồ sơ",
    "due": "Chờ gửi",
    "synced": "Đã đồng bộ",
    "none": "Không có hồ sơ nào chờ cán bộ xử lý.",
}
ENGLISH: Final = {
    "question": "Is anybody going to be late because of us?",
    "cause": "outcome unknown",
    "why": "Falsely late; the cause: outcome unknown.",
    "parked": "Parked",
    "group": "The portal does not know procedure 1.000999.",
    "replay": "Replay…",
    "count": "3 dossiers",
    "who": "Who decides",
    "reason": "Reason",
    "do": "Replay 3 dossiers",
    "done": "replayed: 3 dossiers",
    "due": "due",
    "synced": "synced",
    "none": "No dossier waits for a person.",
}
TELEPHONE: Final = {"width": 360, "height": 740}


@pytest.mark.parametrize("says", [VIETNAMESE, ENGLISH], ids=["vi", "en"])
async def test_a_late_dossier_is_found_and_a_parked_group_replayed(
    api: DeskApi, sessions: Sessions, says: dict[str, str]
) -> None:
    day = await a_day(api, sessions)
    app = create_app(sessions, comparison=Comparison.INSTANT, statement_seconds=2.0)
    async with serving(app) as address, chromium() as browser:
        context = await browser.new_context(base_url=address, locale="vi-VN")
        watch, page = Watch(context), await context.new_page()
        await page.clock.install()
        await page.goto("/")
        if says is ENGLISH:
            await page.get_by_role("link", name="English").click()
        assert await page.get_by_role("heading", level=1).inner_text() == says["question"]

        causes = page.locator("section[aria-labelledby=late]")
        await causes.get_by_role("link", name=says["cause"]).click()
        await page.get_by_role("link", name=day.late["code"]).click()
        await page.get_by_text(says["why"]).wait_for()

        await page.get_by_role("navigation").get_by_role("link", name=says["parked"]).click()
        group = page.get_by_role("listitem").filter(has_text=says["group"])
        await group.get_by_role("link", name=re.compile(f"^{says['replay']}")).click()
        assert await page.get_by_role("heading", name=says["count"], exact=True).count() == 1
        await page.get_by_label(says["who"]).fill("Lê Thị Bình")
        await page.get_by_label(says["reason"]).fill("Cổng đã cập nhật danh mục")
        await page.get_by_role("button", name=says["do"]).press("Enter")
        await page.get_by_role("heading", name=says["done"]).wait_for()
        await _leaves_by_itself(page, sessions, day, says)

        await page.get_by_role("navigation").get_by_role("link", name=says["parked"]).click()
        await page.get_by_text(says["none"]).wait_for()
        await context.close()

    assert watch.complaints == []
    assert watch.hosts == {address.removeprefix("http://")}


async def _leaves_by_itself(page: Any, sessions: Sessions, day: Day, says: dict[str, str]) -> None:
    """Let the worker have done its work, and the page see it without being loaded anew."""
    states = page.get_by_role("row").filter(has_text=day.parked[0]["code"])
    assert says["due"] in await states.inner_text()
    await page.evaluate("window.isTheSamePage = true")
    async with sessions.begin() as session:
        await session.execute(text("UPDATE deliveries SET state = 'synced' WHERE state = 'due'"))
    await page.clock.fast_forward(11_000)
    await states.filter(has_text=says["synced"]).wait_for()
    assert await page.evaluate("window.isTheSamePage")


async def test_the_overview_renews_itself_and_breaks_none_of_its_own_rules(sessions: Sessions) -> None:
    app = create_app(sessions, comparison=Comparison.INSTANT, statement_seconds=2.0)
    async with serving(app) as address, chromium() as browser:
        context = await browser.new_context(base_url=address)
        watch, page = Watch(context), await context.new_page()
        await page.clock.install()
        await page.goto("/")
        async with page.expect_response(f"{address}/"):
            await page.clock.fast_forward(11_000)
        await context.close()

    assert watch.complaints == []
    assert watch.paths.count("/") >= 2
    assert {"/static/console.css", "/static/console.js", "/static/htmx.min.js"} <= set(watch.paths)


async def test_nobody_is_hindered_on_any_page_by_day_by_night_or_on_a_telephone(
    api: DeskApi, sessions: Sessions
) -> None:
    day = await a_day(api, sessions)
    code = day.parked[0]["code"]
    addresses = [
        "/",
        "/late",
        "/parked",
        f"/parked/decision?action=replay&dossier={code}",
        "/interventions",
        "/outages",
        "/reconciliation",
        f"/reconciliation/{day.run}",
        "/look-ups",
        "/onboarding?unit=H44",
        "/onboarding/attempts?unit=H44",
        "/index766?unit=H44",
        f"/dossiers/{day.late['code']}",
        "/nothing",
    ]
    app = create_app(sessions, comparison=Comparison.INSTANT, statement_seconds=2.0)
    faults: dict[str, list[str]] = {}
    async with serving(app) as address, chromium() as browser:
        page = await browser.new_page(base_url=address)
        for place in addresses:
            await page.set_viewport_size({"width": 1280, "height": 800})
            await page.goto(place)
            found = await accessibility_faults(page)
            await page.set_viewport_size(TELEPHONE)
            if await page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("wider than a telephone")
            if found:
                faults[place] = found
        await page.close()

    assert faults == {}


async def test_what_hinders_people_is_found(sessions: Sessions) -> None:
    app = create_app(sessions, comparison=Comparison.INSTANT, statement_seconds=2.0)
    async with serving(app) as address, chromium() as browser:
        page = await browser.new_page(base_url=address)
        await page.goto("/nothing")
        await page.evaluate("document.querySelector('input').removeAttribute('aria-label')")
        await page.evaluate("document.querySelector('input').removeAttribute('placeholder')")
        await page.evaluate("document.documentElement.removeAttribute('lang')")
        faults = await accessibility_faults(page)
        await page.close()

    assert {fault.split(":")[0] for fault in faults} == {"html-has-lang", "label"}
