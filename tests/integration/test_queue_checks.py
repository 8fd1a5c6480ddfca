"""Rows that could never move on by themselves are found, mended and counted."""

import asyncio
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.core.application.check_queue import Checked, QueueFault, check_queue
from services.core.domain.delivery import Operation
from services.core.domain.dossier import Status
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from services.sync_worker.checks import QueueChecks
from tests.integration.delivery_cases import (
    ScriptedPortal,
    change_row,
    delivering,
    delivery_of,
    file_dossier,
    rounds,
    seed_catalogue,
    table,
)
from tests.roles import as_role


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


async def check(desk: Sessions, *, after: UUID | None = None, size: int = 5000) -> Checked:
    async with as_role(desk, DatabaseRole.WORKER).begin() as session:
        return await check_queue(session, after=after, comparison=Comparison.INSTANT, size=size)


async def delete_row(desk: Sessions, dossier_id: UUID) -> None:
    async with desk.begin() as session:
        await session.execute(text("DELETE FROM deliveries WHERE dossier_id = :id"), {"id": dossier_id})


async def test_a_queue_in_order_is_left_alone(desk: Sessions) -> None:
    for number in range(5):
        await file_dossier(desk, f"D-{number}")
    await file_dossier(desk, "D-5", state="unknown")
    await file_dossier(desk, "D-6", state="parked", park_cause="refused")
    await rounds(delivering(desk, ScriptedPortal()))
    before = await table(desk, "SELECT * FROM deliveries ORDER BY dossier_id")

    checked = await check(desk)

    assert (checked.mended, checked.starving, checked.after) == ({}, 0, None)
    assert await table(desk, "SELECT * FROM deliveries ORDER BY dossier_id") == before


@pytest.mark.parametrize("lease_until", ["NULL", "now() + interval '13 hours'"])
async def test_a_lease_without_an_end_is_asked_about(desk: Sessions, lease_until: str) -> None:
    dossier = await file_dossier(desk, "D-1")
    await change_row(desk, dossier, f"state = 'leased', lease_until = {lease_until}, token = 7")
    await file_dossier(desk, "D-2", state="leased")
    await change_row(desk, dossier, "lease_owner = 'gone'")
    async with desk.begin() as session:
        await session.execute(
            text("UPDATE deliveries SET lease_until = now() + interval '1 minute' WHERE token = 0")
        )

    assert (await check(desk)).mended == {QueueFault.ENDLESS_LEASE: 1}

    portal = ScriptedPortal()
    await rounds(delivering(desk, portal))
    assert (await delivery_of(desk, dossier)).state == "synced"
    assert portal.calls[0].operation is Operation.LOOK_UP


@pytest.mark.parametrize("state", ["due", "unknown"])
async def test_a_row_that_waits_for_a_far_day_is_taken_now(desk: Sessions, state: str) -> None:
    waits = await file_dossier(desk, "D-1", state=state)
    await change_row(desk, waits, "next_attempt_at = now() + interval '13 hours'")
    scheduled = await file_dossier(desk, "D-2", state="unknown")
    await change_row(desk, scheduled, "next_attempt_at = now() + interval '6 hours'")

    assert (await check(desk)).mended == {QueueFault.ENDLESS_WAIT: 1}

    await rounds(delivering(desk, ScriptedPortal()))
    assert (await delivery_of(desk, waits)).state == "synced"
    assert (await delivery_of(desk, scheduled)).state == "unknown"


async def test_a_dossier_without_a_row_gets_one_and_is_delivered(desk: Sessions) -> None:
    dossier = await file_dossier(desk, "D-1")
    expected = await delivery_of(desk, dossier)
    await delete_row(desk, dossier)

    assert (await check(desk)).mended == {QueueFault.NO_ROW: 1}

    row = await delivery_of(desk, dossier)
    for name in (
        *("state", "unit_id", "target_version", "target_seq", "on_portal", "acked_version", "acked_seq"),
        *("flagged_at", "desk_flagged_at", "ended_at", "ended_seq"),
    ):
        assert getattr(row, name) == getattr(expected, name), name
    assert row.reported_at is not None
    portal = ScriptedPortal()
    await rounds(delivering(desk, portal))
    assert portal.statuses("D-1") == [2, 4, 9]
    assert (await check(desk)).mended == {}


