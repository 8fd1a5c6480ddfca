"""How many calls may be under way while the portal answers, and while it does not."""

from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.pace import Pace, PacePolicy

POLICY = PacePolicy(lanes=4, closed_after=2, probe_seconds=2.0)


def closed_at(now: float) -> Pace:
    pace = Pace(POLICY)
    for _ in range(POLICY.closed_after):
        assert pace.may_start(now)
        pace.ended(now, taken=0, turned_away=1)
    assert pace.portal_is_down
    return pace


def test_an_answering_portal_sets_no_limit() -> None:
    pace = Pace(POLICY)
    assert all(pace.may_start(0.0) for _ in range(100))
    assert not pace.portal_is_down


def test_one_missed_round_is_a_hiccup() -> None:
    pace = Pace(POLICY)
    pace.ended(0.0, taken=0, turned_away=3)
    assert not pace.portal_is_down
    pace.ended(1.0, taken=1, turned_away=0)
    pace.ended(2.0, taken=0, turned_away=1)
    assert not pace.portal_is_down


def test_a_round_with_both_is_no_miss() -> None:
    pace = Pace(POLICY)
    for now in range(5):
        pace.ended(float(now), taken=1, turned_away=7)
    assert not pace.portal_is_down


def test_while_it_is_down_one_probe_at_a_time_is_let_by() -> None:
    pace = closed_at(10.0)
    assert not pace.may_start(11.9)
    assert pace.may_start(12.0)
    assert not pace.may_start(12.0)
    pace.ended(15.0, taken=0, turned_away=1)
    assert not pace.may_start(16.9)
    assert pace.may_start(17.0)


def test_one_good_probe_opens_all_lanes() -> None:
    pace = closed_at(0.0)
    assert pace.may_start(2.0)
    pace.ended(2.5, taken=1, turned_away=0)
    assert not pace.portal_is_down
    assert all(pace.may_start(2.5) for _ in range(4))


def test_a_probe_that_found_no_work_gives_its_place_back() -> None:
    pace = closed_at(0.0)
    assert pace.may_start(2.0)
    pace.ended(2.1, taken=0, turned_away=0)
    assert pace.portal_is_down
    assert pace.may_start(2.2)


rounds = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.floats(0, 5)), max_size=40)


@given(rounds)
def test_it_is_down_exactly_after_enough_rounds_without_success(
    told: list[tuple[int, int, float]],
) -> None:
    pace, now, missed = Pace(POLICY), 0.0, 0
    for taken, turned_away, passed in told:
        now += passed
        pace.ended(now, taken=taken, turned_away=turned_away)
        missed = 0 if taken else missed + bool(turned_away)
        assert pace.portal_is_down == (missed >= POLICY.closed_after)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=200))
def test_probes_never_come_closer_than_ordered(steps: list[float]) -> None:
    pace, now = closed_at(0.0), 0.0
    ends = [0.0]
    for step in steps:
        now += step
        if pace.may_start(now):
            assert now - ends[-1] >= POLICY.probe_seconds
            pace.ended(now, taken=0, turned_away=1)
            ends.append(now)
