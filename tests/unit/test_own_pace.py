"""What one worker process watches for itself, and what its calls mean for the gates that all share."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.delivery import Operation
from services.core.domain.outcome import Accepted, AuthRefused, Found, NotSent, Outcome, Throttled
from services.core.domain.pace import (
    UNLIMITED,
    CallTime,
    ConcurrencyLimit,
    Gate,
    GatePolicy,
    GatesByOperation,
    Leave,
    News,
    OwnPace,
    concerns_gates,
    due_probes,
    heed,
    may_call,
    probe_of,
    put_back,
)

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)
POLICY = GatePolicy()
CLOSED: GatesByOperation = {operation: Gate() for operation in Operation}
GOOD = Accepted("0")


def open_since(*operations: Operation, until: datetime = NOW) -> GatesByOperation:
    return {**CLOSED, **{operation: Gate(open_until=until, openings=1) for operation in operations}}


def no_jitter() -> float:
    return 0.0


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def pace_of(lanes: int = 8) -> tuple[OwnPace, Clock]:
    clock = Clock()
    return OwnPace(ConcurrencyLimit(lanes), clock), clock


def push(pace: OwnPace, clock: Clock, outcome: Outcome = GOOD, *, dossiers: int = 1) -> News:
    """Make a call that takes 0.4 s and 0.1 s per dossier."""
    seconds = 0.4 + 0.1 * dossiers
    clock.now += seconds
    return pace.note(
        Operation.PROGRESS, outcome, seconds=seconds, dossiers=dossiers, retry=False, was_probe=False
    )


def test_rounds_stop_at_the_limit_and_questions_and_probes_go_beside_it() -> None:
    pace, _ = pace_of(lanes=1)
    pace.begin(Leave(asks=True))
    pace.begin(probe_of(frozenset({Operation.CREATE})))
    first = pace.leave(CLOSED, NOW, asking=False)
    assert first == UNLIMITED
    pace.begin(first)
    assert pace.leave(CLOSED, NOW, asking=False) is None
    assert pace.leave(CLOSED, NOW, asking=True) is not None
    pace.end(first)
    assert pace.leave(CLOSED, NOW, asking=False) is not None


def test_a_refused_login_stops_everything_but_no_gate_opens() -> None:
    news = News(Operation.CREATE, AuthRefused("no"), trips=False, was_probe=False)
    gates = heed(CLOSED, [news], NOW, POLICY, jitter=no_jitter)
    assert not any(gate.is_open for gate in gates.values())
    pace, _ = pace_of()
    assert pace.leave(gates, NOW, asking=False) is None
    assert pace.leave(gates, NOW + 2 * SECOND, asking=False) is not None


def test_a_good_probe_brings_the_others_forward_and_a_bad_one_puts_them_off() -> None:
    later = NOW + 3 * SECOND
    gates = {**open_since(Operation.CREATE), Operation.LOOK_UP: Gate(open_until=later, openings=1)}
    good = heed(
        gates, [News(Operation.CREATE, GOOD, trips=False, was_probe=True)], NOW, POLICY, jitter=no_jitter
    )
    assert may_call(good[Operation.CREATE], NOW)
    assert due_probes(good, NOW) == {Operation.LOOK_UP}
    miss = News(Operation.CREATE, NotSent("refused"), trips=False, was_probe=True)
    bad = heed(gates, [miss], NOW, POLICY, jitter=no_jitter)
    assert bad[Operation.CREATE].open_until == bad[Operation.LOOK_UP].open_until == NOW + 10 * SECOND
    urgent = heed(gates, [miss], NOW, POLICY, jitter=no_jitter, urgent=True)
    assert urgent[Operation.CREATE].open_until == urgent[Operation.LOOK_UP].open_until == NOW + 5 * SECOND


def test_a_probe_that_was_made_or_that_nobody_wanted_is_given_back() -> None:
    taken = {**CLOSED, Operation.CREATE: Gate(open_until=NOW, probe_until=NOW + 30 * SECOND)}
    made = put_back(taken, [Operation.CREATE], NOW, POLICY, made=True)
    unwanted = put_back(taken, [Operation.CREATE], NOW, POLICY, made=False)
    assert due_probes(made, NOW) == {Operation.CREATE}
    assert due_probes(unwanted, NOW + 4 * SECOND) == frozenset()
    assert due_probes(unwanted, NOW + 5 * SECOND) == {Operation.CREATE}


def test_calls_concern_the_gates_only_when_something_is_wrong() -> None:
    well = News(Operation.CREATE, GOOD, trips=False, was_probe=False)
    busy = News(Operation.CREATE, Throttled(None), trips=False, was_probe=False)
    assert not concerns_gates(well, CLOSED)
    assert concerns_gates(well, open_since(Operation.LOOK_UP))
    assert concerns_gates(busy, CLOSED)


def test_a_portal_that_is_back_gets_a_few_dossiers_per_round_and_soon_all() -> None:
    pace, clock = pace_of()
    pace.heard_of(open_since(Operation.PROGRESS), CLOSED)
    sizes = []
    for _ in range(9):
        size = pace.claim_size(UNLIMITED, per_call=50, at_most=50)
        sizes.append(size)
        push(pace, clock, dossiers=size)
    assert sizes[0] == 5
    assert sizes == sorted(sizes)
    assert sizes[-1] == 50


def test_a_portal_that_asks_for_patience_is_begun_with_small_rounds_too() -> None:
    pace, clock = pace_of()
    assert pace.claim_size(UNLIMITED, per_call=50, at_most=50) == 50
    push(pace, clock, Throttled(SECOND), dossiers=50)
    assert pace.claim_size(UNLIMITED, per_call=50, at_most=50) == 5


def test_the_gate_of_look_ups_slows_no_push() -> None:
    pace, _ = pace_of()
    pace.heard_of(open_since(Operation.LOOK_UP), CLOSED)
    assert pace.claim_size(UNLIMITED, per_call=50, at_most=50) == 50
    assert pace.limit.calls > 1


def test_one_dossier_per_call_grows_as_well() -> None:
    pace, clock = pace_of()
    pace.heard_of(open_since(Operation.PROGRESS), CLOSED)
    for _ in range(40):
        pace.note(Operation.PROGRESS, GOOD, seconds=0.05, dossiers=1, retry=False, was_probe=False)
        clock.now += 0.05
    assert pace.claim_size(UNLIMITED, per_call=1, at_most=20) == 20


def test_a_probe_is_one_dossier() -> None:
    pace, _ = pace_of()
    probe = probe_of(frozenset({Operation.CREATE}))
    assert pace.claim_size(probe, per_call=50, at_most=50) == 1


def test_a_small_call_reaches_a_flag_that_a_full_one_does_not() -> None:
    pace, clock = pace_of()
    for dossiers in (1, 50, 2, 40, 1, 50):
        push(pace, clock, dossiers=dossiers)
    assert pace.reach(1) < 3 * SECOND < 8 * SECOND < pace.reach(50)


def test_a_full_call_after_small_ones_is_no_distress() -> None:
    pace, clock = pace_of()
    for dossiers in (1, 3, 5, 10, 1, 5, 10, 20):
        push(pace, clock, dossiers=dossiers)
    before = pace.limit.calls
    push(pace, clock, dossiers=50)
    assert pace.limit.calls == before


def test_look_ups_say_nothing_of_the_time_that_a_push_takes() -> None:
    pace, _ = pace_of()
    pace.note(Operation.LOOK_UP, Found(None), seconds=9.0, dossiers=1, retry=False, was_probe=False)
    assert pace.reach(1) == timedelta()


calls = st.lists(st.tuples(st.integers(1, 500), st.floats(0.001, 60)), min_size=1, max_size=60)


@given(calls, st.integers(1, 500))
def test_no_call_is_expected_to_take_less_than_nothing_and_a_fuller_one_not_less(
    known: list[tuple[int, float]], dossiers: int
) -> None:
    times = CallTime()
    for carried, seconds in known:
        times.learn(carried, seconds)
    assert 0 <= times.expected(dossiers) <= times.expected(dossiers + 1)


@given(st.floats(0.05, 2), st.floats(0.01, 0.5), st.lists(st.integers(1, 50), min_size=20, max_size=40))
def test_fixed_part_and_part_per_dossier_are_told_apart(fixed: float, each: float, sizes: list[int]) -> None:
    times = CallTime()
    for dossiers in [*sizes, 1, 50]:
        times.learn(dossiers, fixed + each * dossiers)
    for dossiers in (1, 25, 50):
        assert abs(times.expected(dossiers) - fixed - each * dossiers) <= 0.2 * (fixed + each * 50)
