"""F18, F25: saved, but the answer was lost; ten thousand times, and never twice on the portal."""

import asyncio
from pathlib import Path
from typing import Final

import pytest

from services.mock_portal.settings import PortalSettings
from tests.fault.machines import Machines
from tests.fault.rig import PORTAL_CATALOGUE, Rig, running_rig
from tests.fault.score import Score

WANTED: Final = 10_000
BATCH: Final = 500
MOST_BATCHES: Final = 60
#: So many under way at a time keep both workers busy, whatever waits for its look-up.
MOST_OPEN: Final = 1_500
SHARE: Final = 0.4
MANNERS: Final = ("close", "reset", "gateway_timeout", "hang")

#: Dossiers whose data the portal had stored when the answer went missing.
_LOST: Final = """
SELECT count(*) FROM delivery_attempts
WHERE outcome = 'unknown' AND operation IN ('create', 'update', 'progress')
"""
_OPEN: Final = "SELECT count(*) FROM deliveries WHERE state <> 'synced'"
#: Sent again although nobody had asked in between what came of the last time.
_BLIND: Final = """
SELECT count(*) FROM (
    SELECT outcome, operation, lead(operation) OVER w AS following
    FROM delivery_attempts WINDOW w AS (PARTITION BY dossier_id ORDER BY started_at, id)
) t WHERE outcome = 'unknown' AND operation <> 'look_up' AND following IS NOT NULL AND following <> 'look_up'
"""


async def lose_answers(rig: Rig, seed: int) -> None:
    """Let a share of all pushes be stored and not answered, in every manner."""
    for number, manner in enumerate(MANNERS):
        for service in ("DongBoHoSoMC", "CapNhatTienDoHoSoMC"):
            await rig.order(
                "answer_lost",
                manner=manner,
                operation=service,
                probability=SHARE / len(MANNERS),
                seed=seed + number,
            )


@pytest.mark.fault
@pytest.mark.timeout(1200)
async def test_ten_thousand_lost_answers_double_nothing(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """The portal here stores a repeated create a second time, and every repeated entry."""
    async with running_rig(tmp_path, machines, score, seed=seed, workers=2) as rig:
        await lose_answers(rig, seed)
        for _ in range(MOST_BATCHES):
            await rig.desk.create_batch(BATCH)
            while await rig.count(_OPEN) > MOST_OPEN:  # noqa: ASYNC110 - the database has no event
                await asyncio.sleep(0.2)
            if await rig.count(_LOST) >= WANTED:
                break
        await rig.calm()
        await rig.at_rest(within=120)
        lost = await rig.count(_LOST)
        score.answers_lost += lost
        assert lost >= WANTED
        assert await rig.count(_BLIND) == 0
        await rig.judge()


@pytest.mark.timeout(120)
@pytest.mark.parametrize(
    "refuses",
    [pytest.param(False, marks=pytest.mark.fault), True],
    ids=["stores-again", "refuses-what-exists"],
)
async def test_lost_answers_double_nothing_whatever_the_portal_makes_of_a_repeated_create(
    refuses: bool, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    portal = PortalSettings(refuse_existing_dossier=refuses, catalogue_path=PORTAL_CATALOGUE)
    async with running_rig(tmp_path, machines, score, seed=seed, portal=portal) as rig:
        for service in ("DongBoHoSoMC", "CapNhatTienDoHoSoMC"):
            await rig.order("answer_lost", operation=service, first_n=3)
        await rig.desk.create_batch(150)
        await rig.at_rest(within=60)
        lost = await rig.count(_LOST)
        score.answers_lost += lost
        assert lost >= 100
        assert await rig.count(_BLIND) == 0
        await rig.judge()


@pytest.mark.fault
async def test_a_portal_that_shows_no_history_gets_nothing_again_without_a_person(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    mute = PortalSettings(
        refuse_existing_dossier=False, lookup_shows_progress=False, catalogue_path=PORTAL_CATALOGUE
    )
    async with running_rig(tmp_path, machines, score, seed=seed, portal=mute) as rig:
        await rig.order("answer_lost", operation="CapNhatTienDoHoSoMC")
        await rig.desk.create_batch(200)
        await rig.at_rest(within=60)
        evidence = await rig.judge(all_synced=False)
        assert evidence.count("parked") == 200
        causes = {d.delivery.park_cause for d in evidence.dossiers if d.delivery is not None}
        assert causes == {"unprovable"}
        assert all(len(entries) == 1 for entries in evidence.ledger.entries.values())


@pytest.mark.fault
async def test_a_batch_without_an_outcome_is_asked_about_one_by_one_and_never_halved(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    tuning = {"LIENTHONG_PORTAL_DOSSIERS_PER_CALL": "64"}
    async with running_rig(tmp_path, machines, score, seed=seed, tuning=tuning) as rig:
        for shape, details in (("answer_lost", {"manner": "hang"}), ("http_5xx", {"status": 500})):
            rig.workers[0].kill()
            await rig.order(shape, operation="DongBoHoSoMC", first_n=1, **details)
            dossiers = await rig.desk.create_batch(64)
            rig.workers[0].start()
            await rig.at_rest(within=30)
            ids = [dossier.id for dossier in dossiers]
            sizes = await rig.sql(
                "SELECT count(*) AS size FROM delivery_attempts WHERE dossier_id = ANY($1::uuid[])"
                " AND operation = 'create' AND outcome = 'unknown' GROUP BY call_id",
                ids,
            )
            assert [row["size"] for row in sizes] == [64]
            asked = await rig.count(
                "SELECT count(DISTINCT dossier_id) FROM delivery_attempts WHERE dossier_id = ANY($1::uuid[])"
                " AND operation = 'look_up'",
                ids,
            )
            assert asked == 64
            await rig.calm()
        assert await rig.count(_BLIND) == 0
        await rig.judge()
