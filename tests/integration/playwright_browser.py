"""Playwright in Debian's Chromium, and axe-core, from Python packages; skipped without, but not in CI."""

import asyncio
import importlib
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any, Final, NoReturn
from urllib.parse import SplitResult, urlsplit

import pytest
import uvicorn
from starlette.types import ASGIApp

_NO_LIBRARY: Final = "playwright and axe-playwright-python are not installed (extra `test`)"
_NO_BROWSER: Final = "chromium is not installed (Debian: apt-get install chromium)"
#: What hinders people; `moderate` and `minor` are advice.
SERIOUS: Final = frozenset({"serious", "critical"})


def _missing(what: str) -> NoReturn:
    if os.environ.get("CI"):
        pytest.fail(what)
    pytest.skip(what)


def _load(module: str) -> Any:
    """Import what only this extra brings; its types are not at hand where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        _missing(_NO_LIBRARY)


class Watch:
    """What a browser complained of, and whom it asked for anything."""

    def __init__(self, context: Any) -> None:
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        self.paths: list[str] = []
        context.on("console", lambda message: self.complaints.append(message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda request: self._note(urlsplit(request.url)))

    def _note(self, asked: SplitResult) -> None:
        self.hosts.add(asked.netloc)
        self.paths.append(asked.path)


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    """Start a browser without a window."""
    playwright = _load("playwright.async_api")
    program = shutil.which("chromium") or _missing(_NO_BROWSER)
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=program, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


@asynccontextmanager
async def serving(app: ASGIApp) -> AsyncIterator[str]:
    """Serve an application of this process to a browser, and give its address."""
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


async def accessibility_faults(page: Any) -> list[str]:
    """Give what axe-core finds serious on the page, by day and, of what night changes, by night."""
    source = resources.files(_load("axe_playwright_python")).joinpath("axe.min.js").read_text("utf-8")
    await page.evaluate(source)
    await page.emulate_media(color_scheme="light")
    faults = await _serious(page, "{ resultTypes: ['violations'] }")
    await page.emulate_media(color_scheme="dark")
    contrast = "{ resultTypes: ['violations'], runOnly: { type: 'rule', values: ['color-contrast'] } }"
    return faults + [f"by night: {fault}" for fault in await _serious(page, contrast)]


async def _serious(page: Any, options: str) -> list[str]:
    found = await page.evaluate(f"axe.run({options})")
    return [
        f"{fault['id']}: {node['target']} {node['failureSummary']}"
        for fault in found["violations"]
        if fault["impact"] in SERIOUS
        for node in fault["nodes"]
    ]
