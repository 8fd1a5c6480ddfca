"""Reconciliation against the mock portal, through the portal's client and the real delivery."""

import asyncio
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from services.core.application.reconcile import Ending, Reconciled, reconcile
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.holdings import Bucket, Held, sum_of
from services.core.domain.outcome import Failure
from services.core.gateways.portal import ListService, PortalClient
from services.core.persistence.engine import Sessions
from services.core.persistence.holdings import HoldingsRepository
from services.core.persistence.reconciliations import Effect
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.integration.delivery_cases import states, table
from tests.integration.holdings_cases import DAYS, UNITS, Sides, effects
from tests.integration.test_portal_client_mock import address


async def test_sides_that_agree_cost_a_call_a_week_and_nothing_else(sides: Sides) -> None:
    await sides.file(1, 120)
    await sides.deliver()
    before = await sides.calls()

    result = await sides.reconcile()

    after = await sides.calls()
    assert (result.ending, result.findings, result.dossiers_ours, result.dossiers_theirs) == (
        Ending.COMPLETE, [], 120, 120
    )  # fmt: skip
    assert result.buckets == UNITS * DAYS
    assert after.pop("ThongKeHoSo") == result.calls == 2
    assert after == before


@pytest.mark.parametrize(
    "planted",
    [102, pytest.param(1002, marks=pytest.mark.fault)],
)
async def test_planted_differences_of_all_directions_are_found_and_mended(sides: Sides, planted: int) -> None:
    third = planted // 3
    await sides.file(1, 4 * planted)
    await sides.deliver()
    codes = await sides.codes()
    # In three of five units, so that whole buckets stay as they were.
    touched = [code for code in codes if code[4] in "123"][: 3 * third]
    lost, cut, unknown = touched[0::3], touched[1::3], touched[2::3]
    await sides.lose(lost, {code: place % 3 for place, code in enumerate(cut)})
    await sides.forget(unknown)

    found = await sides.reconcile()
    assert {f.difference.code: f.difference.direction.value for f in found.findings} == {
        **dict.fromkeys(lost, "ours_not_theirs"),
        **dict.fromkeys(cut, "both_differ"),
        **dict.fromkeys(unknown, "theirs_not_ours"),
    }
    assert set((await states(sides.sessions)).keys()) == {"synced"}

    mended = await sides.reconcile(repair=True)
    assert effects(mended) == {Effect.ASKED: 2 * third, Effect.LEFT_TO_PERSON: third}
    await sides.hurry()
    await sides.deliver()
    left = await sides.reconcile()
    assert {f.difference.code for f in left.findings} == set(unknown)
    assert await sides.doubled() == 0

    after = await sides.calls()
    touched_buckets = {code.rsplit("-", 1)[0] for code in touched}
    assert found.differing == mended.differing == len(touched_buckets) < found.buckets
    assert left.differing == len({code.rsplit("-", 1)[0] for code in unknown})
    assert after["LayDanhSachHoSo"] == found.differing + mended.differing + left.differing
    assert after["TraCuuHoSo"] == 2 * third
    for code in sorted(set(codes) - set(touched))[::40]:
        assert await received(sides, code) == 4, code


async def received(sides: Sides, code: str) -> int:
    """Count the items about a dossier that ever reached the portal."""
    return len((await sides.control.get("/ledger", params={"mahoso": code})).json()["received"])


async def test_the_database_sums_up_as_the_domain_does(sides: Sides) -> None:
    await sides.file(1, 60)
    await sides.file(61, 90, steps=2)
    await sides.deliver()
    await sides.file(91, 100)
    scope = sides.scope()
    async with sides.sessions() as session:
        holdings = HoldingsRepository(session)
        sums = await holdings.sums(scope.first, scope.last)
        for bucket, expected in sums.items():
            ours = await holdings.dossiers(bucket, codes=[], quiet_since=datetime.now(UTC))
            assert sum_of(our.held for our in ours) == expected
            assert {our.bucket for our in ours} == {bucket}
    assert sum(one.dossiers for one in sums.values()) == 90


async def test_a_dry_run_changes_nothing_but_its_record(sides: Sides) -> None:
    await sides.file(1, 20)
    await sides.deliver()
    await sides.lose((await sides.codes())[:5])
    rows = "SELECT * FROM deliveries ORDER BY dossier_id"
    before = await table(sides.sessions, rows)

    result = await sides.reconcile()

    assert await table(sides.sessions, rows) == before
    assert effects(result) == {Effect.REPORTED: 5}
    recorded = await table(
        sides.sessions,
        "SELECT run_id, direction, ours, theirs, effect FROM reconciliation_findings ORDER BY code",
    )
    assert recorded == [
        (result.run_id, "ours_not_theirs", f.difference.ours.held.line, None, "reported")
        for f in sorted(result.findings, key=lambda f: f.difference.code)
        if f.difference.ours
    ]
    assert len(recorded) == 5


