"""F24: bad dossiers among good ones: found within few calls, set aside with cause, in nobody's way."""

import math
from pathlib import Path
from typing import Final

import pytest

from tests.fault.machines import Machines
from tests.fault.rig import Rig, running_rig
from tests.fault.score import Score

BATCH: Final = 64
TUNING: Final = {"LIENTHONG_PORTAL_DOSSIERS_PER_CALL": str(BATCH), "LIENTHONG_WORKER_CALLS_IN_FLIGHT": "1"}
_PARKED: Final = "SELECT count(*) FROM deliveries WHERE dossier_id = $1 AND park_cause = 'crash_loop'"
_OTHERS: Final = (
    "SELECT count(*) FROM deliveries WHERE dossier_id <> $1 AND state NOT IN ('synced', 'parked')"
)
_INNOCENT: Final = "SELECT count(*) FROM deliveries WHERE dossier_id <> $1 AND state = 'parked'"


def extra_calls(poisonous: int) -> int:
    """Give the bound: halving down to each, but no more than a call for every good one if those are most.

    Where all are bad, halving costs two calls for each: the portal's answer does not tell how many there are.
    """
    if poisonous == BATCH:
        return 2 * (BATCH - 1)
    return min(2 * poisonous * int(math.log2(BATCH)) + 1, BATCH)


async def _calls(rig: Rig) -> int:
    summary = (await rig.control.get("/_control/ledger/summary")).raise_for_status().json()
    return sum(summary["calls"]["DongBoHoSoMC"].values())


async def _file(rig: Rig, poisonous: int) -> None:
    """Take in a full batch while no worker runs, with the bad ones at places that the seed picks."""
    places = set(rig.chance.sample(range(BATCH), poisonous))
    for place in range(BATCH):
        await rig.desk.create(poison=place in places)


@pytest.mark.fault
@pytest.mark.parametrize("poisonous", [1, 3, 10, BATCH])
async def test_the_bad_ones_of_a_batch_are_found_within_the_bound(
    poisonous: int, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, tuning=TUNING) as rig:
        rig.workers[0].kill()
        await _file(rig, poisonous)
        rig.workers[0].start()
        await rig.at_rest(within=30)
        extra = await _calls(rig) - 1
        score.note(f"extra_calls_for_{poisonous}_of_{BATCH}", extra)
        evidence = await rig.judge()
        assert evidence.count("parked") == poisonous
        causes = await rig.sql("SELECT last_cause FROM deliveries WHERE state = 'parked'")
        assert all("MaTTHC" in row["last_cause"] for row in causes)
        assert extra <= extra_calls(poisonous)


@pytest.mark.fault
async def test_a_dossier_that_breaks_our_encoder_holds_nobody_up(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """Its stored applicant is of a shape that no code of ours would write."""
    async with running_rig(tmp_path, machines, score, seed=seed, tuning=TUNING) as rig:
        rig.workers[0].kill()
        await _file(rig, 0)
        victim = rig.desk.dossiers[rig.chance.randrange(BATCH)]
        await rig.sql("""UPDATE dossiers SET applicant = '{"kind": []}' WHERE id = $1""", victim.id)
        rig.workers[0].start()
        await rig.at_rest(within=30)
        evidence = await rig.judge(all_synced=False)
        states = {d.id: d.delivery for d in evidence.dossiers}
        broken = states.pop(victim.id)
        assert broken is not None
        assert (broken.state, broken.park_cause) == ("parked", "unsendable")
        assert all(delivery is not None and delivery.state == "synced" for delivery in states.values())
        assert await _calls(rig) == 1


@pytest.mark.fault
@pytest.mark.timeout(180)
async def test_a_dossier_with_which_workers_die_is_set_aside_after_three_and_the_others_go_on(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """Whoever holds it dies: here we do the killing, by what a worker has in hand."""
    async with running_rig(tmp_path, machines, score, seed=seed, tuning=TUNING) as rig:
        rig.workers[0].kill()
        await _file(rig, 0)
        victim = rig.desk.dossiers[rig.chance.randrange(BATCH)]
        await rig.order(
            "slow", min_delay_ms=100, max_delay_ms=200, dossier_pattern=await _code(rig, victim.id)
        )
        while not await rig.count(_PARKED, victim.id):
            rig.workers[0].start()
            while not await _holds(rig, victim.id) and not await rig.count(_PARKED, victim.id):
                assert rig.workers[0].is_running
            rig.strike(rig.workers[0])
        rig.workers[0].start()
        await rig.until(_OTHERS, 0, victim.id, within=30)
        assert await rig.count(_INNOCENT, victim.id) == 0
        await rig.judge(all_synced=False)


async def _holds(rig: Rig, dossier_id: str) -> bool:
    """Tell whether the present worker, not one of its dead predecessors, has the dossier in hand."""
    query = (
        "SELECT count(*) FROM deliveries WHERE dossier_id = $1 AND state = 'leased' AND lease_owner LIKE $2"
    )
    return await rig.count(query, dossier_id, f"%:{rig.workers[0].pid}") > 0


async def _code(rig: Rig, dossier_id: str) -> str:
    code: str = (await rig.sql("SELECT code FROM dossiers WHERE id = $1", dossier_id))[0]["code"]
    return code
