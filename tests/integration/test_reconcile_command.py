"""`lienthong reconcile`, as operations type it."""

import asyncio
import csv
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from typer.testing import CliRunner, Result

from services.cli import reconcile as command
from services.core.domain.verdict import VIETNAM
from services.core.gateways.portal.report import COLUMNS
from services.core.persistence.holdings import HoldingsRepository
from services.core.persistence.reconciliations import ReconciliationRepository
from tests.integration.delivery_cases import states, table
from tests.integration.holdings_cases import Sides

if TYPE_CHECKING:
    from tests.servers import WorkerServers

NOBODY = "http://127.0.0.1:9"


class Desk:
    """A terminal of operations. `portal_url` is where the list service is, if there is one."""

    def __init__(self, database_url: str, portal_url: str, holdings: str | None = "service") -> None:
        self._environment = {
            "LIENTHONG_DATABASE_URL": database_url,
            "LIENTHONG_PORTAL_URL": portal_url,
            "LIENTHONG_PORTAL_USERNAME": "h44",
            "LIENTHONG_PORTAL_PASSWORD": "pw",
            "LIENTHONG_PORTAL_ORGANISATION_CODE": "H44",
            "LIENTHONG_PORTAL_HOLDINGS": holdings,
        }

    async def type(self, *arguments: str) -> Result:
        return await asyncio.to_thread(CliRunner().invoke, command.app, arguments, env=self._environment)

    async def document(self, *arguments: str) -> tuple[int, dict[str, Any]]:
        result = await self.type(*arguments, "--json")
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
        # Only the program itself sends its logs elsewhere; here they come before the answer.
        return result.exit_code, json.loads(result.stdout.splitlines()[-1])

    async def run(self, *arguments: str) -> tuple[int | None, bytes, bytes]:
        """Start the program itself; give its status, output and errors."""
        environment = {name: value for name, value in self._environment.items() if value is not None}
        program = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "services.cli.main", "reconcile", *arguments),
            env={**os.environ, **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        output, errors = await program.communicate()
        return program.returncode, output, errors


@pytest.fixture
def desk(servers: "WorkerServers", listing_portal: str) -> Desk:
    return Desk(servers.database_url, listing_portal)


async def write_report(sides: Sides, path: Path, *, without: frozenset[str] = frozenset()) -> None:
    """Export what the portal holds, the way a spreadsheet saves it in Vietnam."""
    service = sides.reconciling().holdings
    sums = await service.sums(sides.scope().first, sides.scope().last)
    assert isinstance(sums, dict)
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file, delimiter=";")
        rows.writerow([*COLUMNS, "ChuHoSo"])
        for bucket in sums:
            dossiers = await service.dossiers(bucket)
            assert isinstance(dossiers, list)
            for held in dossiers:
                if held.code not in without and held.last_at is not None:
                    last = held.last_at.astimezone(VIETNAM)
                    day = f"{bucket.day:%d/%m/%Y} 07:30"
                    rows.writerow(
                        [held.code, day, int(held.status), held.entries, f"{last:%d/%m/%Y %H:%M:%S}", "A; B"]
                    )


async def test_a_dry_run_a_repair_and_a_look_afterwards(sides: Sides, desk: Desk) -> None:
    await sides.file(1, 40)
    await sides.deliver()
    codes = await sides.codes()
    await sides.lose(codes[:3], {codes[3]: 1})
    await sides.forget(codes[4:6])

    status, found = await desk.document()
    assert status == 1
    assert found["differences"] == {"ours_not_theirs": 3, "theirs_not_ours": 2, "both_differ": 1}
    assert found["effects"]["reported"] == 6
    assert {row["code"] for row in found["dossiers"]} == set(codes[:6])
    rows = found["by_unit_and_procedure"]
    assert sum(row["differences"] for row in rows) == 6
    assert {row["procedure"] for row in rows if row["direction"] != "theirs_not_ours"} == {"1.001193"}
    assert set(await states(sides.sessions)) == {"synced"}

    status, mended = await desk.document("--repair", "--per-minute", "6000")
    assert status == 1
    assert (mended["effects"]["asked"], mended["effects"]["left_to_person"]) == (4, 2)
    await sides.hurry()
    await sides.deliver()

    status, left = await desk.document()
    assert (status, left["outcome"]) == (1, "complete")
    assert left["differences"] == {"ours_not_theirs": 0, "theirs_not_ours": 2, "both_differ": 0}
    printed = await desk.type()
    assert "UBND xã Thử" in printed.stdout
    assert "chưa sửa" in printed.stdout


async def test_sides_that_agree_end_with_zero(sides: Sides, desk: Desk) -> None:
    await sides.file(1, 10)
    await sides.deliver()
    result = await desk.type()
    assert result.exit_code == 0, result.output
    assert "Không có chênh lệch / no differences" in result.stdout
    assert "So tổng theo ngày" in result.stderr


