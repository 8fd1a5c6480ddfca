"""`lienthong report index766`, as heads of centres type it, and the upkeep in the worker."""

import asyncio
import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from services.cli import report
from services.core.application.read_index766 import read_index766
from services.core.persistence.engine import Sessions
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from services.sync_worker.rollups import RollupUpkeep, keep_index766
from tests.desk_api import DeskApi
from tests.integration.index766_cases import BY_HAND, BY_HAND_TOTAL, bring_to, file_january, write_catalogue
from tests.integration.index766_cases import JANUARY as FILINGS

NOWHERE = "http://127.0.0.1:9"
JANUARY = ("--unit", "H44", "--month", "2026-01")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[str]:
    with running_portal(PortalSettings(catalogue_path=write_catalogue(tmp_path))) as url:
        yield url


async def typed(database_url: str, *arguments: str, portal: str = NOWHERE) -> Result:
    """Run the command beside the test's own loop, as it runs a loop itself."""
    environment = {
        "LIENTHONG_DATABASE_URL": database_url,
        "LIENTHONG_PORTAL_URL": portal,
        "COLUMNS": "200",
    }
    runner = CliRunner()
    return await asyncio.to_thread(runner.invoke, report.app, ["index766", *arguments], env=environment)


async def test_the_command_counts_first_and_prints_for_people_programs_and_spreadsheets(
    api: DeskApi, sessions: Sessions, database_url: str, portal: str
) -> None:
    await file_january(sessions, api.province)
    await bring_to(portal, sessions)

    for_people = await typed(database_url, *JANUARY)
    as_json = await typed(database_url, *JANUARY, "--json")
    as_csv = await typed(database_url, *JANUARY, "--csv")

    assert str(BY_HAND_TOTAL) in for_people.stdout
    assert json.loads(as_json.stdout)["points"] == BY_HAND_TOTAL
    rows = list(csv.DictReader(io.StringIO(as_csv.stdout.removeprefix("\ufeff"))))
    assert {row["code"] for row in rows} == set(BY_HAND)


async def test_the_comparison_tells_agreement_difference_and_silence_apart(
    api: DeskApi, sessions: Sessions, database_url: str, portal: str
) -> None:
    await file_january(sessions, api.province)
    await bring_to(portal, sessions)
    agreed = await typed(database_url, *JANUARY, "--compare", portal=portal)
    refused = await typed(database_url, *JANUARY, "--compare", "--department", "X", portal=portal)
    silent = await typed(database_url, *JANUARY, "--compare")
    await api.province.created(officer=None, **FILINGS["late"])

    differs = await typed(database_url, *JANUARY, "--compare", "--json", portal=portal)

    assert (agreed.exit_code, "52.84 / 100" in agreed.stdout) == (0, True)
    assert (refused.exit_code, "NOT_FOUND" in refused.stderr) == (2, True)
    assert (silent.exit_code, "NotSent" in silent.stderr) == (2, True)
    assert differs.exit_code == 1
    sync = next(one for one in json.loads(differs.stdout) if one["code"] == "DOSSIER_SYNC")
    assert sync["ours"] == {"numerator": 5, "denominator": 6, "points": 5.0}
    assert sync["portal"] == {"numerator": 5, "denominator": 5, "points": 6.0}


async def test_the_workers_keep_the_counts_up_to_date(api: DeskApi, sessions: Sessions) -> None:
    await file_january(sessions, api.province)
    upkeep = asyncio.create_task(RollupUpkeep(sessions, keep_index766, seconds=0.05).run())
    try:
        async with asyncio.timeout(10):
            while await received(sessions) != 6:  # noqa: ASYNC110 - the database has no event to wait for
                await asyncio.sleep(0.05)
    finally:
        upkeep.cancel()
        with suppress(asyncio.CancelledError):
            await upkeep


async def received(sessions: Sessions) -> int:
    async with sessions() as session:
        found = await read_index766(session, unit="H44", month=date(2026, 1, 1))
    return next(
        line.share.denominator or 0 for line in found.report.lines if line.indicator.code == "PROGRESS"
    )