@pytest.mark.parametrize("shows_history", [True, False])
async def test_a_row_lost_after_its_delivery_doubles_nothing(desk: Sessions, *, shows_history: bool) -> None:
    portal = ScriptedPortal()
    portal.shows_history = shows_history
    dossier = await file_dossier(desk, "D-1")
    await rounds(delivering(desk, portal))
    await delete_row(desk, dossier)

    assert (await check(desk)).mended == {QueueFault.NO_ROW: 1}

    await rounds(delivering(desk, portal))
    assert portal.doubled() == []
    row = await delivery_of(desk, dossier)
    assert (row.state, row.park_cause) == (("synced", None) if shows_history else ("parked", "unprovable"))


async def test_a_row_behind_its_dossier_is_brought_up_and_the_rest_delivered(desk: Sessions) -> None:
    portal = ScriptedPortal()
    steps = (Status.RECEIVED, Status.IN_PROCESS, Status.FINISHED)
    dossier = await file_dossier(desk, "D-1", steps)
    expected = await delivery_of(desk, dossier)
    await change_row(
        desk, dossier,
        "target_seq = 2, ended_seq = NULL, ended_at = NULL, reported_at = NULL, desk_flagged_at = now()",
    )  # fmt: skip
    await rounds(delivering(desk, portal))

    assert (await check(desk)).mended == {QueueFault.BEHIND: 1}

    row = await delivery_of(desk, dossier)
    assert (row.ended_seq, row.ended_at, row.desk_flagged_at) == (3, expected.ended_at, None)
    await rounds(delivering(desk, portal))
    assert portal.statuses("D-1") == [2, 4, 9]
    assert (await delivery_of(desk, dossier)).state == "synced"


async def test_slices_go_through_all_dossiers_and_begin_again(desk: Sessions) -> None:
    ids = sorted([await file_dossier(desk, f"D-{number}") for number in range(7)])
    async with desk.begin() as session:
        # Filed long ago, so that they are not among the newest, which every check looks at.
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        for number, dossier in enumerate(ids):
            await session.execute(
                text("UPDATE dossiers SET id = uuidv7(:ago) WHERE id = :id"),
                {"id": dossier, "ago": timedelta(hours=number - 100)},
            )
        await session.execute(text("DELETE FROM deliveries"))
        await session.execute(text("DELETE FROM progress_entries"))
    after, mended = None, []
    for _ in range(3):
        checked = await check(desk, after=after, size=3)
        after = checked.after
        mended.append(checked.mended[QueueFault.NO_ROW])
    assert (mended, after) == ([3, 3, 1], None)


async def test_due_rows_that_others_overtake_all_the_time_are_counted(desk: Sessions) -> None:
    waiting = "due_since = now() - interval '2 hours', next_attempt_at = now() - interval '2 hours'"
    for number in range(3):
        await change_row(desk, await file_dossier(desk, f"D-{number}"), waiting)
    assert (await check(desk)).starving == 0
    async with desk.begin() as session:
        await session.execute(
            text("INSERT INTO portal_operations (operation, last_success_at) VALUES ('create', now())")
        )
    await file_dossier(desk, "D-3")
    assert (await check(desk)).starving == 3


async def test_the_worker_checks_and_rings(desk: Sessions) -> None:
    await delete_row(desk, await file_dossier(desk, "D-1"))
    bell = asyncio.Event()
    checks = QueueChecks(desk, comparison=Comparison.INSTANT, bell=bell, seconds=60)
    task = asyncio.create_task(checks.run())
    await asyncio.wait_for(bell.wait(), 10)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await table(desk, "SELECT state FROM deliveries") == [("due",)]


async def test_a_check_that_fails_is_followed_by_the_next(desk: Sessions) -> None:
    await delete_row(desk, await file_dossier(desk, "D-1"))
    bell = asyncio.Event()
    task = asyncio.create_task(
        QueueChecks(desk, comparison=Comparison.INSTANT, bell=bell, seconds=0.05).run()
    )
    async with desk.begin() as session:
        # Nobody gets at the dossiers while this is open, and waiting for a lock ends after two seconds.
        await session.execute(text("LOCK TABLE dossiers IN ACCESS EXCLUSIVE MODE"))
        await asyncio.sleep(2.5)
        assert not bell.is_set()
    await asyncio.wait_for(bell.wait(), 10)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
