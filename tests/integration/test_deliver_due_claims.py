"""Who gets which dossier, and what holds when everything happens at once."""

import asyncio
import random
from collections import Counter
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from services.core.application.deliver_due import deliver_due
from services.core.domain.delivery import Operation, Target
from services.core.domain.dossier import Status
from services.core.domain.outcome import NotSent, Outcome, Unknown
from services.core.persistence.deliveries import DeliveryRepository, Ending, Settlement
from services.core.persistence.engine import Sessions
from tests.integration.delivery_cases import (
    Act,
    ScriptedPortal,
    Seen,
    change_row,
    delivering,
    delivery_of,
    file_dossier,
    record_entry,
    rounds,
    seed_catalogue,
    states,
    table,
)

RUNNING = (Status.RECEIVED, Status.IN_PROCESS)
LEASE = timedelta(seconds=60)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


async def claim(desk: Sessions, size: int, *, chance: float = 0.0) -> list[UUID]:
    async with desk.begin() as session:
        claims = await DeliveryRepository(session).claim(size=size, owner="test", lease=LEASE, chance=chance)
    return [claim.dossier_id for claim in claims]


async def file_flagged(
    desk: Sessions, code: str, flagged_in: timedelta | None, *, averts: bool = True
) -> UUID:
    dossier_id = await file_dossier(desk, code, RUNNING)
    flag = "NULL" if flagged_in is None else f"now() + interval '{flagged_in.total_seconds()} seconds'"
    await change_row(desk, dossier_id, f"flagged_at = {flag}, desk_flagged_at = {'NULL' if averts else flag}")
    return dossier_id


async def test_the_earliest_flag_goes_first(desk: Sessions) -> None:
    minutes = [50, 10, 40, 20, 30]
    ids = {m: await file_flagged(desk, f"D-{m}", timedelta(minutes=m)) for m in minutes}
    assert set(await claim(desk, 2)) == {ids[10], ids[20]}
    assert set(await claim(desk, 2)) == {ids[30], ids[40]}
    assert set(await claim(desk, 2)) == {ids[50]}


async def test_what_averts_a_flag_goes_before_what_does_not_however_urgent(desk: Sessions) -> None:
    running = [await file_flagged(desk, f"R-{n}", timedelta(minutes=n), averts=False) for n in (1, 2)]
    averting = [await file_flagged(desk, f"E-{n}", timedelta(minutes=60 + n)) for n in range(3)]
    assert await claim(desk, 2) == averting[:2]
    assert await claim(desk, 2) == [averting[2], running[0]]
    assert await claim(desk, 2) == [running[1]]


async def test_the_flagged_get_a_twentieth_while_others_can_still_be_saved(desk: Sessions) -> None:
    flagged = [await file_flagged(desk, f"F-{n}", timedelta(minutes=-n)) for n in range(1, 31)]
    savable = [await file_flagged(desk, f"S-{n}", timedelta(minutes=n)) for n in range(1, 31)]

    claimed = set(await claim(desk, 20))

    assert claimed & set(flagged) == {flagged[-1]}, "the longest late first"
    assert claimed & set(savable) == set(savable[:19])


async def test_small_claims_give_the_flagged_their_share_by_chance(desk: Sessions) -> None:
    flagged = [await file_flagged(desk, f"F-{n}", timedelta(minutes=-n)) for n in range(1, 11)]
    for n in range(1, 11):
        await file_flagged(desk, f"S-{n}", timedelta(minutes=n))

    claimed = [(await claim(desk, 1, chance=chance))[0] for chance in (0.0, 0.94, 0.96, 0.99)]

    assert [dossier_id in flagged for dossier_id in claimed] == [False, False, True, True]


async def test_the_flagged_get_everything_that_nobody_else_needs(desk: Sessions) -> None:
    flagged = [await file_flagged(desk, f"F-{n}", timedelta(minutes=-n)) for n in range(1, 9)]
    savable = await file_flagged(desk, "S", timedelta(minutes=5))
    assert set(await claim(desk, 8)) == {savable, *flagged[-7:]}


