"""When the portal was away or refused service, and whom that affected."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.core.application.deliver_due import deliver_due
from services.core.application.list_outages import list_outages
from services.core.domain.delivery import Operation
from services.core.domain.dossier import Status
from services.core.domain.false_late import OutageKind
from services.core.domain.outcome import AuthRefused, NotSent, Outcome, Rejected, Throttled
from services.core.persistence.engine import Sessions
from services.core.persistence.outage_log import LoggedWindow
from tests.integration.delivery_cases import (
    Act,
    ScriptedPortal,
    Seen,
    delivering,
    delivery_of,
    file_dossier,
    rounds,
    seed_catalogue,
    table,
)

NO_CONNECTION = NotSent("ConnectError")
PATIENCE = Throttled(None)
NO_LOGIN = AuthRefused("login answered -1")
RUNNING = (Status.RECEIVED, Status.IN_PROCESS)
JUST_MISSED = timedelta(seconds=-30)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


async def log_of(desk: Sessions, **wanted: Any) -> list[LoggedWindow]:
    async with desk.begin() as session:
        page, _ = await list_outages(session, limit=50, **wanted)
    return page


async def calls(desk: Sessions, portal: ScriptedPortal, *outcomes: Outcome) -> None:
    """Let the portal answer one call after the other."""
    for outcome in outcomes:
        portal.down = outcome
        await deliver_due(delivering(desk, portal))
    portal.down = None


async def age(desk: Sessions, minutes: int) -> None:
    """Let the open windows have begun earlier."""
    async with desk.begin() as session:
        await session.execute(
            text(
                "UPDATE portal_outages SET began_at = began_at - make_interval(mins => :minutes)"
                " WHERE ended_at IS NULL"
            ),
            {"minutes": minutes},
        )


async def test_three_refusals_of_service_in_a_row_open_a_window_until_service_is_given(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    await calls(desk, portal, PATIENCE, NO_LOGIN)
    assert await log_of(desk) == []

    await calls(desk, portal, PATIENCE)
    (window,) = await log_of(desk)
    assert (window.kind, window.reasons, window.ended_at) == (
        OutageKind.REFUSED,
        ["throttled", "auth"],
        None,
    )
    assert (window.dossiers_waiting, window.dossiers_flagged) == (1, 0)

    await rounds(delivering(desk, portal))
    (window,) = await log_of(desk)
    assert window.ended_at is not None
    assert window.ended_at > window.began_at
    assert window.dossiers_waiting == 1


@pytest.mark.parametrize("taken", [Rejected("-1", "Sai"), None])
async def test_refusals_with_service_between_them_open_no_window(
    desk: Sessions, portal: ScriptedPortal, taken: Outcome | None
) -> None:
    for number in range(3):
        await file_dossier(desk, f"D-{number}", RUNNING)
        await calls(desk, portal, PATIENCE, PATIENCE)
        portal.down = taken
        await rounds(delivering(desk, portal))
    assert await log_of(desk) == []


async def test_silence_amid_refusals_gets_a_window_of_its_own(desk: Sessions, portal: ScriptedPortal) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    await calls(desk, portal, *[PATIENCE] * 3, *[NO_CONNECTION] * 3, PATIENCE)

    silence, refusal = await log_of(desk)
    assert (silence.kind, refusal.kind) == (OutageKind.UNREACHABLE, OutageKind.REFUSED)
    assert silence.ended_at is not None
    assert refusal.ended_at is None
    assert await log_of(desk, kind=OutageKind.UNREACHABLE) == [silence]


async def test_refused_service_does_not_excuse_a_dossier(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await file_dossier(desk, "D-1", due_in=JUST_MISSED)
    await calls(desk, portal, *[NO_LOGIN] * 3)
    await age(desk, minutes=5)
    await rounds(delivering(desk, portal))

    (window,) = await log_of(desk)
    assert (await delivery_of(desk, dossier_id)).false_late_cause == "not_yet_sent"
    assert (window.dossiers_flagged, window.dossiers_excused) == (1, 0)
    assert window.minutes > 5


async def test_an_outage_counts_who_waited_who_was_flagged_and_whom_it_excuses(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    """Five wait; of those two ended in time and were flagged meanwhile, one of them before its end came."""
    excused = await file_dossier(desk, "excused", due_in=JUST_MISSED)
    await file_dossier(desk, "really late", due_in=timedelta(minutes=-10))
    await file_dossier(desk, "running over", RUNNING, due_in=JUST_MISSED)
    await file_dossier(desk, "in time")
    second = await file_dossier(desk, "flagged", due_in=JUST_MISSED)
    await file_dossier(desk, "not waiting", state="synced", due_in=JUST_MISSED)
    await file_dossier(desk, "for a person", state="parked", due_in=JUST_MISSED)
    await calls(desk, portal, *[NO_CONNECTION] * 3)
    await age(desk, minutes=2)
    (lasting,) = await log_of(desk)
    assert (lasting.dossiers_waiting, lasting.dossiers_flagged, lasting.dossiers_excused) == (5, 2, 0)

    await rounds(delivering(desk, portal, dossiers_per_call=2))

    (over,) = await log_of(desk)
    assert (over.dossiers_waiting, over.dossiers_flagged, over.dossiers_excused) == (5, 2, 2)
    assert 2 <= over.minutes < 3
    kept = await table(desk, "SELECT dossier_id, outage_id, flagged_at > reported_at FROM outage_dossiers")
    assert sorted(kept) == sorted([(excused, over.id, True), (second, over.id, True)])


async def test_the_log_is_paged_from_the_newest_and_filtered(desk: Sessions) -> None:
    async with desk.begin() as session:
        await session.execute(
            text(
                "INSERT INTO portal_outages (kind, began_at, ended_at) SELECT"
                " CASE n % 2 WHEN 0 THEN 'refused' ELSE 'unreachable' END,"
                " now() - make_interval(days => 10 - n), now() - make_interval(days => 10 - n, hours => -1)"
                " FROM generate_series(1, 5) n"
            )
        )
    newest_first = [window.id for window in await log_of(desk)]
    paged, place = [], None
    async with desk.begin() as session:
        while True:
            page, place = await list_outages(session, limit=2, before=place)
            paged += [window.id for window in page]
            if place is None:
                break
    assert paged == newest_first == sorted(newest_first, reverse=True)
    assert [window.id for window in await log_of(desk, kind=OutageKind.REFUSED)] == newest_first[1::2]
    (_, second, *_) = await log_of(desk)
    recent = await log_of(desk, since=second.began_at)
    assert [window.id for window in recent] == newest_first[:2]
    assert all(window.dossiers_waiting is None and window.minutes == 60 for window in recent)


async def test_a_success_from_before_a_window_does_not_end_it(desk: Sessions, portal: ScriptedPortal) -> None:
    """Another worker meets refusals after our first call was taken, and before we settle."""
    await file_dossier(desk, "ours", RUNNING)
    portal.order(Operation.PROGRESS, Act(NO_CONNECTION))

    async def refuse_another_worker(seen: Seen) -> None:
        if seen.operation is Operation.PROGRESS:
            await file_dossier(desk, "theirs", RUNNING)
            # Times of calls are kept to the length of a settlement.
            await asyncio.sleep(0.1)
            await calls(desk, ScriptedPortal(), *[PATIENCE] * 3)

    portal.meanwhile = refuse_another_worker
    await deliver_due(delivering(desk, portal))

    (window,) = await log_of(desk)
    assert window.ended_at is None


async def test_a_dossier_that_goes_on_waiting_is_counted_once(desk: Sessions, portal: ScriptedPortal) -> None:
    """Its body ends the outage, its entries are refused service in the same settlement."""
    await file_dossier(desk, "D-1", RUNNING)
    await calls(desk, portal, *[NO_CONNECTION] * 3)
    portal.order(Operation.PROGRESS, Act(PATIENCE))
    await deliver_due(delivering(desk, portal))

    (window,) = await log_of(desk)
    assert window.ended_at is not None
    assert window.dossiers_waiting == 1
