"""Playwright in Debian's Chromium, and axe-core, from Python packages; skipped without, but not in CI."""

import importlib
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import resources
from typing import Any, Final

import pytest

from tests.integration.test_console_browser import find_chromium

_MISSING: Final = "playwright and axe-playwright-python are not installed (extra `test`)"
#: What hinders people; `moderate` and `minor` are advice.
SERIOUS: Final = frozenset({"serious", "critical"})


def _load(module: str) -> Any:
    """Import what only this extra brings; its types are not at hand where it is not installed."""
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError:
        if os.environ.get("CI"):
            pytest.fail(_MISSING)
        pytest.skip(_MISSING)


class Watch:
    """What a browser complained of, and whom it asked for anything."""

    def __init__(self, context: Any) -> None:
        self.complaints: list[str] = []
        self.hosts: set[str] = set()
        context.on("console", lambda message: self.complaints.append(message.text))
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))
        context.on("request", lambda request: self.hosts.add(request.url.split("/")[2]))


@asynccontextmanager
async def chromium() -> AsyncIterator[Any]:
    """Start a browser without a window."""
    playwright = _load("playwright.async_api")
    async with playwright.async_playwright() as driver:
        browser = await driver.chromium.launch(executable_path=find_chromium(), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            await browser.close()


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