async def test_what_cannot_become_late_comes_last(desk: Sessions) -> None:
    calm = await file_flagged(desk, "N", None)
    flagged = await file_flagged(desk, "F", timedelta(minutes=-5))
    savable = await file_flagged(desk, "S", timedelta(minutes=5))
    assert set(await claim(desk, 2)) == {flagged, savable}
    assert await claim(desk, 2) == [calm]


async def test_parked_synced_leased_and_waiting_rows_are_not_claimed(desk: Sessions) -> None:
    for state in ("parked", "synced", "leased"):
        await change_row(desk, await file_dossier(desk, state), f"state = '{state}'")
    for state in ("due", "unknown"):
        dossier_id = await file_dossier(desk, f"waiting {state}")
        await change_row(desk, dossier_id, f"state = '{state}', next_attempt_at = now() + interval '1 s'")
    assert await claim(desk, 10) == []


async def test_a_row_that_somebody_writes_to_is_passed_over(desk: Sessions) -> None:
    held, free = await file_dossier(desk, "D-1"), await file_dossier(desk, "D-2")
    async with desk.begin() as desk_at_work:
        await desk_at_work.execute(
            text("UPDATE deliveries SET target_seq = 9 WHERE dossier_id = :id"), {"id": held}
        )
        assert await claim(desk, 5) == [free]
    assert await claim(desk, 5) == [held]


async def test_a_lease_that_ran_out_leads_to_a_question_and_never_straight_to_due(desk: Sessions) -> None:
    expired, held = await file_dossier(desk, "D-1"), await file_dossier(desk, "D-2")
    await claim(desk, 2)
    await change_row(desk, expired, "lease_until = now() - interval '1 ms'")

    async with desk.begin() as session:
        assert await DeliveryRepository(session).expire_leases() == 1

    assert (await delivery_of(desk, expired)).state == "unknown"
    assert (await delivery_of(desk, held)).state == "leased"
    async with desk.begin() as session:
        (again,) = await DeliveryRepository(session).claim(size=5, owner="b", lease=LEASE, chance=0)
    assert (again.dossier_id, again.ask_first, again.attempt) == (expired, True, 2)


async def test_a_stale_token_can_neither_renew_nor_settle(desk: Sessions) -> None:
    dossier_id = await file_dossier(desk, "D-1")
    async with desk.begin() as session:
        (stale,) = await DeliveryRepository(session).claim(size=1, owner="a", lease=LEASE, chance=0)
    await change_row(desk, dossier_id, "state = 'due'")
    (await claim(desk, 1)).remove(dossier_id)
    before = await delivery_of(desk, dossier_id)

    async with desk.begin() as session:
        deliveries = DeliveryRepository(session)
        assert await deliveries.renew([stale], lease=LEASE * 9) == set()
        settlement = Settlement(stale, Ending.RETRY, stale.cursor, Target(1, 1), None, None)
        assert await deliveries.settle([settlement]) == []

    after = await delivery_of(desk, dossier_id)
    assert (after.state, after.token, after.lease_until) == ("leased", before.token, before.lease_until)


async def test_five_workers_at_once_send_every_dossier_once(desk: Sessions) -> None:
    portal = ScriptedPortal()
    for number in range(60):
        await file_dossier(desk, f"D-{number}", RUNNING)

    async def take_time(_: Seen) -> None:
        await asyncio.sleep(0.01)

    portal.meanwhile = take_time
    workers = [delivering(desk, portal, owner=f"w{n}", dossiers_per_call=10) for n in range(5)]
    await asyncio.gather(*(rounds(worker) for worker in workers))

    for operation in (Operation.CREATE, Operation.PROGRESS):
        sent = Counter(code for call in portal.calls if call.operation is operation for code in call.codes)
        assert sent == {f"D-{number}": 1 for number in range(60)}
    assert await states(desk) == {"synced": 60}


class KilledError(Exception):
    """Ends a round as `kill -9` does: nothing is written down any more."""


