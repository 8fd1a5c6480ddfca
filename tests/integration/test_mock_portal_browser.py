"""The mock portal's page in a real browser, from Debian's package `chromium`."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from services.mock_portal.instance import running_portal
from tests.contract.mock_portal_desk import Desk, dossier
from tests.integration.chromium import Browser, browser

CODE = "000.00.01.H22-260105-0001"


@pytest.fixture
def address() -> Iterator[str]:
    with running_portal() as address:
        yield address


@pytest.fixture
async def page(address: str, tmp_path: Path) -> AsyncIterator[Browser]:
    async with browser(tmp_path) as opened:
        await opened.open(f"{address}/t/suite/")
        await opened.wait_for("document.querySelectorAll('[data-preset]').length > 5")
        yield opened


def text_of(element: str) -> str:
    return f"document.getElementById('{element}').textContent"


async def control(address: str, path: str) -> Any:
    async with httpx.AsyncClient(base_url=f"{address}/t/suite/_control") as http:
        return (await http.get(path)).json()


async def test_the_page_shows_what_arrives_and_orders_what_is_clicked(page: Browser, address: str) -> None:
    with Desk(f"{address}/t/suite") as desk:
        await asyncio.to_thread(desk.create, dossier(CODE), dossier("H22-2"))
        await asyncio.to_thread(desk.create, dossier(CODE, ChuHoSo="<img src=x onerror=alert(1)>"))
    await page.wait_for(f"{text_of('calls')}.includes('đã tồn tại')")
    assert CODE in await page.value(text_of("calls"))
    assert (await page.value(text_of("state"))).startswith("suite: ")
    assert "Hồ sơ / Dossiers2" in await page.value(text_of("held"))

    await page.value("document.querySelector('[data-preset=\"session-storm\"]').click()")
    await page.wait_for(f"{text_of('faults')}.includes('login_refused')")
    assert {row["shape"] for row in await control(address, "/faults")} == {"session_expired", "login_refused"}
    assert (
        await page.value(
            "document.querySelector('[data-preset=\"session-storm\"]').getAttribute('aria-pressed')"
        )
        == "true"
    )

    await page.value("document.querySelector('#faults button').click()")
    await page.wait_for("document.querySelectorAll('#faults tr').length === 1")

    await page.value("document.querySelector('[data-clock=freeze]').click()")
    await page.wait_for(f"{text_of('clock-mode')}.includes('frozen')")
    before = (await control(address, "/clock"))["now"]
    await page.value("document.querySelector('[data-clock=day]').click()")
    await page.wait_for(f"document.getElementById('now').dateTime.slice(0, 19) > '{before[:19]}'")
    assert (await control(address, "/clock"))["now"][:10] > before[:10]

    await page.value("document.getElementById('reset').click()")
    await page.wait_for(f"{text_of('held')}.includes('Hồ sơ / Dossiers0')")
    await page.wait_for(f"{text_of('faults')} === ''")
    assert page.complaints == []


async def test_the_page_asks_nothing_of_anybody_else(page: Browser, address: str) -> None:
    asked = await page.value("performance.getEntriesByType('resource').map((entry) => entry.name)")

    assert asked
    assert all(name.startswith((f"{address}/t/suite/_control/", "data:")) for name in asked)
    assert await page.value(
        "document.querySelectorAll('button:not(:empty), a').length === "
        "[...document.querySelectorAll('button, a')].filter((one) => one.textContent.trim()).length"
    )


async def test_the_page_says_so_when_the_portal_is_gone(tmp_path: Path) -> None:
    with running_portal() as address:
        async with browser(tmp_path) as page:
            await page.open(f"{address}/_control/")
            await page.wait_for(f"{text_of('state')}.includes('running')")
            await page.value("window.fetch = () => Promise.reject(new Error('gone'))")
            await page.wait_for(f"{text_of('state')}.includes('không trả lời')")
