"""The overview in a real browser, from Debian's package `chromium`."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from services.console.main import create_app
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from tests.roles import as_role

#: Of the page's own clock, which runs ahead while nothing is to be waited for.
PATIENCE_MILLISECONDS = 25_000


def find_chromium() -> str:
    """Give the path of the browser; without it, skip, but fail in CI."""
    path = shutil.which("chromium")
    if path is not None:
        return path
    missing = "chromium is not installed (Debian: apt-get install chromium)"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)


class Counting:
    """Passes calls on and notes their addresses."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.asked: list[str] = []

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            self.asked.append(scope["path"])
        await self._app(scope, receive, send)


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    config = uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False)
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        assert not task.done(), "uvicorn ended before it had started"
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


async def browse(address: str, profile: Path) -> tuple[str, str]:
    """Open a page, let its clock run, and give what is on it then, and what the browser complained of."""
    process = await asyncio.create_subprocess_exec(
        find_chromium(),
        *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
        *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
        *(f"--user-data-dir={profile}", "--enable-logging=stderr", "--v=0"),
        *(f"--virtual-time-budget={PATIENCE_MILLISECONDS}", "--dump-dom", address),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    page, complaints = await asyncio.wait_for(process.communicate(), 60)
    return page.decode(), "\n".join(line for line in complaints.decode().splitlines() if "CONSOLE" in line)


async def test_the_overview_renews_itself_and_breaks_none_of_its_own_rules(
    sessions: Sessions, tmp_path: Path
) -> None:
    app = Counting(
        create_app(
            as_role(sessions, DatabaseRole.OPERATOR), comparison=Comparison.INSTANT, statement_seconds=2.0
        )
    )
    async with serving(app) as address:
        page, complaints = await browse(f"{address}/", tmp_path)

    assert complaints == ""
    assert "Có hồ sơ nào bị báo trễ vì ta không?" in page
    assert app.asked.count("/") >= 2
    assert {"/static/console.css", "/static/console.js", "/static/htmx.min.js"} <= set(app.asked)
