"""The portal's catalogue against the mock portal, over real HTTP, day by day."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import text

from services.core.application.compare_catalogues import compare_catalogues
from services.core.application.import_catalogue import import_procedures
from services.core.application.refresh_catalogue import Refreshed, refresh_catalogue
from services.core.domain.outcome import Failure, Rejected, Unknown
from services.core.domain.portal_catalogue import Credibility, DifferenceKind, Listing, ProcedureDetail
from services.core.gateways.portal import PortalClient
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from tests.desk_api import FOUR_HOURS, NO_TIME, PROCEDURES, THREE_DAYS, DeskApi, SettableClock
from tests.integration.portal_clients import connected
from tests.integration.raw_portal import RawPortal, answer, done, raw_portal, refused
from tests.integration.test_portal_client_mock import address
from tests.roles import as_role

MONDAY = datetime(2026, 3, 9, 19, 20, tzinfo=UTC)
DAY = timedelta(days=1)


def on_portal(code: str, **changes: Any) -> dict[str, Any]:
    return {
        "code": code,
        "name": f"Thủ tục {code}",
        "field": "Hộ tịch",
        "processing_time_value": 3,
        "processing_time_unit": "working_day",
        **changes,
    }


PADDING = [on_portal(f"9.{number:06d}") for number in range(40)]
ALL = [
    *PADDING,
    on_portal(THREE_DAYS),
    on_portal(FOUR_HOURS, processing_time_value=4, processing_time_unit="hour"),
    on_portal(NO_TIME),
]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running_portal(PortalSettings(accounts={"h44": "pw"})) as url:
        yield url


@pytest.fixture
async def control(url: str) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=f"{url}/_control") as control:
        (await control.post("/reset", json={})).raise_for_status()
        yield control


@pytest.fixture
async def client(url: str) -> AsyncIterator[PortalClient]:
    client = PortalClient(address(url))
    yield client
    await client.close()


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    async with sessions.begin() as session:
        await import_procedures(session, PROCEDURES[:3])
    return sessions


async def show(control: httpx.AsyncClient, *procedures: dict[str, Any]) -> None:
    (await control.put("/catalogue/procedures", json=list(procedures))).raise_for_status()


async def refresh(sessions: Sessions, client: PortalClient, at: datetime, **more: Any) -> Refreshed:
    clock = SettableClock()
    clock.at = at
    worker = as_role(sessions, DatabaseRole.WORKER)
    return await refresh_catalogue(worker, portal=client, clock=clock, most_vanished=0.05, **more)


async def found(sessions: Sessions) -> set[tuple[DifferenceKind, str]]:
    async with sessions.begin() as session:
        return {(one.kind, one.code) for one in await compare_catalogues(session)}


async def test_a_procedure_that_leaves_the_portal_is_reported_and_warned_of_but_stays_active_with_us(
    api: DeskApi, sessions: Sessions, control: httpx.AsyncClient, client: PortalClient
) -> None:
    dossier = await api.ward.created()
    await show(control, *ALL)
    first = await refresh(sessions, client, MONDAY)
    assert (first.listed, first.credibility, first.gone) == (43, Credibility.WHOLE, [])
    assert (first.details_wanted, first.details_read) == (3, 3)
    warnings = (await api.ward.read(dossier, "/preflight"))["findings"]
    assert "not_on_portal" not in {finding["fault"] for finding in warnings}

    await show(control, *[row for row in ALL if row["code"] != THREE_DAYS])
    assert (await refresh(sessions, client, MONDAY + DAY)).gone == []
    assert (DifferenceKind.MISSING, THREE_DAYS) in await found(sessions)
    assert (await refresh(sessions, client, MONDAY + 2 * DAY)).gone == [THREE_DAYS]
    assert (DifferenceKind.UNKNOWN_TO_PORTAL, THREE_DAYS) in await found(sessions)

    shown = await api.ward.read(dossier, "/preflight")
    (warning,) = [finding for finding in shown["findings"] if finding["fault"] == "not_on_portal"]
    assert (warning["severity"], warning["pointer"]) == ("doubtful", "/procedure/code")
    assert "Thủ tục chưa có trên Cổng" in warning["text"]
    assert shown["sendable"] is True
    await api.ward.created()
    async with sessions.begin() as session:
        active = await session.scalar(
            text("SELECT active FROM procedures WHERE code = :code"), {"code": THREE_DAYS}
        )
    assert active is True

    await show(control, *ALL)
    assert (await refresh(sessions, client, MONDAY + 3 * DAY)).back == [THREE_DAYS]
    assert {code for _, code in await found(sessions)} >= {"9.000000"}
    assert (DifferenceKind.UNKNOWN_TO_PORTAL, THREE_DAYS) not in await found(sessions)


async def test_a_list_cut_in_half_takes_no_procedure_away(
    desk: Sessions, control: httpx.AsyncClient, client: PortalClient
) -> None:
    await show(control, *ALL)
    await refresh(desk, client, MONDAY)
    await show(control, *ALL[:20])
    for day in (1, 2, 3):
        cut = await refresh(desk, client, MONDAY + day * DAY)
        assert (cut.credibility, cut.gone) == (Credibility.SHRUNK, [])
    assert {kind for kind, _ in await found(desk)} & {
        DifferenceKind.MISSING,
        DifferenceKind.UNKNOWN_TO_PORTAL,
    } == set()


@pytest.mark.parametrize(
    ("fault", "failure"),
    [
        ({"shape": "cut_body", "manner": "chunked"}, "unknown"),
        ({"shape": "cut_body", "manner": "close_delimited"}, "unknown"),
        ({"shape": "html"}, "unknown"),
        ({"shape": "throttled", "retry_after": "9"}, "throttled"),
    ],
)
async def test_an_answer_that_cannot_be_read_whole_changes_nothing(
    desk: Sessions,
    control: httpx.AsyncClient,
    client: PortalClient,
    fault: dict[str, Any],
    failure: str,
) -> None:
    await show(control, *ALL)
    order = {"duration_seconds": 30, "operation": "LayDanhSachTTHC", **fault}
    (await control.post("/faults", json=order)).raise_for_status()

    refreshed = await refresh(desk, client, MONDAY)

    assert (refreshed.failure, refreshed.details_wanted) == (failure, 0)
    assert await found(desk) == set()


async def test_differences_in_name_field_time_and_fee_are_found(
    desk: Sessions, control: httpx.AsyncClient, client: PortalClient
) -> None:
    async with desk.begin() as session:
        await session.execute(
            text("UPDATE procedures SET fee_vnd = 8000 WHERE code = :code"), {"code": FOUR_HOURS}
        )
    changed = on_portal(FOUR_HOURS, name="Chứng thực", field="Chứng thực", fee_vnd=2000)
    await show(control, on_portal(THREE_DAYS), changed, on_portal(NO_TIME))

    await refresh(desk, client, MONDAY)

    assert {kind for kind, code in await found(desk) if code == FOUR_HOURS} == {
        DifferenceKind.NAME,
        DifferenceKind.FIELD_CODE,
        DifferenceKind.FIELD_NAME,
        DifferenceKind.PROCESSING_TIME,
        DifferenceKind.FEE,
    }


async def test_details_that_cannot_be_had_are_left_for_the_next_pass_which_begins_with_them(
    desk: Sessions, control: httpx.AsyncClient, client: PortalClient
) -> None:
    await show(control, *ALL)
    order = {"shape": "http_5xx", "status": 502, "duration_seconds": 30, "operation": "LayThuTuc"}
    (await control.post("/faults", json=order)).raise_for_status()
    seen: list[tuple[int, int]] = []
    stuck = await refresh(desk, client, MONDAY, progress=lambda done, total: seen.append((done, total)))
    assert (stuck.details_wanted, stuck.details_read, seen) == (3, 0, [(1, 3), (2, 3), (3, 3)])

    (await control.delete("/faults")).raise_for_status()
    assert (await refresh(desk, client, MONDAY + DAY)).details_read == 3


#: Nested so deep that it can be parsed, and no deeper.
DEEP = (
    b'{"error_code": 0, "message": "", "result": [{"MATTHC": "1.000001", "TENTTHC": "A", "X": '
    + b"[" * 900
    + b"]" * 900
    + b"}]}"
)


@pytest.fixture
async def raw() -> AsyncIterator[RawPortal]:
    async with raw_portal() as portal:
        yield portal


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (done(result=[{"MaTTHC": "1.1", "TenTTHC": "A"}]), Listing({"1.1": "A"})),
        (done(result=[]), Listing({})),
        (done(), Unknown("answer without a result")),
        (refused("-1", "Sai mã đơn vị"), Rejected("-1", "Sai mã đơn vị")),
        (refused("-1", "Lỗi hệ thống"), Unknown("-1: Lỗi hệ thống")),
        (
            answer(
                200,
                {
                    "error_code": "0",
                    "message": '{"error_code": 0, "result": [{"MATTHC": "1.1", "TENTTHC": "A"}]}',
                },
            ),
            Listing({"1.1": "A"}),
        ),
    ],
)
async def test_a_list_is_believed_only_after_a_clear_success(
    raw: RawPortal, said: Any, outcome: Listing | Failure
) -> None:
    raw.calls.append(said)
    async with connected(raw.url) as client:
        assert await client.list_procedures() == outcome
    assert raw.pushed[0].body["service"] == "LayDanhSachTTHC"


async def test_the_list_may_be_longer_than_any_other_answer_and_is_not_without_end(raw: RawPortal) -> None:
    rows = [{"MATTHC": f"1.{number:06d}", "TENTTHC": "Thủ tục " * 10} for number in range(1_000)]
    raw.calls.extend([done(result=rows), done(result=rows)])
    async with connected(raw.url) as client:
        listing = await client.list_procedures()
        assert isinstance(listing, Listing)
        assert len(listing.names) == 1_000
    async with connected(raw.url, catalogue_bytes=50_000) as client:
        assert await client.list_procedures() == Unknown("reply too large")


@pytest.mark.parametrize(
    ("said", "outcome"),
    [
        (done(result=[]), None),
        (done(result=[{"MATTHC": "1.000002", "TENTTHC": "A"}]), Unknown("answer about another procedure")),
        (done(result=["rác"]), Unknown("unreadable procedure")),
        (answer(200, DEEP), Unknown("unreadable procedure")),
        (answer(502), Unknown("HTTP 502")),
    ],
)
async def test_a_detail_that_is_not_the_one_asked_for_proves_nothing(
    raw: RawPortal, said: Any, outcome: Failure | None
) -> None:
    raw.calls.append(said)
    async with connected(raw.url) as client:
        assert await client.procedure("1.000001") == outcome
    assert raw.pushed[0].body["maTTHC"] == "1.000001"


async def test_a_variant_of_a_province_may_be_answered_with_the_national_procedure(raw: RawPortal) -> None:
    raw.calls.append(done(result=[{"MATTHC": "1.000001", "TENTTHC": "A"}]))
    async with connected(raw.url) as client:
        detail = await client.procedure("1.000001.000.00.00.H29")
    assert isinstance(detail, ProcedureDetail)
