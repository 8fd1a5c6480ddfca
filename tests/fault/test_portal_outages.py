"""F12, F13, F16, F17, F20: a portal that is down, hangs, stumbles, asks for patience or forgets us."""

import asyncio
import time
from pathlib import Path
from statistics import quantiles
from typing import Final

import pytest

from services.mock_portal.settings import PortalSettings
from tests.fault.machines import Machines
from tests.fault.rig import PORTAL_CATALOGUE, SCALE, SCALED, Rig, running_rig
from tests.fault.score import Score

CALL_SECONDS: Final = float(SCALED["LIENTHONG_PORTAL_CALL_SECONDS"])
PROBE_SECONDS: Final = float(SCALED["LIENTHONG_WORKER_PROBE_CAP_SECONDS"])
#: Jitter takes up to a fifth from the pause between probes.
SHORTEST_PAUSE: Final = 0.8 * PROBE_SECONDS
#: Calls that a worker may make until its gate opens, and those with ever longer pauses after that.
FIRST_CALLS: Final = 10
#: The production bound of 20 s, scaled, and what is not scaled: the poll and the view of the gates.
RETURN_SECONDS: Final = 20 * SCALE + 1.2 + 0.5
WORKERS: Final = 2
MEASURED_SECONDS: Final = 8.0

_ATTEMPTS: Final = (
    "SELECT count(*) FROM delivery_attempts WHERE operation IN ('create', 'update', 'progress')"
)
_LONGEST: Final = """
SELECT max(extract(epoch FROM finished_at - started_at))::float AS seconds FROM delivery_attempts
"""
_PUSH_CALLS: Final = """
SELECT count(DISTINCT call_id) FROM delivery_attempts
WHERE operation IN ('create', 'update', 'progress') AND outcome = ANY($1)
"""


async def struck(rig: Rig) -> int:
    """Give the number of calls that the present faults have hit."""
    faults = (await rig.control.get("/_control/faults")).raise_for_status().json()
    rows = faults["rows"] if isinstance(faults, dict) else faults
    return sum(int(fault["hits"]) for fault in rows)


async def seconds_until_accepted(rig: Rig, *, within: float) -> float:
    """Measure until the portal has taken something new."""
    started = time.monotonic()
    before = await accepted(rig)
    while await accepted(rig) == before:
        assert time.monotonic() < started + within
        await asyncio.sleep(0.02)
    return time.monotonic() - started


async def accepted(rig: Rig) -> int:
    summary = (await rig.control.get("/_control/ledger/summary")).raise_for_status().json()
    return int(summary["dossiers"]) + int(summary["entries"])


@pytest.mark.fault
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seconds", [10, 60, 300, 600, 1800])
async def test_an_outage_of_any_length_loses_nothing_and_is_probed_with_patience(
    seconds: int, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=WORKERS) as rig:
        await rig.desk.create_many(20)
        await rig.at_rest()
        load = asyncio.create_task(rig.desk.work(clients=2, per_second=20, at_most=400))
        await rig.order("down")
        await asyncio.sleep(seconds * SCALE)
        calls = await struck(rig)
        await rig.calm()
        back = await seconds_until_accepted(rig, within=10 * RETURN_SECONDS)
        rig.desk.stop()
        await load
        score.note("drain_starts_after_outage_seconds", back)
        score.note(f"calls_in_outage_of_{seconds}_s", calls)
        await rig.at_rest()
        await rig.judge()
        assert calls <= WORKERS * FIRST_CALLS + seconds * SCALE / SHORTEST_PAUSE
        assert back <= RETURN_SECONDS


@pytest.mark.fault
async def test_a_refused_connection_is_an_outage_too(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, edges=["worker-portal"]) as rig:
        await rig.edges["worker-portal"].down()
        await rig.desk.create_many(60)
        await asyncio.sleep(3)
        assert await rig.count("SELECT count(*) FROM deliveries WHERE on_portal") == 0
        await rig.edges["worker-portal"].up()
        await rig.at_rest(within=15)
        await rig.judge()


@pytest.mark.fault
async def test_a_portal_that_hangs_holds_no_call_beyond_its_time_and_slows_no_desk(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed, workers=WORKERS) as rig:
        usual = await _p99(rig)
        await rig.order("hang")
        began = time.monotonic()
        hanging = await _p99(rig)
        score.note("desk_p99_seconds", usual)
        score.note("desk_p99_while_portal_hangs_seconds", hanging)
        longest = await rig.sql(_LONGEST)
        assert longest[0]["seconds"] <= CALL_SECONDS + 0.5
        opened = "SELECT count(*) FROM portal_gates WHERE open_until IS NOT NULL"
        assert await rig.count(opened) > 0, "no gate has opened"
        calls = await struck(rig)
        assert calls <= WORKERS * FIRST_CALLS + (time.monotonic() - began) / SHORTEST_PAUSE
        assert hanging <= 1.5 * usual + 0.05
        await rig.calm()
        await rig.at_rest()
        await rig.judge()


