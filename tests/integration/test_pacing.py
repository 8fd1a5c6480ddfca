"""Gates that all workers share, claims that heed them, and dossiers with which workers die."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.core.application.deliver_due import deliver_due
from services.core.application.pacing import Pacing
from services.core.domain.delivery import Operation
from services.core.domain.dossier import Status
from services.core.domain.outcome import NotSent, Throttled, Unknown
from services.core.domain.pace import GatePolicy, Leave
from services.core.persistence.deliveries import CRASHES_TO_PARK, Claim, DeliveryRepository
from services.core.persistence.engine import Sessions
from tests.integration.delivery_cases import (
    Act,
    ScriptedPortal,
    change_row,
    delivering,
    delivery_of,
    file_dossier,
    pacing_of,
    rounds,
    seed_catalogue,
    states,
    table,
)

#: Gates that stay open until a test moves their time.
SLOW = GatePolicy(open_seconds=3600, open_cap_seconds=3600)
REFUSED = NotSent("ConnectError")
RUNNING = (Status.RECEIVED, Status.IN_PROCESS)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


@pytest.fixture
def portal() -> ScriptedPortal:
    return ScriptedPortal()


async def open_gate(desk: Sessions, portal: ScriptedPortal, operation: Operation) -> Pacing:
    """Let calls of one operation fail until its gate opens."""
    pacing = pacing_of(desk, gates=SLOW)
    work = delivering(desk, portal, pacing=pacing)
    portal.order(operation, *[Act(REFUSED)] * 3)
    while portal.acts[operation]:
        leave = await pacing.leave()
        assert leave is not None
        await deliver_due(work, leave)
    return pacing


async def let_time_pass(desk: Sessions) -> None:
    await run(desk, "UPDATE portal_gates SET open_until = now() WHERE open_until IS NOT NULL")


async def run(desk: Sessions, statement: str) -> None:
    async with desk.begin() as session:
        await session.execute(text(statement))


async def test_a_gate_that_opens_in_one_worker_is_closed_to_all(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    await open_gate(desk, portal, Operation.CREATE)

    leave = await pacing_of(desk, gates=SLOW).leave()
    assert leave is not None
    assert Operation.CREATE not in leave.first | leave.calls
    assert Operation.PROGRESS in leave.calls, "the other operations have their own gates"
    calls = len(portal.calls)
    await deliver_due(delivering(desk, portal), leave)
    assert len(portal.calls) == calls, "no dossier whose next call is a create was claimed"


async def test_of_many_workers_one_makes_the_probe(desk: Sessions, portal: ScriptedPortal) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    await file_dossier(desk, "D-2", RUNNING)
    await open_gate(desk, portal, Operation.CREATE)
    await let_time_pass(desk)
    workers = [pacing_of(desk, gates=SLOW) for _ in range(5)]
    leaves = await asyncio.gather(*(worker.leave() for worker in workers))
    assert sum(leave is not None and leave.is_probe for leave in leaves) == 1


async def test_a_probe_is_one_dossier_and_one_call_and_a_good_one_closes_the_gate(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    for number in range(6):
        await file_dossier(desk, f"D-{number}", RUNNING)
    await open_gate(desk, portal, Operation.CREATE)
    await let_time_pass(desk)
    pacing = pacing_of(desk, gates=SLOW)
    portal.calls.clear()
    leave = await pacing.leave()
    assert leave is not None
    assert leave.is_probe
    await deliver_due(delivering(desk, portal, pacing=pacing), leave)
    assert [(call.operation, len(call.codes)) for call in portal.calls] == [(Operation.CREATE, 1)]
    leave = await pacing.leave()
    assert leave is not None
    assert not leave.is_probe
    assert pacing.limit.calls == 1, "what comes back is not run over"
    await rounds(delivering(desk, portal))
    assert await states(desk) == {"synced": 6}


async def test_a_bad_probe_speaks_for_all_open_gates(desk: Sessions, portal: ScriptedPortal) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    await open_gate(desk, portal, Operation.CREATE)
    await run(
        desk,
        "UPDATE portal_gates SET open_until = now(), openings = 9 WHERE operation IN ('create', 'progress')",
    )
    portal.down = REFUSED
    pacing = pacing_of(desk, gates=GatePolicy(open_seconds=10, open_cap_seconds=3600))
    leave = await pacing.leave()
    assert leave is not None
    await deliver_due(delivering(desk, portal, pacing=pacing), leave)
    waits = await table(
        desk,
        "SELECT open_until > now() + interval '30 min', probe_until IS NULL FROM portal_gates"
        " WHERE open_until IS NOT NULL",
    )
    assert waits == [(True, True)] * 2


@pytest.mark.parametrize(("due_in", "urgent"), [(10, True), (60, False)])
async def test_while_a_flag_is_near_that_can_be_averted_bad_probes_wait_no_longer(
    desk: Sessions, portal: ScriptedPortal, due_in: int, *, urgent: bool
) -> None:
    await file_dossier(desk, "D-1", RUNNING, due_in=timedelta(minutes=1))
    await file_dossier(desk, "D-2", due_in=timedelta(minutes=due_in))
    await open_gate(desk, portal, Operation.CREATE)
    await run(desk, "UPDATE portal_gates SET open_until = now(), openings = 9 WHERE operation = 'create'")
    portal.down = REFUSED
    pacing = pacing_of(desk, gates=GatePolicy(open_seconds=60, open_cap_seconds=240))
    leave = await pacing.leave()
    assert leave is not None
    await deliver_due(delivering(desk, portal, pacing=pacing), leave)
    ((soon,),) = await table(
        desk, "SELECT open_until < now() + interval '61 s' FROM portal_gates WHERE open_until > now()"
    )
    assert soon is urgent


async def test_a_probe_that_nobody_needs_is_given_back_and_ordinary_work_goes_on(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    await open_gate(desk, portal, Operation.CREATE)
    await rounds(delivering(desk, portal))
    await let_time_pass(desk)
    pacing = pacing_of(desk, gates=SLOW)
    probe = await pacing.leave()
    assert probe is not None
    assert probe.is_probe
    await deliver_due(delivering(desk, portal, pacing=pacing), probe)
    leave = await pacing.leave()
    assert leave is not None
    assert not leave.is_probe
    assert (await table(desk, "SELECT count(*) FROM portal_gates WHERE probe_until > now()")) == [(0,)]


async def test_a_request_for_patience_holds_all_workers_for_that_operation(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    await file_dossier(desk, "D-1", RUNNING)
    pacing = pacing_of(desk, gates=SLOW)
    portal.order(Operation.CREATE, Act(Throttled(timedelta(seconds=600))))
    await deliver_due(delivering(desk, portal, pacing=pacing))
    leave = await pacing_of(desk, gates=SLOW).leave()
    assert leave is not None
    assert Operation.CREATE not in leave.calls
    assert await table(desk, "SELECT count(*) FROM portal_gates WHERE open_until IS NOT NULL") == [(0,)]
    assert pacing.limit.calls < 4


async def test_a_body_that_got_through_waits_for_a_closed_progress_gate_without_a_call(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)
    await deliver_due(delivering(desk, portal), Leave(calls=frozenset({Operation.CREATE, Operation.LOOK_UP})))
    assert [call.operation for call in portal.calls] == [Operation.CREATE]
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.acked_version, row.acked_seq, row.attempts) == ("due", 1, 0, 0)


async def test_without_tokens_only_first_tries_are_claimed(desk: Sessions, portal: ScriptedPortal) -> None:
    tried = await file_dossier(desk, "D-1", RUNNING)
    await change_row(desk, tried, "attempts = 3")
    await file_dossier(desk, "D-2", RUNNING)
    await deliver_due(delivering(desk, portal), Leave(retries=False))
    assert portal.calls[0].codes == ("D-2",)


async def test_the_reserved_lane_takes_only_what_is_to_be_asked_about(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    unknown = await file_dossier(desk, "D-1", RUNNING)
    await change_row(desk, unknown, "state = 'unknown'")
    await file_dossier(desk, "D-2", RUNNING)
    pacing = pacing_of(desk, lanes=1)
    with pacing.round(Leave()):
        assert await pacing.leave() is None, "the limit is reached"
        leave = await pacing.leave(asking=True)
        assert leave is not None
        await deliver_due(delivering(desk, portal, pacing=pacing), leave)
    assert [call.codes for call in portal.calls] == [("D-1",)] * 3, "asked, then brought to its end"


async def test_what_cannot_be_written_is_parked_alone_without_a_call_more(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    bad = [await file_dossier(desk, f"B-{number}", RUNNING) for number in range(3)]
    for number in range(20):
        await file_dossier(desk, f"D-{number}", RUNNING)
    portal.cannot_write = {"B-0", "B-1", "B-2"}
    await rounds(delivering(desk, portal))
    assert await states(desk) == {"synced": 20, "parked": 3}
    assert len(portal.calls) == 2
    for dossier_id in bad:
        row = await delivery_of(desk, dossier_id)
        assert (row.park_cause, row.last_cause) == ("unsendable", "TenTTHC is missing")
    assert await table(desk, "SELECT count(*) FROM delivery_attempts") == [(40,)]


@pytest.mark.parametrize("place", [0, 31, 63])
async def test_one_poison_in_sixty_four_costs_at_most_thirteen_calls_more(
    desk: Sessions, portal: ScriptedPortal, place: int
) -> None:
    for number in range(64):
        await file_dossier(desk, f"D-{number:02}", RUNNING)
    portal.refuses = {f"D-{place:02}"}
    await rounds(delivering(desk, portal, dossiers_per_call=64))
    assert await states(desk) == {"synced": 63, "parked": 1}
    without_poison = 2
    assert len(portal.calls) <= without_poison + 13
    assert portal.doubled() == []


async def claim(desk: Sessions, size: int = 5) -> list[Claim]:
    async with desk.begin() as session:
        return await DeliveryRepository(session).claim(
            size=size, owner="doomed", lease=timedelta(0), chance=0.0
        )


async def expire(desk: Sessions) -> None:
    async with desk.begin() as session:
        await DeliveryRepository(session).expire_leases()


async def test_a_dossier_that_kills_workers_ends_alone_and_then_parked(desk: Sessions) -> None:
    killer = await file_dossier(desk, "K-1", RUNNING, due_in=timedelta(hours=1))
    others = [await file_dossier(desk, f"D-{number}", RUNNING) for number in range(3)]
    companies = []
    for _ in range(CRASHES_TO_PARK):
        claims = await claim(desk)
        companies.append(len(claims))
        assert claims[0].dossier_id == killer
        await expire(desk)
    assert companies == [4, 4, 1]
    row = await delivery_of(desk, killer)
    assert (row.state, row.park_cause, row.park_group) == ("parked", "crash_loop", "crash_loop")
    assert row.parked_at is not None
    assert all([(await delivery_of(desk, other)).state == "unknown" for other in others])


async def test_of_two_suspects_one_is_in_hand_at_a_time(desk: Sessions) -> None:
    for number in range(2):
        dossier_id = await file_dossier(desk, f"S-{number}")
        await change_row(desk, dossier_id, "crashes = 2")
    await file_dossier(desk, "D-1")
    assert len(await claim(desk)) == 1
    (other,) = await claim(desk)
    assert (await delivery_of(desk, other.dossier_id)).crashes == 0


async def test_a_settlement_forgets_crashes(desk: Sessions, portal: ScriptedPortal) -> None:
    dossier_id = await file_dossier(desk, "D-1", RUNNING)
    await claim(desk)
    await expire(desk)
    await rounds(delivering(desk, portal))
    row = await delivery_of(desk, dossier_id)
    assert (row.state, row.crashes) == ("synced", 0)


async def test_a_crowd_of_one_unit_does_not_hide_what_is_as_urgent_elsewhere(desk: Sessions) -> None:
    await run(
        desk,
        "INSERT INTO units (id, code, name, level, path, valid_from)"
        " VALUES (2, 'H44.2', 'UBND xã Lũng Cú', 'commune', '/2/', '2025-07-01')",
    )
    for number in range(60):
        await file_dossier(desk, f"C-{number}")
    small: list[UUID] = [await file_dossier(desk, f"S-{n}", unit_id=2) for n in range(2)]
    # All are due at one minute, and the crowd came first.
    await run(desk, "UPDATE deliveries SET flagged_at = date_trunc('hour', now()) + interval '9 h'")
    claims = await claim(desk, size=10)
    units = Counter(one.unit_id for one in claims)
    assert units == {1: 8, 2: 2}
    assert set(small) <= {one.dossier_id for one in claims}


async def test_an_unknown_outcome_closes_the_gate_of_its_operation_only(
    desk: Sessions, portal: ScriptedPortal
) -> None:
    """A portal whose progress service is broken still gets bodies, which stop the harm for new dossiers."""
    pacing = pacing_of(desk, gates=SLOW)
    work = delivering(desk, portal, pacing=pacing, dossiers_per_call=1)
    for number in range(12):
        await file_dossier(desk, f"D-{number}", RUNNING)
    portal.order(Operation.PROGRESS, *[Act(Unknown("HTTP 500"))] * 5)
    portal.order(Operation.LOOK_UP, *[Act(REFUSED)] * 3)
    for _ in range(40):
        leave = await pacing.leave()
        if leave is not None:
            await deliver_due(work, leave)
    (counts,) = await table(
        desk,
        "SELECT count(*) FILTER (WHERE on_portal), count(*) FILTER (WHERE acked_seq > 0) FROM deliveries",
    )
    assert counts == (12, 0)
    assert portal.count(Operation.PROGRESS) == 5
