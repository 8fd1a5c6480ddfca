"""Our estimate beside the portal's own evaluation of the very dossiers that we brought there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from services.core.application.compare_index766 import Compared, compare_index766
from services.core.domain.indicator.published import Side
from services.core.domain.outcome import Failure, NotSent, Rejected, Unknown
from services.core.gateways.portal import EvaluationAddress, PortalEvaluation
from services.core.persistence.engine import Sessions
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.desk_api import DeskApi
from tests.integration.index766_cases import BY_HAND_TOTAL, bring_to, file_january, refresh, write_catalogue
from tests.integration.index766_cases import JANUARY as FILINGS

JANUARY = date(2026, 1, 1)


@pytest.fixture
async def portal(tmp_path: Path) -> AsyncIterator[str]:
    with running_portal(PortalSettings(catalogue_path=write_catalogue(tmp_path))) as url:
        yield url


@asynccontextmanager
async def evaluation(url: str, *, reply_bytes: int = 1_000_000) -> AsyncIterator[PortalEvaluation]:
    reports = PortalEvaluation(EvaluationAddress(url, seconds=10.0, reply_bytes=reply_bytes))
    try:
        yield reports
    finally:
        await reports.close()


async def compared(
    sessions: Sessions,
    url: str,
    *,
    unit: str = "H44",
    month: date = JANUARY,
    department: str | None = None,
    reply_bytes: int = 1_000_000,
) -> Compared | Failure:
    async with evaluation(url, reply_bytes=reply_bytes) as reports:
        return await compare_index766(sessions, portal=reports, unit=unit, month=month, department=department)


async def seed(api: DeskApi, sessions: Sessions, url: str) -> None:
    await file_january(sessions, api.province)
    await bring_to(url, sessions)
    await refresh(sessions)


@pytest.mark.parametrize("unit", ["H44", "H44.101", "H44.102"])
async def test_the_portal_reckons_the_same_to_the_last_decimal(
    api: DeskApi, sessions: Sessions, portal: str, unit: str
) -> None:
    await seed(api, sessions, portal)

    found = await compared(sessions, portal, unit=unit)

    assert isinstance(found, Compared)
    assert found.differences == []
    assert found.published.total == found.ours.report.total.points
    shown = set(found.published.shares)
    assert {line.indicator.code for line in found.ours.report.lines} - shown <= {
        "ONLINE_OTHER",
        "ONLINE_USED",
    }


@pytest.mark.parametrize("month", [date(2025, 12, 1), date(2026, 2, 1), date(2026, 3, 1)])
async def test_it_does_so_in_the_months_around(
    api: DeskApi, sessions: Sessions, portal: str, month: date
) -> None:
    await seed(api, sessions, portal)

    found = await compared(sessions, portal, month=month)

    assert isinstance(found, Compared)
    assert found.differences == []


async def test_what_the_portal_does_not_have_is_listed(api: DeskApi, sessions: Sessions, portal: str) -> None:
    await seed(api, sessions, portal)
    await api.province.created(officer=None, **FILINGS["late"])
    await refresh(sessions)

    found = await compared(sessions, portal)

    assert isinstance(found, Compared)
    by_code = {one.code: (one.ours, one.theirs) for one in found.differences}
    assert by_code["DOSSIER_SYNC"] == (Side(5, 6, Decimal("5.00")), Side(5, 5, Decimal(6)))
    assert by_code["PROGRESS"][0].denominator == 7
    assert by_code["TOTAL"][1].points == Decimal(str(BY_HAND_TOTAL))


async def test_a_portal_that_cannot_be_asked_is_told_from_one_that_refuses(
    api: DeskApi, sessions: Sessions, portal: str
) -> None:
    await seed(api, sessions, portal)

    assert await compared(sessions, "http://127.0.0.1:9") == NotSent("ConnectError")
    assert isinstance(await compared(sessions, portal, department="nowhere"), Rejected)
    assert await compared(sessions, portal, reply_bytes=100) == Unknown("reply too large")
    assert isinstance(await compared(sessions, portal, unit="H44.900"), Unknown)
