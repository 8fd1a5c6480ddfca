"""The mock portal's page in a real browser."""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import Desk, dossier
from tests.integration.playwright_browser import Watch, chromium

CODE = "000.00.01.H22-260105-0001"


@pytest.fixture
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
async def browser() -> AsyncIterator[Any]:
    async with chromium() as browser:
        yield browser


async def control(address: str, path: str) -> Any:
    async with httpx.AsyncClient(base_url=f"{address}/t/suite/_control") as http:
        return (await http.get(path)).json()


async def test_the_page_shows_what_arrives_and_orders_what_is_clicked(browser: Any, address: str) -> None:
    context = await browser.new_context()
    watch, page = Watch(context), await context.new_page()
    await page.goto(f"{address}/t/suite/")
    storm = page.locator("[data-preset=session-storm]")
    await storm.wait_for()
    assert await page.locator("[data-preset]").count() > 5

    with Desk(f"{address}/t/suite") as desk:
        await asyncio.to_thread(desk.create, dossier(CODE), dossier("H22-2"))
        await asyncio.to_thread(desk.create, dossier(CODE, ChuHoSo="<img src=x onerror=alert(1)>"))
    await shown(page, "calls", "đã tồn tại")
    await shown(page, "calls", CODE)
    await shown(page, "state", re.compile("^suite: "))
    await shown(page, "held", "Hồ sơ / Dossiers2")

    await storm.click()
    await shown(page, "faults", "login_refused")
    assert {row["shape"] for row in await control(address, "/faults")} == {"session_expired", "login_refused"}
    assert await storm.get_attribute("aria-pressed") == "true"
    await page.locator("#faults button").first.click()
    await page.locator("#faults tr").nth(1).wait_for(state="detached")

    await page.locator("[data-clock=freeze]").click()
    await shown(page, "clock-mode", "frozen")
    before = (await control(address, "/clock"))["now"]
    await page.locator("[data-clock=day]").click()
    await page.locator(f"#now:not([datetime^='{before[:10]}'])").wait_for()
    assert (await control(address, "/clock"))["now"][:10] > before[:10]

    await page.locator("#reset").click()
    await shown(page, "held", "Hồ sơ / Dossiers0")
    await shown(page, "faults", re.compile("^$"))
    assert watch.complaints == []


async def shown(page: Any, element: str, text: str | re.Pattern[str]) -> None:
    """Wait until an element holds a text."""
    await page.locator(f"#{element}").filter(has_text=text).wait_for(state="attached")


async def test_the_page_asks_nothing_of_anybody_else(browser: Any, address: str) -> None:
    context = await browser.new_context()
    watch, page = Watch(context), await context.new_page()
    await page.goto(f"{address}/t/suite/")
    await page.locator("[data-preset]").first.wait_for()

    assert watch.hosts - {""} == {address.removeprefix("http://")}
    assert all(path.startswith("/t/suite/") for path in watch.paths if path.startswith("/"))
    names = await page.locator("button, a").all_inner_texts()
    assert names
    assert all(name.strip() for name in names)


async def test_the_page_says_so_when_the_portal_is_gone(browser: Any) -> None:
    page = await browser.new_page()
    with running_portal() as address:
        await page.goto(f"{address}/_control/")
        await shown(page, "state", "running")
    await shown(page, "state", "không trả lời")