async def test_only_one_of_two_reconcilers_works(sides: Sides) -> None:
    await sides.file(1, 40)
    await sides.deliver()
    await sides.lose((await sides.codes())[::2])

    both = await asyncio.gather(
        *(reconcile(sides.reconciling(owner=name), sides.scope(repair=True)) for name in ("a", "b"))
    )

    (result,) = [one for one in both if one is not None]
    assert effects(result) == {Effect.ASKED: 20}
    assert await table(sides.sessions, "SELECT count(*) FROM reconciliation_findings") == [(20,)]
    await sides.hurry()
    await sides.deliver()
    assert await sides.doubled() == 0
    assert (await sides.reconcile()).findings == []


async def test_a_reconciler_that_died_is_followed_by_another_and_cannot_come_back(sides: Sides) -> None:
    await sides.file(1, 10)
    await sides.deliver()
    await sides.lose((await sides.codes())[:4])
    holdings = Overtaken(sides)

    late = await sides.reconcile(repair=True, holdings=holdings)

    assert holdings.successor is not None
    assert effects(holdings.successor) == {Effect.ASKED: 4}
    assert (late.ending, late.failure, late.findings) == (Ending.INCOMPLETE, "lead lost", [])
    outcomes = await table(sides.sessions, "SELECT outcome FROM reconciliation_runs ORDER BY id")
    assert outcomes == [("abandoned",), ("complete",)]


class Overtaken(ListService):
    """Freezes during its first question for so long that another run takes over and finishes."""

    def __init__(self, sides: Sides) -> None:
        super().__init__(sides.client)
        self._sides = sides
        self.successor: Reconciled | None = None

    async def dossiers(self, bucket: Bucket) -> list[Held] | Failure:
        if self.successor is None:
            async with self._sides.sessions.begin() as session:
                await session.execute(
                    text("UPDATE reconciliation_runs SET lease_until = now() - interval '1 second'")
                )
            self.successor = await self._sides.reconcile(repair=True)
        return await super().dossiers(bucket)


async def test_what_the_worker_has_touched_meanwhile_is_left_to_it(sides: Sides) -> None:
    await sides.file(1, 10)
    await sides.deliver()
    await sides.lose(await sides.codes())

    result = await sides.reconcile(repair=True, holdings=Claiming(sides))

    assert effects(result) == {Effect.ASKED: 9, Effect.MOVED_ON: 1}


class Claiming(ListService):
    """While it is asked for its second bucket, a worker takes up a dossier of the first."""

    def __init__(self, sides: Sides) -> None:
        super().__init__(sides.client)
        self._sides = sides
        self._buckets: list[Bucket] = []

    async def dossiers(self, bucket: Bucket) -> list[Held] | Failure:
        if len(self._buckets) == 1:
            async with self._sides.sessions.begin() as session:
                await session.execute(
                    text(
                        "UPDATE deliveries SET token = token + 1 WHERE dossier_id = (SELECT id FROM dossiers"
                        " WHERE code LIKE :prefix ORDER BY received_at LIMIT 1)"
                    ),
                    {"prefix": f"{self._buckets[0].prefix}-%"},
                )
        self._buckets.append(bucket)
        return await super().dossiers(bucket)


async def test_a_dossier_touched_within_the_horizon_is_not_compared(sides: Sides) -> None:
    await sides.file(1, 10)
    await sides.deliver()
    codes = await sides.codes()
    await sides.lose(codes[:2])
    async with sides.sessions.begin() as session:
        await session.execute(
            text(
                "UPDATE deliveries SET last_attempt_at = now() - interval '9 minutes' WHERE dossier_id ="
                " (SELECT id FROM dossiers WHERE code = :code)"
            ),
            {"code": codes[0]},
        )
    result = await sides.reconcile()
    assert [f.difference.code for f in result.findings] == [codes[1]]
    assert result.in_flight == 1

    long_ago = datetime.now(UTC) - timedelta(hours=3)
    old = await sides.reconcile(taken_at=long_ago)
    assert (old.findings, old.in_flight) == ([], 2)