async def test_the_program_prints_nothing_but_its_answer(sides: Sides, desk: Desk) -> None:
    await sides.file(1, 10)
    await sides.deliver()
    status, output, errors = await desk.run("--json")
    assert (status, json.loads(output)["outcome"]) == (0, "complete")
    assert "So tổng theo ngày / comparing sums: 5/5" in errors.decode()


async def test_days_and_unit_narrow_the_comparison(sides: Sides, desk: Desk) -> None:
    await sides.file(1, 40)
    await sides.deliver()
    await sides.lose(await sides.codes())
    day = max(row[0] for row in await table(sides.sessions, "SELECT received_at FROM dossiers"))
    one = day.astimezone(VIETNAM).date().isoformat()

    _, found = await desk.document("--from", one, "--to", one, "--unit", "H44.1")

    assert found["differences"]["ours_not_theirs"] == found["dossiers_ours"] == 1
    assert {(row["day"], row["unit"]) for row in found["dossiers"]} == {(one, "H44.1")}
    unknown = await desk.type("--unit", "H45")
    assert (unknown.exit_code, "Không có đơn vị này" in unknown.output) == (1, True)
    assert (await desk.type("--from", "2026-02-02", "--to", "2026-02-01")).exit_code == 2


async def test_a_report_from_the_portal_does_without_the_portal(
    sides: Sides, servers: "WorkerServers", tmp_path: Path
) -> None:
    desk = Desk(servers.database_url, NOBODY, holdings=None)
    await sides.file(1, 40)
    await sides.deliver()
    codes = await sides.codes()
    whole, partial = tmp_path / "ho-so.csv", tmp_path / "thieu.csv"
    await write_report(sides, whole)
    await write_report(sides, partial, without=frozenset(codes[:3]))

    assert (await desk.document("--portal-report", str(whole)))[0] == 0
    _, found = await desk.document("--portal-report", str(partial), "--repair")
    assert (found["source"], found["effects"]["asked"]) == ("report", 3)

    await sides.hurry()
    await sides.deliver()
    assert await sides.doubled() == 0

    # What has been delivered since the export is not missed in it.
    os.utime(partial, (1_700_000_000, 1_700_000_000))
    status, old = await desk.document("--portal-report", str(partial))
    assert (status, old["in_flight"]) == (0, 3)
    again = await desk.document("--portal-report", str(partial), "--taken-at", "2026-01-01T08:00:00")
    assert again[0] == 0


async def test_a_report_of_one_day_says_nothing_of_other_days(
    sides: Sides, servers: "WorkerServers", tmp_path: Path
) -> None:
    await sides.file(1, 40)
    await sides.deliver()
    codes = await sides.codes()
    days = sorted({code.split("-")[1] for code in codes})
    report = tmp_path / "mot-ngay.csv"
    await write_report(sides, report, without=frozenset(code for code in codes if days[2] not in code))

    status, found = await Desk(servers.database_url, NOBODY, holdings=None).document(
        "--portal-report", str(report)
    )
    assert (status, found["dossiers_ours"], found["dossiers_portal"]) == (0, 5, 5)
    assert found["from"] == found["to"]


async def test_a_report_that_cannot_be_read_changes_nothing(servers: "WorkerServers", tmp_path: Path) -> None:
    report = tmp_path / "hong.csv"
    report.write_text("MaHoSo,NgayTiepNhan\nH44-1,hôm qua\n", encoding="utf-8")
    result = await Desk(servers.database_url, NOBODY, holdings=None).type("--portal-report", str(report))
    assert result.exit_code == 2
    assert "missing columns" in result.stderr


async def test_without_a_source_the_command_says_what_to_do(servers: "WorkerServers") -> None:
    result = await Desk(servers.database_url, NOBODY, holdings=None).type()
    assert result.exit_code == 2
    assert "--portal-report" in result.stderr
    assert "LIENTHONG_PORTAL_HOLDINGS" in result.stderr


async def test_a_second_run_is_turned_away(sides: Sides, desk: Desk) -> None:
    await sides.file(1, 1)
    async with sides.sessions.begin() as session:
        reconciling, scope = sides.reconciling(), sides.scope()
        run = await ReconciliationRepository(session).begin(
            owner="other", source="service", first_day=scope.first, last_day=scope.last, unit_code=None,
            repairing=True, lease=reconciling.lease,
        )  # fmt: skip
    assert run is not None
    result = await desk.type()
    assert result.exit_code == 2
    assert "Đang có một lần đối soát khác" in result.stderr


async def test_a_portal_that_is_away_is_told(sides: Sides, servers: "WorkerServers") -> None:
    await sides.file(1, 1)
    await sides.deliver()
    result = await Desk(servers.database_url, NOBODY).type()
    assert result.exit_code == 2
    assert "CHƯA ĐỦ / INCOMPLETE" in result.stdout
    async with sides.sessions() as session:
        assert await HoldingsRepository(session).unit_names() != {}