async def _p99(rig: Rig) -> float:
    """Measure the desk's answers for a while."""
    rig.desk.answered.seconds.clear()
    load = asyncio.create_task(rig.desk.work(clients=2, per_second=30))
    await asyncio.sleep(MEASURED_SECONDS)
    rig.desk.stop()
    await load
    return quantiles(rig.desk.answered.seconds, n=100)[98]


@pytest.mark.fault
@pytest.mark.parametrize("status", [500, 502, 503, 504])
async def test_a_burst_of_server_errors_is_not_amplified_and_is_over_when_it_ends(
    status: int, tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    """Two minutes with 30 % errors in the middle of five, scaled."""
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
        await asyncio.sleep(90 * SCALE)
        await rig.order("http_5xx", status=status, probability=0.3, seed=seed, seconds=120 * SCALE)
        await asyncio.sleep(120 * SCALE)
        await rig.calm()
        await asyncio.sleep(90 * SCALE)
        rig.desk.stop()
        await load
        waited = await rig.at_rest(within=20)
        score.note("at_rest_after_burst_seconds", waited)
        good = await rig.count(_PUSH_CALLS, ["accepted"])
        pushes = await rig.count(_PUSH_CALLS, ["accepted", "unknown", "not_sent", "throttled"])
        score.note("amplification_in_burst", pushes / good)
        assert pushes / good <= 1.2
        await rig.judge()


@pytest.mark.fault
@pytest.mark.parametrize(
    ("retry_after", "held_for"),
    [("1", (0, 1)), ("3", (2, 3)), ("3600", (890, 900)), ("-5", (-1, 2)), ("soon", (-1, 2))],
)
async def test_a_request_for_patience_is_obeyed_within_reason_and_opens_no_gate(
    retry_after: str,
    held_for: tuple[float, float],
    *,
    tmp_path: Path,
    machines: Machines,
    score: Score,
    seed: int,
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        await rig.order("throttled", retry_after=retry_after, operation="DongBoHoSoMC", first_n=1)
        await rig.desk.create_many(10)
        await rig.until(
            "SELECT least(count(*), 1) FROM portal_gates WHERE held_until IS NOT NULL", 1, within=10
        )
        (gate, *_) = await rig.sql(
            "SELECT open_until, extract(epoch FROM held_until - now())::float AS left FROM portal_gates"
            " WHERE operation = 'create'"
        )
        assert gate["open_until"] is None
        at_least, at_most = held_for
        assert at_least <= gate["left"] <= at_most
        if at_most < 60:
            await rig.at_rest(within=20)
            await rig.judge()
        else:
            calls = await rig.count(_ATTEMPTS)
            await asyncio.sleep(3)
            assert await rig.count(_ATTEMPTS) == calls, (
                "a call was made although the portal asked for patience"
            )


@pytest.mark.fault
async def test_expired_sessions_cost_two_logins_each_at_most_and_lose_nothing(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    async with running_rig(tmp_path, machines, score, seed=seed) as rig:
        await rig.desk.create_many(20)
        await rig.at_rest()
        before = await _logins(rig)
        expiries = 12
        load = asyncio.create_task(rig.desk.work(clients=4, per_second=40))
        for _ in range(expiries):
            await rig.order("session_expired", first_n=1)
            await asyncio.sleep(0.5)
        rig.desk.stop()
        await load
        await rig.at_rest()
        logins = await _logins(rig) - before
        score.note("logins_per_expiry", logins / expiries)
        assert 0 < logins <= 2 * expiries
        await rig.judge()


@pytest.mark.fault
async def test_a_refused_password_is_not_tried_often_enough_to_lock_the_account(
    tmp_path: Path, machines: Machines, score: Score, seed: int
) -> None:
    locked = PortalSettings(accounts={"h44": "another password"}, catalogue_path=PORTAL_CATALOGUE)
    async with running_rig(tmp_path, machines, score, seed=seed, portal=locked) as rig:
        await rig.desk.create_many(20)
        await asyncio.sleep(30)
        summary = (await rig.control.get("/_control/ledger/summary")).raise_for_status().json()
        refused = summary["calls"]["login"].get("refused", 0)
        score.note("refused_logins_in_30_s", refused)
        assert 1 <= refused <= 3
        assert rig.workers[0].is_running


async def _logins(rig: Rig) -> int:
    summary = (await rig.control.get("/_control/ledger/summary")).raise_for_status().json()
    return int(summary["logins"])
