"""What the delivery tests believe of a portal holds for the mock over HTTP as well, and the reverse."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from services.core.domain.delivery import Operation
from services.core.domain.dossier import ProgressEntry, Status
from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    Found,
    Outcome,
    PortalRecord,
    Rejected,
    Throttled,
    Unknown,
)
from services.core.domain.ports import EntriesOf
from tests.contract.portal_doubles import EitherPortal, opened_portal
from tests.unit.test_portal_wire import BODY

CODE = BODY.code
ENTRIES = tuple(
    ProgressEntry(seq, status, datetime(2026, 1, 4 + seq, 1, 30, 0, 123_456, tzinfo=UTC), "A", None, "Bước")
    for seq, status in enumerate((Status.RECEIVED, Status.SUPPLEMENT_REQUESTED, Status.FINISHED), start=1)
)
KINDS = pytest.mark.parametrize("kind", ["double", "mock over HTTP"])


@pytest.fixture(params=["double", "mock over HTTP"])
async def portal(request: pytest.FixtureRequest) -> AsyncIterator[EitherPortal]:
    async with opened_portal(request.param) as portal:
        yield portal


async def create(portal: EitherPortal, *codes: str) -> Outcome:
    bodies = [replace(BODY, code=code) for code in codes]
    return (await portal.gateway.push_dossiers(bodies or [BODY], create=True)).outcome


async def update(portal: EitherPortal, code: str = CODE) -> Outcome:
    return (await portal.gateway.push_dossiers([replace(BODY, code=code)], create=False)).outcome


async def append(portal: EitherPortal, *entries: ProgressEntry, code: str = CODE) -> Outcome:
    return (await portal.gateway.push_entries([EntriesOf(code, entries)])).outcome


async def shown(portal: EitherPortal, code: str = CODE) -> PortalRecord | None:
    found = await portal.gateway.look_up(code)
    assert isinstance(found, Found), found
    return found.record


async def test_a_dossier_nobody_sent_is_not_there(portal: EitherPortal) -> None:
    assert await shown(portal) is None


async def test_a_dossier_is_there_after_its_create(portal: EitherPortal) -> None:
    assert isinstance(await create(portal), Accepted)
    assert await shown(portal) == PortalRecord(CODE, ())


async def test_a_repeated_create_is_told_from_a_first_one(portal: EitherPortal) -> None:
    await create(portal)

    assert isinstance(await create(portal), AlreadyExists)


async def test_a_call_with_one_known_dossier_creates_none_of_the_others(portal: EitherPortal) -> None:
    await create(portal)

    assert isinstance(await create(portal, "D-8", CODE, "D-9"), AlreadyExists)
    assert await shown(portal, "D-8") is None
    assert await shown(portal, "D-9") is None


async def test_an_update_may_be_repeated_but_needs_a_dossier(portal: EitherPortal) -> None:
    assert isinstance(await update(portal), Rejected)
    await create(portal)
    assert isinstance(await update(portal), Accepted)
    assert isinstance(await update(portal), Accepted)


async def test_entries_need_their_dossier(portal: EitherPortal) -> None:
    assert isinstance(await append(portal, ENTRIES[0]), Rejected)
    assert await shown(portal) is None


async def test_entries_are_shown_in_order_of_arrival_with_time_to_the_second(portal: EitherPortal) -> None:
    await create(portal)
    await append(portal, ENTRIES[2], ENTRIES[0])
    await append(portal, ENTRIES[1])

    record = await shown(portal)

    assert record is not None
    assert record.entries is not None
    assert [(entry.at, entry.status) for entry in record.entries] == [
        (entry.occurred_at.replace(microsecond=0), entry.status)
        for entry in (ENTRIES[2], ENTRIES[0], ENTRIES[1])
    ]


async def test_repeated_entries_stand_there_twice(portal: EitherPortal) -> None:
    await create(portal)
    await append(portal, *ENTRIES[:2])
    await append(portal, *ENTRIES[:2])

    assert portal.statuses(CODE) == [2, 5, 2, 5]


async def test_entries_of_several_dossiers_travel_in_one_call(portal: EitherPortal) -> None:
    await create(portal, "D-8", "D-9")
    batch = [EntriesOf("D-8", ENTRIES[:2]), EntriesOf("D-9", ENTRIES[:1])]

    assert isinstance((await portal.gateway.push_entries(batch)).outcome, Accepted)
    assert (portal.statuses("D-8"), portal.statuses("D-9")) == ([2, 5], [2])


async def test_one_unknown_dossier_refuses_the_entries_of_all(portal: EitherPortal) -> None:
    await create(portal, "D-8")
    batch = [EntriesOf("D-8", ENTRIES[:2]), EntriesOf("D-9", ENTRIES[:1])]

    assert isinstance((await portal.gateway.push_entries(batch)).outcome, Rejected)
    assert portal.statuses("D-8") == []


async def test_a_lost_answer_to_a_create_is_unknown_and_stored(portal: EitherPortal) -> None:
    portal.lose_answer(Operation.CREATE)

    assert isinstance(await create(portal), Unknown)
    assert await shown(portal) == PortalRecord(CODE, ())
    assert isinstance(await create(portal), AlreadyExists)


async def test_a_lost_answer_to_entries_is_unknown_and_stored(portal: EitherPortal) -> None:
    await create(portal)
    portal.lose_answer(Operation.PROGRESS)

    assert isinstance(await append(portal, *ENTRIES), Unknown)
    assert portal.statuses(CODE) == [2, 5, 9]


@pytest.mark.parametrize("operation", [Operation.CREATE, Operation.PROGRESS])
async def test_a_server_error_is_unknown_and_stores_nothing(
    portal: EitherPortal, operation: Operation
) -> None:
    if operation is Operation.PROGRESS:
        await create(portal)
    portal.fail(operation)

    outcome = await (create(portal) if operation is Operation.CREATE else append(portal, *ENTRIES))

    assert isinstance(outcome, Unknown)
    assert portal.statuses(CODE) == []
    assert (await shown(portal) is None) is (operation is Operation.CREATE)


async def test_a_throttled_call_stores_nothing_and_the_next_one_works(portal: EitherPortal) -> None:
    portal.throttle(Operation.CREATE)

    assert isinstance(await create(portal), Throttled)
    assert await shown(portal) is None
    assert isinstance(await create(portal), Accepted)


@KINDS
async def test_a_portal_that_shows_no_history_says_so(kind: str) -> None:
    async with opened_portal(kind, shows_history=False) as portal:
        await create(portal)
        await append(portal, *ENTRIES)

        assert await shown(portal) == PortalRecord(CODE, None)


@KINDS
async def test_a_refused_call_may_leave_the_items_before_the_bad_one(kind: str) -> None:
    async with opened_portal(kind, keeps_before_refusal=True) as portal:
        await create(portal)

        assert isinstance(await create(portal, "D-8", CODE, "D-9"), AlreadyExists)
        assert await shown(portal, "D-8") == PortalRecord("D-8", ())
        assert await shown(portal, "D-9") is None
        batch = [EntriesOf("D-8", ENTRIES[:2]), EntriesOf("D-9", ENTRIES[:1])]
        assert isinstance((await portal.gateway.push_entries(batch)).outcome, Rejected)
        assert portal.statuses("D-8") == [2, 5]
