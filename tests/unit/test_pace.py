"""How much is asked of the portal: gates, windows, limits, retry budgets."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.outcome import (
    Accepted,
    AuthRefused,
    NotSent,
    Outcome,
    Rejected,
    Throttled,
    Unknown,
)
from services.core.domain.pace import (
    CallWindow,
    ConcurrencyLimit,
    Gate,
    GatePolicy,
    RetryBudget,
    answered,
    held,
    is_urgent,
    may_call,
    needs_probe,
    probed,
    tripped,
)

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
POLICY = GatePolicy()
SECOND = timedelta(seconds=1)
USELESS: Outcome = Unknown("HTTP 500")
GOOD: Outcome = Accepted("Đồng bộ thành công")


def open_gate(openings: int = 1) -> Gate:
    gate, now = Gate(), NOW
    for _ in range(openings):
        gate = (
            tripped(gate, now, POLICY, jitter=0)
            if not gate.is_open
            else probed(gate, now, POLICY, good=False, jitter=0)
        )
    return gate


def test_an_open_gate_lets_nothing_through_until_its_time_and_then_one_probe() -> None:
    gate = open_gate()
    assert gate.open_until == NOW + 5 * SECOND
    assert not may_call(gate, NOW)
    assert not needs_probe(gate, NOW + 4.9 * SECOND)
    assert needs_probe(gate, NOW + 5 * SECOND)
    assert not may_call(gate, NOW + 5 * SECOND), "only the probe passes"


@pytest.mark.parametrize(("openings", "seconds"), [(1, 5), (2, 10), (3, 15), (9, 15)])
def test_bad_probes_double_the_wait_up_to_the_cap(openings: int, seconds: int) -> None:
    assert open_gate(openings).open_until == NOW + seconds * SECOND


@given(st.floats(0, 0.999), st.integers(1, 30))
def test_jitter_never_makes_a_wait_longer_than_the_cap(jitter: float, openings: int) -> None:
    gate = tripped(Gate(openings=openings, closed_at=NOW), NOW, POLICY, jitter=jitter)
    assert gate.open_until is not None
    assert gate.open_until - NOW <= POLICY.open_cap_seconds * SECOND


def test_one_good_probe_closes_it() -> None:
    assert may_call(probed(open_gate(), NOW + 5 * SECOND, POLICY, good=True, jitter=0), NOW + 5 * SECOND)


@given(st.integers(1, 30), st.floats(0, 0.999))
def test_while_it_is_urgent_bad_probes_wait_no_longer_and_still_four_seconds(
    openings: int, jitter: float
) -> None:
    gate = probed(open_gate(openings), NOW, POLICY, good=False, jitter=jitter, urgent=True)
    assert gate.open_until is not None
    assert 4 * SECOND < gate.open_until - NOW <= 5 * SECOND


def test_quick_probes_are_no_more_than_four_times_as_frequent_as_the_cap_allows() -> None:
    policy = GatePolicy(open_cap_seconds=120)
    gate = probed(open_gate(), NOW, policy, good=False, jitter=0, urgent=True)
    assert gate.open_until == NOW + 30 * SECOND


def test_after_a_thousand_quick_probes_the_outage_is_a_long_one() -> None:
    waits = []
    for openings in (999, 1000):
        gate = probed(replace(open_gate(), openings=openings), NOW, POLICY, good=False, jitter=0, urgent=True)
        waits.append(gate.open_until)
    assert waits == [NOW + 5 * SECOND, NOW + 15 * SECOND]


def test_a_flag_is_urgent_from_a_quarter_of_an_hour_before() -> None:
    assert is_urgent(NOW + 900 * SECOND, NOW, POLICY)
    assert not is_urgent(NOW + 901 * SECOND, NOW, POLICY)
    assert not is_urgent(None, NOW, POLICY)


def test_where_three_good_probes_are_wanted_they_follow_each_other_at_once() -> None:
    gate, careful = open_gate(), GatePolicy(probes_to_close=3)
    for _ in range(2):
        gate = probed(gate, NOW + 5 * SECOND, careful, good=True, jitter=0)
        assert gate.is_open
        assert needs_probe(gate, NOW + 5 * SECOND)
    assert may_call(probed(gate, NOW + 5 * SECOND, careful, good=True, jitter=0), NOW + 5 * SECOND)


def test_a_bad_probe_after_good_ones_begins_again() -> None:
    careful = GatePolicy(probes_to_close=3)
    gate = probed(open_gate(), NOW, careful, good=True, jitter=0)
    gate = probed(gate, NOW, careful, good=False, jitter=0)
    assert gate.good_probes == 0
    assert gate.open_until == NOW + 10 * SECOND


def test_flapping_waits_longer_and_a_calm_minute_forgets_it() -> None:
    closed = Gate(closed_at=NOW, openings=2)
    soon = tripped(closed, NOW + 10 * SECOND, POLICY, jitter=0)
    later = tripped(closed, NOW + 60 * SECOND, POLICY, jitter=0)
    assert (soon.openings, later.openings) == (3, 1)


def test_calls_that_end_after_the_opening_do_not_prolong_it() -> None:
    gate = open_gate()
    assert tripped(gate, NOW + 3 * SECOND, POLICY, jitter=0) == gate


def test_an_answer_elsewhere_brings_the_probe_forward() -> None:
    assert needs_probe(answered(open_gate(), NOW + SECOND), NOW + SECOND)


@pytest.mark.parametrize(
    ("wanted", "seconds"),
    [(None, 2), (timedelta(seconds=1), 1), (timedelta(hours=1), 900), (timedelta(seconds=-5), 0)],
)
def test_a_request_for_patience_is_followed_within_reason(wanted: timedelta | None, seconds: int) -> None:
    gate = held(Gate(), NOW, POLICY, wanted=wanted)
    assert gate.held_until == NOW + seconds * SECOND
    assert not gate.is_open
    assert may_call(gate, NOW + seconds * SECOND)


def test_of_two_requests_the_longer_counts() -> None:
    gate = held(held(Gate(), NOW, POLICY, wanted=60 * SECOND), NOW, POLICY, wanted=SECOND)
    assert gate.held_until == NOW + 60 * SECOND


def trips_at(*outcomes: Outcome, seconds: float = 0.1) -> int | None:
    """Say which call, counted from 1, trips."""
    window = CallWindow()
    for number, outcome in enumerate(outcomes, 1):
        if window.add(outcome, float(number), seconds=seconds):
            return number
    return None


def test_three_calls_that_do_not_get_through_are_enough() -> None:
    assert trips_at(*[NotSent("ConnectError")] * 10) == 3
    assert trips_at(*[Unknown("TimeoutError", lingering=True)] * 10) == 3


def test_five_useless_answers_in_a_row_are_enough() -> None:
    assert trips_at(*[Unknown("HTTP 500")] * 10) == 5


def test_half_of_ten_calls_are_enough() -> None:
    assert trips_at(*([GOOD, USELESS] * 10)) == 10
    assert trips_at(*([GOOD, GOOD, USELESS] * 10)) is None


@pytest.mark.parametrize("word", [Rejected("3", "bad"), Throttled(None), AuthRefused("no")])
def test_a_portal_that_speaks_trips_nothing(word: Outcome) -> None:
    assert trips_at(*[word] * 50) is None


def test_a_portal_that_hangs_for_seconds_trips_although_it_answers() -> None:
    assert trips_at(*[GOOD] * 20, seconds=9.0) == 10


def lossy(window: CallWindow, calls: int, *, one_in: int) -> int:
    """Let the first of every `one_in` answers stay away; count how often that trips."""
    return sum(
        window.add(
            Unknown("TimeoutError", lingering=True) if number % one_in < 1 else GOOD, number / 10, seconds=0.1
        )
        for number in range(calls)
    )


def test_losses_that_are_usual_make_no_outage_of_three_in_a_row() -> None:
    window = CallWindow()
    assert lossy(window, 200, one_in=3) == 0
    away = Unknown("TimeoutError", lingering=True)
    assert not any(window.add(away, 21.0, seconds=0.1) for _ in range(4))


def test_an_outage_of_a_portal_that_loses_answers_trips_a_little_later() -> None:
    window = CallWindow()
    lossy(window, 200, one_in=3)
    tripped_at = next(
        number for number in range(1, 20) if window.add(NotSent("ConnectError"), 21.0, seconds=0.1)
    )
    assert 3 < tripped_at <= 10


def test_what_is_usual_is_learned_anew_when_the_portal_is_well() -> None:
    window = CallWindow()
    lossy(window, 200, one_in=3)
    for number in range(300):
        window.add(GOOD, 50.0 + number, seconds=0.1)
    assert [window.add(NotSent("ConnectError"), 400.0, seconds=0.1) for _ in range(3)] == [False, False, True]


def test_what_is_long_ago_counts_no_more() -> None:
    window = CallWindow()
    for number in range(9):
        assert not window.add(GOOD if number % 2 else Unknown("HTTP 500"), 0.0, seconds=0.1)
    assert not window.add(Unknown("HTTP 500"), 100.0, seconds=0.1)


def test_a_healthy_portal_earns_one_more_call_at_a_time_up_to_the_ceiling() -> None:
    limit = ConcurrencyLimit(8)
    seen = []
    for number in range(100):
        limit.succeeded(float(number), seconds=0.1, in_flight=limit.calls)
        seen.append(limit.calls)
    assert seen == sorted(seen)
    assert (seen[0], seen[10], seen[-1]) == (4, 5, 8)


def test_a_limit_that_is_not_used_does_not_grow() -> None:
    limit = ConcurrencyLimit(8)
    for number in range(100):
        limit.succeeded(float(number), seconds=0.1, in_flight=1)
    assert limit.calls == 4


def test_distress_costs_a_third_once_per_length_of_a_call() -> None:
    limit = ConcurrencyLimit(10, start=10)
    for number in range(5):
        limit.distressed(100.0 + number / 10, seconds=2.0)
    assert limit.calls == 7
    limit.distressed(103.0, seconds=2.0)
    assert limit.calls == 4


def test_a_call_far_slower_than_usual_is_distress() -> None:
    limit = ConcurrencyLimit(8)
    for number in range(8):
        limit.succeeded(float(number), seconds=1.0, in_flight=4)
    limit.succeeded(20.0, seconds=5.0, in_flight=4)
    assert limit.calls == 2


def test_after_an_outage_calls_double_from_one_on() -> None:
    limit = ConcurrencyLimit(8)
    limit.restart()
    seen = []
    for number in range(12):
        seen.append(limit.calls)
        limit.succeeded(float(number), seconds=0.1, in_flight=limit.calls)
    assert seen == [1] * 5 + [2] * 5 + [4] * 2


@given(st.lists(st.tuples(st.booleans(), st.floats(0.01, 30)), max_size=200), st.integers(1, 64))
def test_a_limit_stays_between_one_and_the_ceiling(calls: list[tuple[bool, float]], ceiling: int) -> None:
    limit, now = ConcurrencyLimit(ceiling), 0.0
    for good, seconds in calls:
        now += seconds
        if good:
            limit.succeeded(now, seconds=seconds, in_flight=limit.calls)
        else:
            limit.distressed(now, seconds=seconds)
        assert 1 <= limit.calls <= ceiling


def test_an_empty_budget_lets_one_retry_a_second_through() -> None:
    budget = RetryBudget()
    for _ in range(20):
        budget.note(retry=True, good=False, answered=True)
    assert budget.tokens == 0
    assert [budget.allows_retry(at) for at in (10.0, 10.5, 10.9, 11.0, 11.5)] == [
        True,
        False,
        False,
        True,
        False,
    ]


def test_first_tries_that_succeed_fill_it_and_failed_ones_cost_nothing() -> None:
    budget = RetryBudget(tokens=0)
    for _ in range(5):
        budget.note(retry=False, good=True, answered=True)
        budget.note(retry=False, good=False, answered=False)
    assert budget.allows_retry(0.0)
    assert budget.tokens == 5


@given(st.lists(st.tuples(st.booleans(), st.booleans(), st.booleans())))
def test_a_budget_stays_within_its_bounds(calls: list[tuple[bool, bool, bool]]) -> None:
    budget = RetryBudget()
    for retry, good, reply in calls:
        budget.note(retry=retry, good=good, answered=reply)
        assert 0 <= budget.tokens <= budget.cap
