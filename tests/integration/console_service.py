"""The console in this process, and a reader for its pages."""

import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from html import unescape
from typing import Final

import httpx

from services.console.main import create_app
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from tests.roles import as_role

_TAG: Final = re.compile(r"<[^>]+>")


@asynccontextmanager
async def console(sessions: Sessions) -> AsyncIterator[httpx.AsyncClient]:
    """Call the service without a network."""
    seen = as_role(sessions, DatabaseRole.OPERATOR)
    app = create_app(seen, comparison=Comparison.INSTANT, statement_seconds=0.5)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://console") as client:
        yield client


async def open_page(client: httpx.AsyncClient, address: str, *, status: int = 200) -> str:
    answer = await client.get(address)
    assert answer.status_code == status, answer.text
    return answer.text


def shown(html: str) -> str:
    """Give what a person reads, with single spaces."""
    return " ".join(unescape(_TAG.sub(" ", html)).split())


def tiles(html: str) -> dict[str, str]:
    """Give the big figures by their Vietnamese label; those at risk are called 1 giờ, 4 giờ, 24 giờ."""
    found = re.findall(r"<dt>([^<]*)</dt>\s*<dd>\s*<b[^>]*>(.*?)</b>", html, re.DOTALL)
    return {unescape(label): shown(figure) for label, figure in found}


def rows(html: str) -> Iterator[dict[str, str]]:
    """Give the rows of all tables, each cell by its label."""
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", html, re.DOTALL):
        cells = re.findall(r'<td data-label="(.*?)"[^>]*>(.*?)</td>', row, re.DOTALL)
        if cells:
            yield {unescape(label): shown(cell) for label, cell in cells}