async def test_repairs_are_spread_by_the_rate_earliest_due_first_and_go_on_after_earlier_ones(
    sides: Sides,
) -> None:
    await sides.file(1, 20)
    await sides.deliver()
    codes = await sides.codes()
    await sides.lose(codes[:6])
    await sides.reconcile(repair=True, per_minute=2)
    await sides.lose(codes[6:10])
    await sides.reconcile(repair=True, per_minute=2)

    planned = await table(
        sides.sessions,
        "SELECT v.next_attempt_at, f.scheduled_at, d.due_at, f.run_id FROM deliveries v"
        " JOIN dossiers d ON d.id = v.dossier_id JOIN reconciliation_findings f USING (dossier_id)"
        " WHERE v.state = 'unknown' ORDER BY f.scheduled_at, f.run_id",
    )
    assert len(planned) == 10
    times = [row[0] for row in planned]
    assert times == [row[1] for row in planned]
    gaps = [later - earlier for earlier, later in pairwise(times)]
    # The second run begins where the first one ended.
    assert sorted(gaps)[1:] == [timedelta(seconds=30)] * 8
    assert gaps[5] == timedelta()
    for part in (planned[:6], planned[6:]):
        assert [row[2] for row in part] == sorted(row[2] for row in part)


async def test_what_the_rate_does_not_allow_today_is_left_for_the_next_run(sides: Sides) -> None:
    await sides.file(1, 400)
    await sides.deliver()
    await sides.lose(await sides.codes())

    result = await sides.reconcile(repair=True, per_minute=1)

    assert effects(result) == {Effect.ASKED: 360, Effect.POSTPONED: 40}


async def test_more_on_the_portal_than_we_have_is_parked_as_a_conflict(sides: Sides) -> None:
    await sides.file(1, 4, steps=2)
    await sides.deliver()
    codes = await sides.codes()
    await sides.finish(codes[:1])
    await sides.deliver()
    # Our database forgets the third step, as a restored one would.
    async with sides.sessions.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(text("DELETE FROM progress_entries WHERE seq = 3"))
        await session.execute(text("UPDATE dossiers SET version = 1, last_seq = 2, status = 4"))
        await session.execute(
            text(
                "UPDATE deliveries SET target_version = 1, target_seq = 2, acked_seq = 2, acked_version = 1,"
                " ended_seq = NULL, accepted_at = NULL"
            )
        )

    result = await sides.reconcile(repair=True)

    assert effects(result) == {Effect.PARKED: 1}
    assert await table(
        sides.sessions,
        "SELECT d.code, v.park_cause, v.last_cause FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id"
        " WHERE v.state = 'parked'",
    ) == [(codes[0], "conflict", "reconciliation: the portal lists 3 entries, 2 were acknowledged")]
    again = await sides.reconcile(repair=True)
    assert effects(again) == {Effect.LEFT_TO_PERSON: 1}


async def test_a_unit_is_compared_with_those_below_it_and_no_other(sides: Sides) -> None:
    await sides.file(1, 40)
    await sides.deliver()
    await sides.lose(await sides.codes())
    async with sides.sessions.begin() as session:
        await session.execute(text("UPDATE units SET path = '/1/2/' WHERE code = 'H44.2'"))

    result = await sides.reconcile(unit="H44.1")

    assert {f.difference.bucket.prefix for f in result.findings} == {"H44.1", "H44.2"}
    assert len(result.findings) == 16
    with pytest.raises(UnknownUnit):
        await sides.reconcile(unit="H45")


async def test_a_portal_without_the_service_leaves_the_run_incomplete(sessions: Sessions) -> None:
    with running_portal(PortalSettings()) as url:
        client = PortalClient(address(url, call_seconds=20.0))
        async with httpx.AsyncClient() as control:
            sides = Sides(sessions, client, control)
            result = await sides.reconcile(repair=True)
        await client.close()
    assert (result.ending, result.failure, result.findings) == (Ending.INCOMPLETE, "rejected", [])
    assert await table(sessions, "SELECT outcome FROM reconciliation_runs") == [("incomplete",)]


async def test_buckets_that_the_portal_does_not_tell_are_counted_and_not_taken_for_empty(
    sides: Sides,
) -> None:
    await sides.file(1, 40)
    await sides.deliver()
    await sides.lose(await sides.codes())
    fault = {"shape": "http_5xx", "status": 502, "duration_seconds": 60, "operation": "LayDanhSachHoSo"}
    (await sides.control.post("/faults", json=fault)).raise_for_status()

    result = await sides.reconcile(repair=True)

    assert (result.ending, result.failure, result.findings) == (Ending.INCOMPLETE, "unknown", [])
    assert (result.unread, result.calls) == (result.differing, 2 + 3)
    assert set(await states(sides.sessions)) == {"synced"}


async def test_findings_cannot_be_rewritten(sides: Sides) -> None:
    await sides.file(1, 2)
    await sides.deliver()
    await sides.lose(await sides.codes())
    await sides.reconcile()
    for statement in (
        "UPDATE reconciliation_findings SET effect = 'asked'",
        "DELETE FROM reconciliation_findings",
    ):
        with pytest.raises(IntegrityError, match="append-only"):
            async with sides.sessions.begin() as session:
                await session.execute(text(statement))
