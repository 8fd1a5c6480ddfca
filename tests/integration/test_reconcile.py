"""Reconciliation against the mock portal, through the portal's client and the real delivery."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta

import httpx
import pytest
from sqlalchemy import text

from services.core.application.reconcile import Ending, Scope, reconcile
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.holdings import sum_of
from services.core.gateways.portal import ListService, PortalClient
from services.core.persistence.engine import Sessions
from services.core.persistence.holdings import HoldingsRepository
from services.core.persistence.reconciliations import Effect
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.integration.delivery_cases import states, table
from tests.integration.holdings_cases import DAYS, UNITS, Sides, effects, today
from tests.integration.test_portal_client_mock import address


@pytest.fixture(scope="module")
def portal_url() -> Iterator[str]:
    with running_portal(PortalSettings(offers_holdings=True)) as url:
        yield url


@pytest.fixture
async def sides(sessions: Sessions, portal_url: str) -> AsyncIterator[Sides]:
    client = PortalClient(address(portal_url, reply_bytes=16_000_000, call_seconds=20.0))
    async with httpx.AsyncClient(base_url=f"{portal_url}/_control") as control:
        (await control.post("/reset")).raise_for_status()
        sides = Sides(sessions, client, control)
        await sides.catalogue()
        yield sides
    await client.close()


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
