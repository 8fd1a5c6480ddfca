"""The life of a dossier: which step may follow which, and what steps do to its due time."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.deadline import STANDARD_HOURS, ProcessingTime, TimeUnit, WorkingCalendar
from services.core.domain.dossier import (
    ENDING,
    FUTURE_TOLERANCE,
    TRANSITIONS,
    DossierEnded,
    EntryInTheFuture,
    EntryOutOfOrder,
    IllegalTransition,
    SecondSupplementNeedsConfirmation,
    Status,
    allowed_after,
)
from services.core.domain.life import (
    ApologyDateNotAhead,
    ApologyGiven,
    ClockStopped,
    DueTimeSet,
    ExtensionNotLater,
    ExtensionTooLate,
    Life,
    Move,
    NotReceived,
    advance,
    begin,
    check_apology,
    check_extension,
)
from services.core.domain.promise import (
    DueTimeBeforeReception,
    DueTimeNeeded,
    DueTimeTooLate,
    Terms,
)

CALENDAR = WorkingCalendar()
TERMS = Terms(ProcessingTime(3, TimeUnit.WORKING_DAY), CALENDAR, STANDARD_HOURS)
TIMELESS = replace(TERMS, processing=None)

NOW = datetime(2026, 6, 1, tzinfo=UTC)
TUESDAY_TEN = datetime(2026, 3, 10, 3, tzinfo=UTC)
FRIDAY_TEN = datetime(2026, 3, 13, 3, tzinfo=UTC)

#: The table once more, by hand, from the portal's list of statuses (portal-interface 2.4).
ARROWS = {
    None: {1, 2},
    1: {2, 3, 5, 7},
    2: {3, 4, 5, 6, 7, 8, 9},
    3: set(),
    4: {4, 5, 6, 7, 8, 9},
    5: {2, 4, 5, 7, 8},
    6: {4, 7, 8, 9},
    7: set(),
    8: set(),
    9: {10},
    10: set(),
}


def live(*statuses: Status | int, start: datetime = TUESDAY_TEN, terms: Terms = TERMS) -> Life:
    """Take steps an hour apart."""
    moves = [
        Move(Status(s), start + timedelta(hours=i), second_supplement_confirmed=True)
        for i, s in enumerate(statuses)
    ]
    life = begin(moves[0], terms, now=NOW)
    for move in moves[1:]:
        life = advance(life, move, terms, now=NOW)
    return life


def step(life: Life, status: Status, terms: Terms = TERMS, **changes: Any) -> Life:
    move = Move(status, changes.pop("at", life.last_occurred_at + timedelta(hours=1)), **changes)
    return advance(life, move, terms, now=NOW)


def way_to(status: Status) -> Life:
    """Give the shortest life that stands at a status."""
    ways = {
        1: [1], 2: [2], 3: [1, 3], 4: [2, 4], 5: [2, 5], 6: [2, 6], 7: [2, 7], 8: [2, 8], 9: [2, 9],
        10: [2, 9, 10],
    }  # fmt: skip
    return live(*ways[status])


def go(present: Status | None, wanted: Status) -> Life:
    if present is None:
        return begin(Move(wanted, TUESDAY_TEN), TERMS, now=NOW)
    return step(way_to(present), wanted, second_supplement_confirmed=True)


PAIRS = [(present, wanted) for present in (None, *Status) for wanted in Status]


@pytest.mark.parametrize(("present", "wanted"), [pair for pair in PAIRS if pair[1] in ARROWS[pair[0]]])
def test_an_arrow_of_the_table_can_be_gone(present: Status | None, wanted: Status) -> None:
    assert go(present, wanted).status is wanted


@pytest.mark.parametrize(("present", "wanted"), [pair for pair in PAIRS if pair[1] not in ARROWS[pair[0]]])
def test_a_step_beside_the_table_is_refused_with_what_is_allowed(
    present: Status | None, wanted: Status
) -> None:
    with pytest.raises(IllegalTransition) as refusal:
        go(present, wanted)

    assert refusal.value.facts == {
        "present": present,
        "wanted": wanted,
        "allowed": sorted(ARROWS[present]),
    }


def test_every_arrow_has_its_reason() -> None:
    assert all(reason for arrows in TRANSITIONS.values() for reason in arrows.values())


def test_every_status_can_be_reached() -> None:
    reached = {status for arrows in TRANSITIONS.values() for status in arrows}

    assert reached == set(Status)


@given(st.data())
def test_any_life_keeps_its_promises(data: st.DataObject) -> None:
    at = TUESDAY_TEN
    life = begin(Move(data.draw(st.sampled_from(allowed_after(None))), at), TERMS, now=NOW)
    requests = 0
    for _ in range(data.draw(st.integers(0, 12))):
        allowed = allowed_after(life.status)
        if not allowed:
            break
        before = life
        at += timedelta(minutes=data.draw(st.integers(0, 3000)))
        status = data.draw(st.sampled_from(allowed))
        life = advance(before, Move(status, at, second_supplement_confirmed=True), TERMS, now=NOW)
        requests += status is Status.SUPPLEMENT_REQUESTED

        assert life.supplement_requests == requests
        assert (life.received_at is None) == (life.due_at is None)
        assert life.promised_at == (before.promised_at or life.due_at)
        assert before.due_at is None or (life.due_at is not None and life.due_at >= before.due_at)
        paused = before.status is Status.SUPPLEMENT_REQUESTED
        assert paused or before.due_at in {None, life.due_at}
        assert life.ended == (life.status in ENDING) == (life.ended_at is not None)
        assert (life.returned_at is None) == (life.status is not Status.RETURNED)


@given(st.lists(st.integers(0, 5000), min_size=1, max_size=5))
def test_a_supplement_adds_up_the_same_however_often_the_answer_was_not_enough(minutes: list[int]) -> None:
    asked = step(live(2), Status.SUPPLEMENT_REQUESTED, at=TUESDAY_TEN)
    at, in_parts = TUESDAY_TEN, asked
    for pause in minutes[:-1]:
        at += timedelta(minutes=pause)
        in_parts = step(in_parts, Status.SUPPLEMENT_REQUESTED, at=at, second_supplement_confirmed=True)
    answered_at = at + timedelta(minutes=minutes[-1])

    once = step(asked, Status.IN_PROCESS, at=answered_at)

    assert step(in_parts, Status.IN_PROCESS, at=answered_at).due_at == once.due_at


def test_reception_promises_the_due_time_of_the_law() -> None:
    life = live(2)

    assert (life.received_at, life.promised_at, life.due_at) == (TUESDAY_TEN, FRIDAY_TEN, FRIDAY_TEN)


def test_a_registration_promises_nothing() -> None:
    life = live(1)

    assert (life.received_at, life.due_at) == (None, None)


@pytest.mark.parametrize("status", [Status.RECEIVED, Status.IN_PROCESS])
def test_processing_after_a_supplement_before_reception_implies_reception(status: Status) -> None:
    life = step(live(1, 5), status)

    assert life.received_at == life.last_occurred_at
    assert life.due_at is not None


def test_a_supplement_before_reception_moves_nothing() -> None:
    asked = live(1, 5)
    received = step(asked, Status.RECEIVED, at=TUESDAY_TEN + timedelta(days=1))

    assert received.due_at == live(2, start=TUESDAY_TEN + timedelta(days=1)).due_at


def test_a_supplement_open_over_tet_costs_no_working_time() -> None:
    received = live(2, start=datetime(2024, 2, 6, 3, tzinfo=UTC))
    asked = step(received, Status.SUPPLEMENT_REQUESTED, at=datetime(2024, 2, 7, 9, tzinfo=UTC))
    answered = step(asked, Status.IN_PROCESS, at=datetime(2024, 2, 15, 1, tzinfo=UTC))

    # Wednesday 16:00 to 17:00, and Thursday a week later 7:00 to 8:00; Tết lies between.
    assert received.due_at == datetime(2024, 2, 16, 3, tzinfo=UTC)
    assert answered.due_at == datetime(2024, 2, 16, 7, tzinfo=UTC)


def test_a_second_supplement_request_needs_confirmation() -> None:
    life = live(2, 5, 4)

    with pytest.raises(SecondSupplementNeedsConfirmation) as refusal:
        step(life, Status.SUPPLEMENT_REQUESTED)

    assert refusal.value.facts == {"requests": 1}
    assert step(life, Status.SUPPLEMENT_REQUESTED, second_supplement_confirmed=True).supplement_requests == 2


def test_a_step_may_happen_at_the_time_of_the_one_before_but_not_earlier() -> None:
    life = live(2)

    assert step(life, Status.IN_PROCESS, at=TUESDAY_TEN).status is Status.IN_PROCESS
    with pytest.raises(EntryOutOfOrder):
        step(life, Status.IN_PROCESS, at=TUESDAY_TEN - timedelta(microseconds=1))


def test_a_clock_that_runs_a_little_ahead_is_forgiven() -> None:
    assert begin(Move(Status.RECEIVED, NOW + FUTURE_TOLERANCE), TERMS, now=NOW)
    with pytest.raises(EntryInTheFuture):
        begin(Move(Status.RECEIVED, NOW + FUTURE_TOLERANCE + timedelta(seconds=1)), TERMS, now=NOW)


def test_without_a_processing_time_the_desk_has_to_promise() -> None:
    with pytest.raises(DueTimeNeeded):
        begin(Move(Status.RECEIVED, TUESDAY_TEN), TIMELESS, now=NOW)

    assert begin(Move(Status.RECEIVED, TUESDAY_TEN, due_at=NOW), TIMELESS, now=NOW).due_at == NOW


def test_a_desk_may_promise_less_than_the_law_gives_and_not_a_minute_more() -> None:
    sooner = Move(Status.RECEIVED, TUESDAY_TEN, due_at=FRIDAY_TEN - timedelta(days=1))
    later = Move(Status.RECEIVED, TUESDAY_TEN, due_at=FRIDAY_TEN + timedelta(minutes=1))
    earlier_than_reception = Move(Status.RECEIVED, TUESDAY_TEN, due_at=TUESDAY_TEN - timedelta(minutes=1))

    assert begin(sooner, TERMS, now=NOW).due_at == sooner.due_at
    with pytest.raises(DueTimeTooLate):
        begin(later, TERMS, now=NOW)
    with pytest.raises(DueTimeBeforeReception):
        begin(earlier_than_reception, TERMS, now=NOW)


def test_a_due_time_is_promised_once() -> None:
    with pytest.raises(DueTimeSet):
        step(live(2), Status.IN_PROCESS, due_at=FRIDAY_TEN)
    with pytest.raises(NotReceived):
        begin(Move(Status.REGISTERED, TUESDAY_TEN, due_at=FRIDAY_TEN), TERMS, now=NOW)


def test_a_due_time_agreed_elsewhere_is_not_reckoned_again() -> None:
    agreed = replace(TERMS, agreed_due=NOW)

    assert live(2, 5, 4, terms=agreed).due_at == NOW
    assert live(1, terms=agreed).due_at == NOW
    assert step(live(1, terms=agreed), Status.RECEIVED, terms=TERMS).due_at == NOW


def test_handing_over_does_not_move_the_end() -> None:
    life = live(2, 9, 10)

    assert life.ended_at == TUESDAY_TEN + timedelta(hours=1)
    assert life.returned_at == TUESDAY_TEN + timedelta(hours=2)


@pytest.mark.parametrize(
    ("statuses", "refusal"),
    [((1,), NotReceived), ((2, 5), ClockStopped), ((2, 9), DossierEnded), ((1, 3), DossierEnded)],
)
def test_nothing_is_extended_or_apologised_for_where_nothing_runs(
    statuses: tuple[int, ...], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        check_extension(live(*statuses), NOW, at=TUESDAY_TEN)
    with pytest.raises(refusal):
        check_apology(live(*statuses), NOW, given_before=False, at=TUESDAY_TEN)


def test_an_extension_is_granted_until_the_due_time_and_to_a_later_one() -> None:
    life = live(2)

    check_extension(life, FRIDAY_TEN + timedelta(minutes=1), at=FRIDAY_TEN)
    with pytest.raises(ExtensionTooLate):
        check_extension(life, NOW, at=FRIDAY_TEN + timedelta(seconds=1))
    with pytest.raises(ExtensionNotLater):
        check_extension(life, FRIDAY_TEN, at=TUESDAY_TEN)


def test_an_apology_is_given_once_and_for_a_date_ahead() -> None:
    check_apology(live(2), NOW, given_before=False, at=NOW - timedelta(seconds=1))
    with pytest.raises(ApologyGiven):
        check_apology(live(2), NOW, given_before=True, at=TUESDAY_TEN)
    with pytest.raises(ApologyDateNotAhead):
        check_apology(live(2), NOW, given_before=False, at=NOW)
