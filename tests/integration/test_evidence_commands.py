"""`lienthong outages` and `lienthong catalogue`, as operations type them."""

import asyncio
import csv
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable

import pytest
from sqlalchemy import text
from typer import Typer
from typer.testing import CliRunner, Result

from services.cli import catalogue, outages
from services.core.application.import_catalogue import import_procedures
from services.core.persistence.engine import create_engine, create_sessions
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.conftest import empty
from tests.desk_api import PROCEDURES

Run = Callable[..., Result]


@pytest.fixture
def environment(database_url: str) -> dict[str, str]:
    asyncio.run(_seed(database_url))
    return {
        "LIENTHONG_DATABASE_URL": database_url,
        "LIENTHONG_PORTAL_USERNAME": "h44",
        "LIENTHONG_PORTAL_PASSWORD": "pw",
        "LIENTHONG_PORTAL_ORGANISATION_CODE": "H44",
        "LIENTHONG_PORTAL_URL": "http://127.0.0.1:9",
        "COLUMNS": "200",
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    def typed(app: Typer, *arguments: str) -> Result:
        return CliRunner().invoke(app, arguments, env=environment)

    return typed


async def _seed(database_url: str) -> None:
    engine = create_engine(database_url, application="test")
    await empty(engine)
    async with create_sessions(engine).begin() as session:
        await import_procedures(session, PROCEDURES)
        await session.execute(
            text(
                "INSERT INTO portal_outages (kind, reasons, began_at, ended_at, dossiers_waiting,"
                " dossiers_flagged) VALUES"
                " ('unreachable', '{}', '2026-03-10 01:00Z', '2026-03-10 02:30Z', 12, 3),"
                " ('refused', '{auth,throttled}', '2026-03-11 01:00Z', '2026-03-11 01:10Z', 5, 0)"
            )
        )
    await engine.dispose()


def test_outages_are_listed_for_programs_sheets_and_people(run: Run) -> None:
    listed = json.loads(run(outages.app, "list", "--json").output)
    rows = list(csv.DictReader(io.StringIO(run(outages.app, "list", "--csv").output)))
    page = run(outages.app, "list").output

    assert [(one["kind"], one["minutes"], one["dossiers_waiting"]) for one in listed] == [
        ("refused", 10.0, 5),
        ("unreachable", 90.0, 12),
    ]
    assert listed[1]["began_at"] == "2026-03-10T08:00:00+07:00"
    assert [row["reasons"] for row in rows] == ["auth throttled", ""]
    assert [row["dossiers_flagged"] for row in rows] == ["0", "3"]
    assert "10/03/2026 08:00:00" in page


def test_outages_are_listed_from_a_day_in_vietnam_and_by_kind(run: Run) -> None:
    assert len(json.loads(run(outages.app, "list", "--since", "2026-03-11", "--json").output)) == 1
    assert len(json.loads(run(outages.app, "list", "--kind", "unreachable", "--json").output)) == 1
    assert run(outages.app, "list", "--json", "--csv").exit_code == 2


def test_the_catalogue_is_refreshed_and_compared(run: Run, environment: dict[str, str]) -> None:
    with running_portal(PortalSettings(accounts={"h44": "pw"})) as url:
        environment["LIENTHONG_PORTAL_URL"] = url
        piped = subprocess.run(
            [sys.executable, "-m", "services.cli.main", "catalogue", "refresh", "--json"],
            env=os.environ | environment,
            capture_output=True,
            check=True,
        )
        told = run(catalogue.app, "refresh")
    refreshed = json.loads(piped.stdout)
    assert (refreshed["credibility"], refreshed["listed"], refreshed["failure"]) == ("whole", 292, None)
    assert "Cổng có / listed 292" in told.output

    found = json.loads(run(catalogue.app, "differences", "--json").output)
    kinds = {(one["kind"], one["code"]) for one in found}
    assert ("missing", "1.000777") in kinds
    assert ("unknown_to_us", "1.000894") in kinds
    assert ("processing_time", "1.001193") in kinds
    assert "Cổng" in run(catalogue.app, "differences").output


def test_a_portal_that_gives_no_list_is_told_and_fails_the_command(run: Run) -> None:
    failed = run(catalogue.app, "refresh")
    assert failed.exit_code == 1
    assert "not_sent" in failed.output
