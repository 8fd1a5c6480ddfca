"""`lienthong parked`, as operations type it, down to the portal's ledger."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import replace
from typing import Any

import httpx
import pytest
from sqlalchemy import text
from typer.testing import CliRunner, Result

from services.cli.parked import app
from services.core.persistence.engine import Sessions
from services.mock_portal.instance import running_portal
from tests.integration.delivery_cases import (
    ScriptedPortal,
    delivering,
    file_dossier,
    rounds,
    seed_catalogue,
    states,
    table,
)
from tests.integration.portal_clients import connected

Run = Callable[..., Awaitable[Result]]

KNOWN, MISSING = "1.001193", "1.000999"
NUMBER, OTHERS = 214, 6
GROUP = f"unknown_procedure:{MISSING}"


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO procedures (code, name, field_code, field_name, level, service_level)"
                " VALUES (:code, 'Thủ tục mới', 'LV1', 'Hộ tịch', 'commune', 'full')"
            ),
            {"code": MISSING},
        )
    return sessions


@pytest.fixture
def run(database_url: str) -> Run:
    """Type a command; it has an event loop of its own, hence the thread."""

    async def typed(*arguments: str) -> Result:
        environment = {"LIENTHONG_DATABASE_URL": database_url, "COLUMNS": "300"}
        return await asyncio.to_thread(CliRunner().invoke, app, arguments, env=environment)

    return typed


@pytest.fixture
async def portal() -> AsyncIterator[httpx.AsyncClient]:
    with running_portal() as url:
        async with httpx.AsyncClient(base_url=url) as control:
            yield control


async def teach(portal: httpx.AsyncClient, *codes: str) -> None:
    """Let the portal know these procedures and no others."""
    rows = [{"code": code, "name": "Thủ tục", "field": "Hộ tịch"} for code in codes]
    (await portal.put("/_control/catalogue/procedures", json=rows)).raise_for_status()


async def ledger(portal: httpx.AsyncClient) -> dict[str, Any]:
    found: dict[str, Any] = (await portal.get("/_control/ledger/summary")).json()
    return found


async def park(desk: Sessions, number: int, **columns: Any) -> None:
    values = {"park_cause": "refused", "park_group": "refused: -1: Hồ sơ *: sai"}
    for place in range(number):
        await file_dossier(desk, f"D-{place:04}", state="parked", **(values | columns))


async def test_214_dossiers_with_one_cause_are_one_group_and_leave_with_one_command(
    desk: Sessions, portal: httpx.AsyncClient, run: Run
) -> None:
    for number in range(NUMBER + OTHERS):
        await file_dossier(desk, f"H44.1-261121-{number:04}")
    async with desk.begin() as session:
        await session.execute(
            text("UPDATE dossiers SET procedure_code = :procedure WHERE code < :code"),
            {"procedure": MISSING, "code": f"H44.1-261121-{NUMBER:04}"},
        )
    await teach(portal, KNOWN)
    forwarded = "/XrdAdapter/RestService/forward/mapi"
    paths = {"login_path": f"{forwarded}/login", "call_path": f"{forwarded}/g"}
    async with connected(str(portal.base_url), **paths) as client:
        work = replace(delivering(desk, ScriptedPortal()), portal=client)
        await rounds(work, most=100)
        assert await states(desk) == {"parked": NUMBER, "synced": OTHERS}

        shown = await run("groups", "--json")
        (group,) = json.loads(shown.stdout)
        assert (group["group"], group["dossiers"], group["owner"]) == (GROUP, NUMBER, "operations")
        assert MISSING in group["meaning"]["vi"]
        assert MISSING in group["meaning"]["en"]

        await teach(portal, KNOWN, MISSING)
        sent_on = await run("replay", "--group", GROUP, "--yes", "--per-minute", "6000", "--json")
        assert (sent_on.exit_code, json.loads(sent_on.stdout)["dossiers"]) == (0, NUMBER), sent_on.output
        await asyncio.sleep(NUMBER / 100)
        await rounds(work, most=100)

    assert await states(desk) == {"synced": NUMBER + OTHERS}
    summary = await ledger(portal)
    assert (summary["dossiers"], summary["duplicate_dossiers"]) == (NUMBER + OTHERS, 0)
    assert (summary["duplicate_entries"], summary["out_of_order_entries"]) == (0, 0)


async def test_groups_are_told_with_their_fix_and_the_command_for_it(desk: Sessions, run: Run) -> None:
    await park(desk, 2)

    told = await run("groups")

    assert told.exit_code == 0, told.output
    assert "2 hồ sơ, 1 nhóm / 2 dossiers, 1 groups" in told.stdout
    assert "Cổng từ chối với lời trên. / The portal refused with these words." in told.stdout
    assert "Bên xử lý / to act: Đơn vị của hồ sơ / the dossier's unit" in told.stdout
    assert "lienthong parked replay --group 'refused: -1: Hồ sơ *: sai'" in told.stdout


async def test_the_list_shows_dossiers_and_says_that_there_are_more(desk: Sessions, run: Run) -> None:
    await park(desk, 3, last_cause="-1: sai")

    told, written = await run("list", "--limit", "2"), await run("list", "--dossier", "D-0001", "--json")

    assert (told.exit_code, "D-0000" in told.stdout, "D-0002" in told.stdout) == (0, True, False), told.output
    assert "--limit" in told.stderr
    (row,) = json.loads(written.stdout)
    assert (row["code"], row["unit"], row["procedure"], row["words"]) == ("D-0001", "H44.1", KNOWN, "-1: sai")


@pytest.mark.parametrize("arguments", [("replay",), ("close", "--reason", "nộp trùng")])
async def test_nothing_is_done_without_a_selection_or_unasked(
    desk: Sessions, run: Run, arguments: tuple[str, ...]
) -> None:
    await park(desk, 2)

    unselected, unasked = await run(*arguments, "--yes"), await run(*arguments, "--all")

    assert (unselected.exit_code, unasked.exit_code) == (1, 2)
    assert "Chưa chọn hồ sơ" in unselected.stderr
    assert "2 hồ sơ" in unasked.stderr
    assert await states(desk) == {"parked": 2}


async def test_a_closing_needs_a_reason_and_keeps_it_with_the_name(desk: Sessions, run: Run) -> None:
    await park(desk, 2)

    blank = await run("close", "--all", "--yes", "--reason", " ")
    done = await run("close", "--all", "--yes", "--reason", "nộp trùng", "--by", "Trần Thị Bình")

    assert (blank.exit_code, done.exit_code) == (1, 0), done.output
    assert "Đã đóng / closed: 2" in done.stdout
    record = await table(desk, "SELECT done_by, action, reason, dossiers FROM interventions")
    assert record == [("Trần Thị Bình", "close", "nộp trùng", 2)]


async def test_who_types_is_on_record_by_the_name_of_the_account(
    desk: Sessions, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "binh")
    await park(desk, 1)

    await run("replay", "--unit", "H44.1", "--yes")

    assert await table(desk, "SELECT done_by FROM interventions") == [("binh",)]


async def test_one_command_takes_more_than_one_call_and_only_what_was_counted(
    desk: Sessions, run: Run
) -> None:
    async with desk.begin() as session:
        await session.execute(
            text(
                "INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq,"
                " last_occurred_at, channel, filing_mode, result_delivery, submitted_at, summary, applicant,"
                " components, fees, results)"
                " SELECT 'X-' || n, 'desk', 1, :code, 2, 1, 1, now(), 1, 'self', 0, now(), 'x', '{}', '[]',"
                " '[]', '[]' FROM generate_series(1, 2300) AS n"
            ),
            {"code": KNOWN},
        )
        await session.execute(
            text(
                "INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal,"
                " park_cause, park_group, parked_at)"
                " SELECT id, 1, 'parked', 1, 1, false, 'refused', 'g',"
                " CASE WHEN code = 'X-7' THEN now() + interval '1 h' ELSE now() END FROM dossiers"
            )
        )

    done = await run("replay", "--cause", "refused", "--yes", "--json")

    assert json.loads(done.stdout)["dossiers"] == 2299, done.output
    assert done.stderr.split() == ["1000/2299", "2000/2299"]
    assert await states(desk) == {"due": 2299, "parked": 1}
    calls = await table(desk, "SELECT dossiers FROM interventions ORDER BY id")
    assert calls == [(1000,), (1000,), (299,)]
    minutes = await table(
        desk,
        "SELECT extract(epoch FROM max(next_attempt_at) - min(next_attempt_at)) / 60 FROM deliveries d"
        " WHERE state = 'due'",
    )
    assert 22.9 < minutes[0][0] < 23.1


async def test_a_named_dossier_that_is_not_parked_is_refused_with_words(desk: Sessions, run: Run) -> None:
    await file_dossier(desk, "D-1001")

    refused = await run("replay", "--dossier", "D-1001", "--yes")

    assert refused.exit_code == 1
    assert "Hồ sơ không chờ cán bộ xử lý" in refused.stderr
