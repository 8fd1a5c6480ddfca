"""What counts as a difference, and what is done about it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.delivery import (
    Cursor,
    DeliveryState,
    Operation,
    Park,
    ParkCause,
    Target,
    next_operation,
    resolve,
)
from services.core.domain.dossier import EntryKind, ProgressEntry, Status
from services.core.domain.holdings import Bucket, Held, Sum, prefix_of, sum_of
from services.core.domain.outcome import PortalEntry, PortalRecord
from services.core.domain.reconciliation import (
    Direction,
    Ours,
    Repair,
    compare,
    differing,
    in_doubt,
    windows,
)

DAY = date(2026, 3, 10)
BUCKET = Bucket(DAY, "H44.1")
AT = datetime(2026, 3, 10, 1, 30, tzinfo=UTC)
CODE = "H44.1-260310-0001"
HELD = Held(CODE, Status.FINISHED, 3, AT)
OURS = Ours(
    dossier_id=UUID(int=1),
    held=HELD,
    bucket=BUCKET,
    procedure_code="1.001193",
    state=DeliveryState.SYNCED,
    token=7,
    cursor=Cursor(on_portal=True, acked_version=2, acked_seq=3),
    target=Target(version=2, seq=3),
    travelling=3,
    born_on_portal=False,
    due_at=AT,
    quiet=True,
)


def history(*kinds: EntryKind) -> tuple[ProgressEntry, ...]:
    return tuple(
        ProgressEntry(seq, Status.IN_PROCESS, AT + timedelta(minutes=seq), "A", None, "B", kind)
        for seq, kind in enumerate(kinds, start=1)
    )


def direction_of(ours: Ours | None, theirs: Held | None) -> Direction | None:
    found = compare(BUCKET, [ours] if ours else [], [theirs] if theirs else []).differences
    return found[0].direction if found else None


def repair_of(ours: Ours | None, theirs: Held | None) -> Repair:
    (difference,) = compare(BUCKET, [ours] if ours else [], [theirs] if theirs else []).differences
    return difference.repair


def test_a_line_spells_code_status_number_and_local_time() -> None:
    assert HELD.line == "H44.1-260310-0001|9|3|20260310083000"
    assert replace(HELD, entries=0, last_at=None).line == "H44.1-260310-0001|9|0|"


def test_a_prefix_is_what_stands_before_the_first_hyphen() -> None:
    assert [prefix_of(code) for code in ("H44.1-260310-0001", "G09.20-20260609-0092637", "12345")] == [
        "H44.1", "G09.20", "",
    ]  # fmt: skip


@given(st.lists(st.integers(0, 5), unique=True), st.randoms(use_true_random=False))
def test_a_sum_does_not_depend_on_the_order(numbers: list[int], rng: object) -> None:
    held = [replace(HELD, code=f"{CODE}{n}") for n in numbers]
    shuffled = sorted(held, key=lambda _: rng.random())  # type: ignore[attr-defined]  # hypothesis hides the type
    assert sum_of(held) == sum_of(shuffled)


@pytest.mark.parametrize(
    "changed",
    [
        replace(HELD, code="H44.1-260310-0002"),
        replace(HELD, status=Status.RETURNED),
        replace(HELD, entries=4),
        replace(HELD, last_at=AT + timedelta(seconds=1)),
    ],
)
def test_a_sum_tells_every_change(changed: Held) -> None:
    assert sum_of([HELD]) != sum_of([changed])
    assert sum_of([HELD]) == sum_of([replace(HELD, last_at=AT + timedelta(milliseconds=900))])


def test_only_buckets_with_another_sum_are_named_earliest_first() -> None:
    one, other = Sum(1, "a"), Sum(1, "b")
    early, late = replace(BUCKET, day=DAY - timedelta(days=1)), BUCKET
    theirs_only = replace(BUCKET, prefix="H44.2")
    same = replace(BUCKET, prefix="H44.3")
    ours = {late: one, early: one, same: one}
    theirs = {late: other, theirs_only: one, same: one}
    assert differing(ours, theirs) == [early, late, theirs_only]


@given(st.integers(0, 400), st.integers(1, 40))
def test_windows_cover_every_day_once(length: int, days: int) -> None:
    parts = windows(DAY, DAY + timedelta(days=length), days=days)
    covered = [first + timedelta(days=n) for first, last in parts for n in range((last - first).days + 1)]
    assert covered == [DAY + timedelta(days=n) for n in range(length + 1)]
    assert all((last - first).days < days for first, last in parts)


def test_directions() -> None:
    assert direction_of(OURS, HELD) is None
    assert direction_of(OURS, None) is Direction.OURS_NOT_THEIRS
    assert direction_of(None, HELD) is Direction.THEIRS_NOT_OURS
    assert direction_of(OURS, replace(HELD, entries=2)) is Direction.BOTH_DIFFER


def test_a_dossier_that_they_have_on_another_day_differs() -> None:
    elsewhere = replace(OURS, bucket=replace(BUCKET, day=DAY + timedelta(days=1)))
    assert direction_of(elsewhere, HELD) is Direction.BOTH_DIFFER


def test_what_was_never_acknowledged_is_not_missed_and_is_a_difference_where_they_have_it() -> None:
    never = replace(OURS, cursor=Cursor(), state=DeliveryState.DUE, held=replace(HELD, entries=0))
    assert direction_of(never, None) is None
    assert direction_of(never, HELD) is Direction.BOTH_DIFFER


@pytest.mark.parametrize(
    "busy",
    [
        {"quiet": False},
        {"state": DeliveryState.LEASED},
        {"state": DeliveryState.UNKNOWN},
    ],
)
def test_what_is_under_way_is_passed_over(busy: dict[str, object]) -> None:
    compared = compare(BUCKET, [replace(OURS, **busy)], [])  # type: ignore[arg-type]  # fields by name
    assert (compared.differences, compared.in_flight) == ([], 1)


def test_what_the_portal_had_more_of_before_is_no_work_in_progress() -> None:
    """After a restore desks go on; the worker would send again what the portal already has."""
    touched = replace(OURS, state=DeliveryState.DUE, quiet=False, travelling=4)
    assert repair_of(touched, replace(HELD, entries=4)) is Repair.ASK
    for theirs in (replace(HELD, entries=2), replace(HELD, status=Status.RETURNED), None):
        assert direction_of(touched, theirs) is None
    assert direction_of(replace(touched, state=DeliveryState.LEASED), replace(HELD, entries=4)) is None


def test_a_dossier_born_on_the_portal_may_have_more_entries_there() -> None:
    born = replace(OURS, born_on_portal=True)
    assert direction_of(born, replace(HELD, entries=4, last_at=AT + timedelta(days=1))) is None
    assert direction_of(born, replace(HELD, entries=2)) is Direction.BOTH_DIFFER
    assert direction_of(OURS, replace(HELD, entries=4)) is Direction.BOTH_DIFFER


def test_repairs() -> None:
    assert repair_of(OURS, None) is Repair.ASK
    assert repair_of(OURS, replace(HELD, entries=1)) is Repair.ASK
    assert repair_of(OURS, replace(HELD, status=Status.RETURNED)) is Repair.ASK
    assert repair_of(OURS, replace(HELD, entries=4)) is Repair.PARK
    assert repair_of(None, HELD) is Repair.PERSON
    assert repair_of(replace(OURS, state=DeliveryState.PARKED), None) is Repair.PERSON


@given(
    kinds=st.lists(st.sampled_from([EntryKind.PROGRESS, EntryKind.CORRECTION]), min_size=1, max_size=8),
    shown=st.integers(0, 8),
    version=st.integers(1, 4),
    acked=st.integers(0, 4),
)
def test_after_a_repair_exactly_what_the_portal_lacks_is_sent(
    kinds: list[EntryKind], shown: int, version: int, acked: int
) -> None:
    entries = history(EntryKind.PROGRESS, *kinds)
    travelling = [entry for entry in entries if entry.travels]
    there = travelling[:shown]
    ours = replace(
        OURS,
        cursor=Cursor(
            on_portal=acked > 0, acked_version=min(acked, version), acked_seq=len(entries) if acked else 0
        ),
        target=Target(version, len(entries)),
        travelling=len(travelling),
    )
    theirs = replace(HELD, entries=len(there))
    record = PortalRecord(CODE, tuple(PortalEntry(e.occurred_at, e.status) for e in there))

    cursor = resolve(record, in_doubt(ours, theirs), entries, born_on_portal=False)

    assert isinstance(cursor, Cursor)
    assert cursor.on_portal
    left = [entry for entry in entries[cursor.acked_seq :] if entry.travels]
    assert left == travelling[len(there) :]
    if version > 1:
        assert next_operation(cursor, ours.target) is Operation.UPDATE


def test_a_lost_dossier_is_created_again_with_all_its_entries() -> None:
    entries = history(*[EntryKind.PROGRESS] * 3)
    cursor = resolve(None, in_doubt(OURS, None), entries, born_on_portal=False)
    assert cursor == Cursor()


def test_a_portal_that_shows_no_history_gets_no_entry_twice() -> None:
    entries = history(*[EntryKind.PROGRESS] * 3)
    without = PortalRecord(CODE, None)
    never_acknowledged = replace(OURS, cursor=Cursor(), target=Target(1, 3))
    for ours, theirs in ((OURS, None), (OURS, replace(HELD, entries=1)), (never_acknowledged, HELD)):
        resolved = resolve(without, in_doubt(ours, theirs), entries, born_on_portal=False)
        assert isinstance(resolved, Park)
        assert resolved.cause is ParkCause.UNPROVABLE


def test_a_dossier_numbered_by_the_portal_is_never_created_there_by_us() -> None:
    born = replace(OURS, born_on_portal=True)
    resolved = resolve(None, in_doubt(born, None), history(EntryKind.PROGRESS), born_on_portal=True)
    assert isinstance(resolved, Park)
    assert resolved.cause is ParkCause.CONFLICT
