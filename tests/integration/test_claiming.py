"""Claims of several rounds in one: full calls stay full, and nobody goes away with nothing for it."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from services.core.application.claiming import Claimed, Claiming, Wanted
from services.core.application.deliver_due import deliver_due
from services.core.domain.order import ALONE_AFTER_CRASHES
from services.core.domain.pace import UNLIMITED
from services.core.persistence.engine import Sessions
from tests.integration.delivery_cases import (
    ScriptedPortal,
    delivering,
    file_dossier,
    seed_catalogue,
    states,
    table,
)

WANTED = Wanted(
    size=2,
    owner="test",
    lease=timedelta(minutes=1),
    chance=0.5,
    reach=timedelta(),
    first=UNLIMITED.first,
    retries=True,
)


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    for number in range(5):
        await file_dossier(sessions, f"D-{number}", due_in=timedelta(hours=8 + number))
    return sessions


def codes(claimed: Claimed) -> list[str]:
    return [shipment.body.code for shipment in claimed.shipments]


async def claims(desk: Sessions) -> int:
    """Count the transactions that have leased something."""
    rows = await table(desk, "SELECT DISTINCT xmin::text FROM deliveries WHERE state = 'leased'")
    return len(rows)


async def test_rounds_that_begin_together_share_a_claim_and_are_filled_in_turn(desk: Sessions) -> None:
    claiming = Claiming(desk)
    got = await asyncio.gather(*(claiming.claim(WANTED) for _ in range(3)))
    assert [codes(one) for one in got] == [["D-0", "D-1"], ["D-2", "D-3"], ["D-4"]]
    assert await claims(desk) == 1


async def test_rounds_that_want_other_things_claim_by_themselves(desk: Sessions) -> None:
    claiming = Claiming(desk)
    probe = replace(WANTED, size=1)
    got = await asyncio.gather(claiming.claim(WANTED), claiming.claim(probe), claiming.claim(WANTED))
    assert [codes(one) for one in got] == [["D-0", "D-1"], ["D-4"], ["D-2", "D-3"]]
    assert await claims(desk) == 2


async def test_a_dossier_that_travels_alone_leaves_the_others_to_the_other_round(desk: Sessions) -> None:
    await file_dossier(desk, "D-9", due_in=timedelta(hours=1), crashes=ALONE_AFTER_CRASHES)
    claiming = Claiming(desk)
    got = await asyncio.gather(*(claiming.claim(WANTED) for _ in range(2)))
    assert [codes(one) for one in got] == [["D-9"], ["D-0", "D-1"]]


async def test_with_nothing_due_all_rounds_go_away(desk: Sessions) -> None:
    claiming = Claiming(desk)
    await claiming.claim(replace(WANTED, size=5))
    got = await asyncio.gather(*(claiming.claim(WANTED) for _ in range(3)))
    assert got == [Claimed(0, [])] * 3


async def test_a_round_that_is_cancelled_during_a_claim_gives_its_part_back(desk: Sessions) -> None:
    work = delivering(desk, ScriptedPortal(), dossiers_per_call=2)
    rounds = [asyncio.create_task(deliver_due(work)) for _ in range(2)]
    await asyncio.sleep(0.001)
    rounds[0].cancel()
    results = await asyncio.gather(*rounds, return_exceptions=True)
    assert isinstance(results[0], asyncio.CancelledError)
    assert "leased" not in await states(desk)
