"""Which of the waiting dossiers go first."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.order import ALONE_AFTER_CRASHES, BAND, Waiting, choose, claim_size, time_to_save

NOW = datetime(2026, 3, 2, 3, 0, tzinfo=UTC)


def due(key: int, minutes: float | None, *, unit: int = 1, crashes: int = 0) -> Waiting[int]:
    flagged_at = None if minutes is None else NOW + timedelta(minutes=minutes)
    return Waiting(key, unit, flagged_at, crashes)


def running(key: int, minutes: float) -> Waiting[int]:
    return Waiting(key, 1, NOW + timedelta(minutes=minutes), averts=False)


def keys(chosen: list[Waiting[int]]) -> list[int]:
    return [one.key for one in chosen]


waitings = st.lists(
    st.builds(
        due,
        st.integers(),
        st.none() | st.floats(-600, 600),
        unit=st.integers(1, 4),
        crashes=st.integers(0, 1),
    ),
    unique_by=lambda one: one.key,
    max_size=40,
)


def test_what_can_still_be_saved_goes_by_its_flag() -> None:
    waiting = [due(1, 300), due(2, 20), due(3, 100)]
    assert keys(choose(waiting, size=2, now=NOW, chance=0)) == [2, 3]


def test_the_flagged_get_a_twentieth_while_others_can_be_saved() -> None:
    waiting = [due(n, -n - 1) for n in range(20)] + [due(100 + n, 60 + n * 6) for n in range(40)]
    chosen = keys(choose(waiting, size=20, now=NOW, chance=0))
    assert chosen == [19, *range(100, 119)]


def test_chance_gives_the_flagged_their_share_of_small_claims() -> None:
    waiting = [due(1, -5), due(2, 60)]
    assert keys(choose(waiting, size=1, now=NOW, chance=0.94)) == [2]
    assert keys(choose(waiting, size=1, now=NOW, chance=0.96)) == [1]


def test_an_ending_goes_before_a_more_urgent_dossier_that_still_runs() -> None:
    waiting = [running(1, 20), due(2, 300), due(3, -5), due(4, None)]
    assert keys(choose(waiting, size=4, now=NOW, chance=0)) == [2, 1, 3, 4]


def test_a_claim_carries_more_than_a_call_only_while_calls_are_quick() -> None:
    assert claim_size(per_call=1, at_most=20, call_seconds=0.05) == 20
    assert claim_size(per_call=1, at_most=20, call_seconds=0.5) == 5
    assert claim_size(per_call=1, at_most=20, call_seconds=30) == 1
    assert claim_size(per_call=50, at_most=50, call_seconds=30) == 50


def test_a_claim_of_unknown_speed_is_one_call() -> None:
    assert claim_size(per_call=3, at_most=20, call_seconds=0) == 3


def test_an_ending_has_to_wait_for_its_body() -> None:
    assert time_to_save(10) == timedelta(seconds=20)


def test_the_flagged_get_all_that_is_left() -> None:
    waiting = [due(n, -n - 1) for n in range(20)] + [due(100, 60)]
    assert keys(choose(waiting, size=10, now=NOW, chance=0)) == [100, *range(19, 10, -1)]


def test_a_flag_that_falls_before_the_answer_can_come_is_not_worth_the_haste() -> None:
    waiting = [due(1, 0.05), due(2, 10)]
    assert keys(choose(waiting, size=1, now=NOW, chance=0, reach=timedelta(seconds=5))) == [2]


def test_units_take_turns_among_dossiers_of_one_urgency() -> None:
    crowd = [due(n, 61) for n in range(100)]
    others = [due(200 + n, 63, unit=2) for n in range(3)]
    chosen = choose(crowd + others, size=6, now=NOW, chance=0)
    assert Counter(one.unit_id for one in chosen) == {1: 3, 2: 3}


def test_turns_never_hold_up_what_is_more_urgent() -> None:
    crowd = [due(n, 31) for n in range(10)]
    later = [due(200, 31 + BAND / timedelta(minutes=1) + 5, unit=2)]
    assert keys(choose(crowd + later, size=10, now=NOW, chance=0)) == list(range(10))


def test_a_dossier_with_which_workers_died_goes_alone_when_its_turn_has_come() -> None:
    suspect = due(1, 10, crashes=ALONE_AFTER_CRASHES)
    assert keys(choose([due(2, 20), suspect, due(3, 30)], size=5, now=NOW, chance=0)) == [1]
    assert keys(choose([due(2, 20), due(3, 30), due(1, 90, crashes=2)], size=5, now=NOW, chance=0)) == [2, 3]


@given(waitings, st.integers(1, 20), st.floats(0, 0.99))
def test_a_claim_is_full_if_it_can_be_and_takes_nothing_twice(
    waiting: list[Waiting[int]], size: int, chance: float
) -> None:
    chosen = choose(waiting, size=size, now=NOW, chance=chance)
    assert len(chosen) == min(size, len(waiting))
    assert len(set(keys(chosen))) == len(chosen)
    assert set(chosen) <= set(waiting)


@given(waitings, st.integers(1, 20), st.floats(0, 0.99))
def test_nobody_is_passed_over_for_one_of_a_later_band(
    waiting: list[Waiting[int]], size: int, chance: float
) -> None:
    chosen = set(choose(waiting, size=size, now=NOW, chance=chance))
    left = [w.flagged_at for w in waiting if w not in chosen and w.flagged_at and w.flagged_at > NOW]
    taken = [w.flagged_at for w in chosen if w.flagged_at and w.flagged_at > NOW]
    if left and taken:
        assert min(left) > max(taken) - BAND
