"""The live estimate of index 766, from dossiers as the desk hands them in."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text

from services.core.application.read_index766 import (
    IndicatorWithoutDossiers,
    UnitIndex,
    UnknownIndicator,
    list_costly_dossiers,
    rank_units,
    read_index766,
)
from services.core.application.refresh_index766 import refresh_index766
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.indicator import INDICATORS
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi
from tests.integration.delivery_cases import ScriptedPortal, delivering, rounds
from tests.integration.index766_cases import BY_HAND, BY_HAND_TOTAL, file_january, refresh

JANUARY = date(2026, 1, 1)
FEBRUARY = date(2026, 2, 1)


async def index(sessions: Sessions, unit: str = "H44", month: date = JANUARY) -> UnitIndex:
    async with sessions() as session:
        return await read_index766(session, unit=unit, month=month)


def shown(found: UnitIndex) -> dict[str, tuple[int | None, int | None, float | None]]:
    return {
        line.indicator.code: (
            line.share.numerator,
            line.share.denominator,
            None if line.points is None else float(line.points),
        )
        for line in found.report.lines
    }


async def deliver(sessions: Sessions) -> None:
    await rounds(delivering(sessions, ScriptedPortal()))


async def test_a_month_comes_out_as_worked_by_hand(api: DeskApi, sessions: Sessions) -> None:
    await file_january(sessions, api.province)
    await deliver(sessions)
    await refresh(sessions)

    found = await index(sessions)

    assert shown(found) == BY_HAND
    assert float(found.report.total.points) == BY_HAND_TOTAL
    assert found.report.total.maximum == 100
    assert found.refreshed_at is not None


async def test_a_ward_has_its_own_dossiers_and_the_portals_formula_for_lower_units(
    api: DeskApi, sessions: Sessions
) -> None:
    await file_january(sessions, api.province)
    await deliver(sessions)
    await refresh(sessions)

    ward = shown(await index(sessions, "H44.101"))

    assert ward["PROGRESS"] == (2, 3, 13.33)
    assert ward["ONLINE_USED"] == (1, 2, 2)
    assert ward["ONLINE_OTHER"] == (None, None, 6)
    assert "ONLINE_FILED" not in ward


async def test_a_dossier_counts_in_the_month_that_it_was_received_in_and_in_that_of_its_end(
    api: DeskApi, sessions: Sessions
) -> None:
    await file_january(sessions, api.province)
    await refresh(sessions)

    february, december, march = [
        shown(await index(sessions, month=month)) for month in (FEBRUARY, date(2025, 12, 1), date(2026, 3, 1))
    ]

    assert (february["PROGRESS"][1], february["DOSSIER_SYNC"][1]) == (1, 0)
    assert (december["PROGRESS"][1], december["DOSSIER_SYNC"][1]) == (1, 1)
    assert march["PROGRESS"] == (0, 0, 0)


async def test_what_is_not_on_the_portal_yet_costs_points_and_comes_back_with_its_delivery(
    api: DeskApi, sessions: Sessions
) -> None:
    await file_january(sessions, api.province)
    await refresh(sessions)
    before = shown(await index(sessions))
    await deliver(sessions)

    assert await refresh(sessions) == 6, "every dossier that counts stands otherwise now"

    assert before["DOSSIER_SYNC"] == (0, 5, 0)
    assert before["PROGRESS"] == (1, 6, 3.33), "without an end, all but the one due in February are late"
    assert shown(await index(sessions)) == BY_HAND


async def test_a_refresh_reads_nothing_again_that_has_not_changed(api: DeskApi, sessions: Sessions) -> None:
    dossiers = await file_january(sessions, api.province)
    await deliver(sessions)
    await refresh(sessions)
    assert await refresh(sessions) == 0

    late = dossiers["late"]
    corrected = await api.province.http.patch(
        f"/v1/dossiers/{late['id']}",
        json={
            "officer": "Trần Thị Bình",
            "reason": "Thiếu tệp",
            "results": [{"name": "Giấy khai sinh", "link": "https://h44.example/2.pdf"}],
        },
        headers={"If-Match": late["etag"]},
    )

    assert corrected.status_code == 200, corrected.text
    assert await refresh(sessions) == 1
    assert shown(await index(sessions))["ORIGINAL_RESULT_AVAILABLE"] == (2, 6, 2)


async def test_a_dossier_turns_late_by_the_clock_alone(api: DeskApi, sessions: Sessions) -> None:
    created = await api.ward.created()
    month = datetime.now(UTC).astimezone().date().replace(day=1)
    async with sessions.begin() as session:
        await session.execute(
            text("UPDATE deliveries SET flagged_at = now() + interval '1 second' WHERE dossier_id = :id"),
            {"id": created["id"]},
        )
    await refresh(sessions)
    before = await index(sessions, month=month)
    async with sessions.begin() as session:
        await session.execute(text("SELECT pg_sleep(1.1)"))

    assert await refresh(sessions) == 0

    after = await index(sessions, month=month)
    assert shown(before)["PROGRESS"] == (1, 1, 20)
    assert shown(after)["PROGRESS"] == (0, 1, 0)


async def test_one_process_refreshes_at_a_time(api: DeskApi, sessions: Sessions) -> None:
    await api.ward.created()
    await refresh(sessions)
    async with sessions.begin() as one, sessions.begin() as other:
        assert await refresh_index766(one) is not None
        assert await refresh_index766(other) is None


async def test_what_was_there_before_the_counts_is_found_slice_by_slice(
    api: DeskApi, sessions: Sessions
) -> None:
    await file_january(sessions, api.province)
    await deliver(sessions)
    counted = []
    for _ in range(4):
        async with sessions.begin() as session:
            done = await refresh_index766(session, slice_size=2)
        assert done is not None
        counted.append((done.dossiers, done.came_round))

    assert sum(number for number, _ in counted) == 6
    assert [came_round for _, came_round in counted] == [False, False, False, True]
    assert shown(await index(sessions)) == BY_HAND


@pytest.mark.parametrize(
    ("indicator", "names"),
    [
        ("PROGRESS", {"late", "running", "from december"}),
        ("DOSSIER_RECEIVING_SATISFACTION", {"late", "running", "from december"}),
        ("DOSSIER_SYNC", set()),
        ("ONLINE_FILED", {"late", "by bank", "running", "from december"}),
        ("PAYMENT_DOSSIERS", {"late"}),
        ("ORIGINAL_RESULT_AVAILABLE", {"late", "by bank", "over the end", "running", "from december"}),
        ("REUSED_DIGITIZED_DATA", {"late", "over the end", "running", "from december"}),
        ("SYNCED_WITH_DVCQG_PERSONAL_STORAGE", {"whole", "late", "by bank", "over the end", "running"}),
        ("CITIZEN_DATA_CONNECTED_DOSSIER", {"late", "by bank", "over the end", "running"}),
    ],
)
async def test_the_dossiers_that_cost_points_are_named(
    api: DeskApi, sessions: Sessions, indicator: str, names: set[str]
) -> None:
    dossiers = await file_january(sessions, api.province)
    await deliver(sessions)
    await refresh(sessions)

    async with sessions() as session:
        page, place = await list_costly_dossiers(
            session, unit="H44", month=JANUARY, indicator=indicator, limit=50
        )

    assert {one.code for one in page} == {dossiers[name]["code"] for name in names}
    assert place is None


async def test_the_list_goes_on_page_by_page_where_it_ended(api: DeskApi, sessions: Sessions) -> None:
    await file_january(sessions, api.province)
    await refresh(sessions)
    seen: list[str] = []
    place = None
    for _ in range(3):
        async with sessions() as session:
            page, place = await list_costly_dossiers(
                session, unit="H44", month=JANUARY, indicator="PROGRESS", after=place, limit=2
            )
        seen += [one.code for one in page]

    assert place is None
    assert len(seen) == len(set(seen)) == 5


async def test_a_false_late_dossier_is_told_from_a_late_one(api: DeskApi, sessions: Sessions) -> None:
    dossiers = await file_january(sessions, api.province)
    await refresh(sessions)

    async with sessions() as session:
        page, _ = await list_costly_dossiers(
            session, unit="H44.101", month=JANUARY, indicator="PROGRESS", limit=50
        )

    falsely = {one.code for one in page if one.false_late}
    assert falsely == {dossiers["whole"]["code"], dossiers["by bank"]["code"]}


async def test_units_are_ranked_by_their_points(api: DeskApi, sessions: Sessions) -> None:
    await file_january(sessions, api.province)
    await deliver(sessions)
    await refresh(sessions)

    async with sessions() as session:
        ranked = await rank_units(session, month=JANUARY, limit=10)

    points = [one.points for one in ranked]
    assert {one.code for one in ranked} == {"H44", "H44.101", "H44.102"}
    assert points == sorted(points, reverse=True)
    assert Decimal("52.84") in points


async def test_wrong_questions_are_refused(api: DeskApi, sessions: Sessions) -> None:
    assert api.province
    async with sessions() as session:
        with pytest.raises(UnknownUnit):
            await read_index766(session, unit="H99", month=JANUARY)
        with pytest.raises(UnknownIndicator):
            await list_costly_dossiers(session, unit=None, month=JANUARY, indicator="X", limit=1)
        with pytest.raises(IndicatorWithoutDossiers):
            await list_costly_dossiers(session, unit=None, month=JANUARY, indicator="ONLINE_USED", limit=1)


def test_every_indicator_that_counts_dossiers_says_which_cost_points() -> None:
    without = {one.code for one in INDICATORS.values() if one.cost is None and one.basis.value == "counted"}

    assert without == {
        "PUBLIC_CONTENT_FULL",
        "ONLINE_OFFERED",
        "ONLINE_USED",
        "PAYMENT_PROCEDURES",
        "PAYMENT_FEES",
        "CITIZEN_DATA_CONNECTED_FORMALITY",
    }