class MoodyPortal(ScriptedPortal):
    """Loses requests and answers, by dice: nearly half of all calls go wrong in one way or another."""

    def __init__(self, dice: random.Random) -> None:
        super().__init__()
        self.dice = dice
        self.meanwhile = self._dawdle

    async def _dawdle(self, seen: Seen) -> None:
        if self.dice.random() < 0.04:
            raise KilledError
        if self.dice.random() < 0.45:
            lost: list[Outcome] = [NotSent("ConnectError"), Unknown("ReadError"), Unknown("HTTP 502")]
            outcome = self.dice.choice(lost)
            keeps = self.dice.choice([0, 1, 2, None]) if isinstance(outcome, Unknown) else 0
            self.order(seen.operation, Act(outcome, keeps if self._may_keep(seen) else 0))
        await asyncio.sleep(self.dice.random() * 0.004)

    def _may_keep(self, seen: Seen) -> bool:
        """A real portal would not keep a second dossier of the same number, or entries of an unknown one."""
        known = [code in self.held for code in seen.codes]
        return not any(known) if seen.operation is Operation.CREATE else all(known)


@pytest.mark.parametrize("seed", range(2))
async def test_whatever_happens_the_portal_gets_the_true_history_once(desk: Sessions, seed: int) -> None:
    """Lost requests, lost answers, killed and cancelled rounds, lapsed leases, desks that write meanwhile."""
    dice = random.Random(seed)
    portal = MoodyPortal(dice)
    ids = [await file_dossier(desk, f"D-{number}", RUNNING) for number in range(25)]
    busy = True

    async def work(number: int) -> None:
        worker = delivering(
            desk,
            portal,
            owner=f"w{number}",
            lease=timedelta(seconds=1.5),
            dossiers_per_call=8,
            entries_per_call=dice.choice([1, 3, 50]),
        )
        while busy:
            with suppress(TimeoutError, KilledError):
                async with asyncio.timeout(dice.choice([0.004, 0.02, 1])):
                    await deliver_due(worker)

    async def sweep() -> None:
        while busy:
            await asyncio.sleep(0.1)
            async with desk.begin() as session:
                await DeliveryRepository(session).expire_leases()

    tasks = [asyncio.create_task(work(number)) for number in range(3)]
    tasks.append(asyncio.create_task(sweep()))
    for status in (Status.SUPPLEMENT_REQUESTED, Status.IN_PROCESS):
        for dossier_id in dice.sample(ids, 20):
            await record_entry(desk, dossier_id, status)
            await asyncio.sleep(dice.random() * 0.03)
    busy = False
    await asyncio.gather(*tasks)
    portal.meanwhile = None
    portal.acts.clear()
    async with desk.begin() as session:
        await session.execute(text("UPDATE deliveries SET state = 'unknown' WHERE state = 'leased'"))
    await rounds(delivering(desk, portal))

    assert await states(desk) == {"synced": 25}
    assert portal.doubled() == []
    for number, dossier_id in enumerate(ids):
        assert portal.statuses(f"D-{number}") == await history_of(desk, dossier_id)


async def history_of(desk: Sessions, dossier_id: UUID) -> list[int]:
    query = f"SELECT status FROM progress_entries WHERE dossier_id = '{dossier_id}' ORDER BY seq"  # noqa: S608 - own id
    return [status for (status,) in await table(desk, query)]


async def test_a_supplement_request_goes_before_what_averts_nothing(desk: Sessions) -> None:
    """An open request stops the portal's clock as an ending does."""
    running = await file_dossier(desk, "D-1", RUNNING, due_in=timedelta(hours=1))
    asked = await file_dossier(
        desk, "D-2", (*RUNNING, Status.SUPPLEMENT_REQUESTED), due_in=timedelta(hours=2)
    )
    late = await file_dossier(desk, "D-3", due_in=timedelta(minutes=-30))
    assert await claim(desk, 1) == [asked]
    assert await claim(desk, 2) == [running, late], "an ending that is late for the desk averts nothing"
