"""Settlements of several rounds in one transaction: none waits for company, none suffers from another."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from services.core.application.call import Call
from services.core.application.settling import Settling
from services.core.application.shipment import Shipment
from services.core.domain.delivery import Operation, Proceed
from services.core.domain.outcome import Accepted, Rejected
from services.core.domain.verdict import Comparison
from services.core.persistence.deliveries import DeliveryRepository
from services.core.persistence.engine import Sessions
from services.core.persistence.shipments import Unreadable, load_bodies, load_entries
from tests.integration.delivery_cases import file_dossier, seed_catalogue, states, table

#: No text of PostgreSQL can hold it.
UNSTORABLE = Rejected("1", "\x00")


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    for number in range(3):
        await file_dossier(sessions, f"D-{number}")
    return sessions


@pytest.fixture
def settling(sessions: Sessions) -> Settling:
    return Settling(sessions, Comparison.INSTANT)


async def shipments(desk: Sessions) -> list[Shipment]:
    """Claim all, and get the bodies across."""
    async with desk.begin() as session:
        claims = await DeliveryRepository(session).claim(
            size=3, owner="test", lease=timedelta(minutes=1), chance=0.5
        )
        ids = [claim.dossier_id for claim in claims]
        bodies, entries = await load_bodies(session, ids), await load_entries(session, ids)
    loaded: list[Shipment] = []
    for claim in claims:
        body, history = bodies[claim.dossier_id], entries[claim.dossier_id]
        assert not isinstance(body, Unreadable)
        assert not isinstance(history, Unreadable)
        loaded.append(Shipment(claim, body, history))
    return loaded


def call(shipment: Shipment, outcome: Accepted | Rejected | None = None) -> Call:
    made = Call(Operation.CREATE, [shipment])
    made.end([shipment], outcome or Accepted(""), b"hash")
    shipment.apply(Proceed("received"), Operation.CREATE)
    return made


async def transactions(desk: Sessions) -> list[int]:
    """Give how many calls each transaction has put on record."""
    rows = await table(desk, "SELECT count(*) FROM delivery_attempts GROUP BY xmin::text ORDER BY 1")
    return [row[0] for row in rows]


async def acknowledged(desk: Sessions) -> set[UUID]:
    return {row[0] for row in await table(desk, "SELECT dossier_id FROM deliveries WHERE acked_version = 1")}


async def test_what_waits_at_the_same_time_is_written_in_one_transaction(
    desk: Sessions, settling: Settling
) -> None:
    first, *others = await shipments(desk)
    await asyncio.gather(*(settling.settle([one], [call(one)]) for one in others))
    await settling.settle([first], [call(first)])
    assert await transactions(desk) == [1, 2]
    assert await states(desk) == {"due": 3}, "entries are left to send"


async def test_what_comes_during_a_transaction_goes_into_the_next(desk: Sessions, settling: Settling) -> None:
    loaded = await shipments(desk)
    async with desk.begin() as held:
        await held.execute(text("LOCK TABLE delivery_attempts"))
        tasks = [asyncio.create_task(settling.settle([loaded[0]], [call(loaded[0])]))]
        await asyncio.sleep(0.1)
        tasks += [asyncio.create_task(settling.settle([one], [call(one)])) for one in loaded[1:]]
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    assert await transactions(desk) == [1, 2]


async def test_one_that_cannot_be_written_keeps_no_other_back(desk: Sessions, settling: Settling) -> None:
    bad, *others = await shipments(desk)
    results = await asyncio.gather(
        settling.settle([bad], [call(bad, UNSTORABLE)]),
        *(settling.settle([one], [call(one)]) for one in others),
        return_exceptions=True,
    )
    assert isinstance(results[0], DBAPIError)
    assert results[1:] == [None, None]
    assert await acknowledged(desk) == {one.dossier_id for one in others}
    assert await transactions(desk) == [1, 1]


async def test_a_lost_connection_is_told_to_all_and_nothing_is_written_twice(
    desk: Sessions, settling: Settling
) -> None:
    loaded = await shipments(desk)
    async with desk.begin() as held:
        await held.execute(text("LOCK TABLE delivery_attempts"))
        tasks = [asyncio.create_task(settling.settle([one], [call(one)])) for one in loaded]
        await _end_who_waits(desk)
        results = await asyncio.gather(*tasks, return_exceptions=True)
    assert all(isinstance(result, DBAPIError | OSError) for result in results)
    assert await transactions(desk) == []
    assert await states(desk) == {"leased": 3}, "left to the lease, and to a look-up"


async def _end_who_waits(desk: Sessions) -> None:
    ended = None
    while ended is None:
        async with desk.begin() as session:
            ended = await session.scalar(
                text(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
                )
            )


async def test_a_round_that_is_cancelled_stops_nobody(desk: Sessions, settling: Settling) -> None:
    loaded = await shipments(desk)
    tasks = [asyncio.create_task(settling.settle([one], [call(one)])) for one in loaded]
    await asyncio.sleep(0)
    tasks[0].cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert results[1:] == [None, None]
    assert len(await acknowledged(desk)) == 3
