"""When the portal shows a dossier as late, between one arrival and the next."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.mock_portal.flags import FlagPeriod, HeldState, flag_periods
from services.mock_portal.verdict import Case, Standing, Step, VerdictRules, judge

RULES = VerdictRules()


def at(day: int, hour: int = 0) -> datetime:
    return datetime(2026, 1, day, hour, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))


def held(since: datetime, *steps: tuple[int, datetime], due: datetime | None = None) -> HeldState:
    case = Case(
        received_at=at(5),
        due_at=due or at(9, 17),
        limit=None,
        body_statuses=[2],
        body_ended_at=None,
        steps=[Step(status, moment) for status, moment in steps],
    )
    return HeldState(since, case)


def test_a_dossier_that_waits_past_its_due_time_is_flagged_from_that_time_on() -> None:
    periods = flag_periods([held(at(5))], now=at(12), rules=RULES)

    assert periods == [FlagPeriod(at(9, 17), None)]


def test_a_finish_that_arrives_late_ends_the_flag_when_it_arrives() -> None:
    states = [held(at(5)), held(at(12), (9, at(8)))]

    assert flag_periods(states, now=at(20), rules=RULES) == [FlagPeriod(at(9, 17), at(12))]


def test_a_finish_that_arrives_in_time_leaves_no_flag() -> None:
    states = [held(at(5)), held(at(9, 16), (9, at(8)))]

    assert flag_periods(states, now=at(20), rules=RULES) == []


def test_a_late_finish_keeps_the_flag_of_the_due_time() -> None:
    states = [held(at(5)), held(at(12), (9, at(11)))]

    assert flag_periods(states, now=at(20), rules=RULES) == [FlagPeriod(at(9, 17), None)]


def test_a_second_supplement_request_flags_at_its_arrival() -> None:
    first, second = (5, at(6)), (5, at(7))
    states = [held(at(6, 8), first), held(at(7, 8), first, second)]

    assert flag_periods(states, now=at(8), rules=RULES) == [FlagPeriod(at(7, 8), None)]


def test_a_dossier_first_heard_of_after_its_due_time_is_flagged_at_once() -> None:
    states = [held(at(12)), held(at(12, 1), (9, at(8)))]

    assert flag_periods(states, now=at(20), rules=RULES) == [FlagPeriod(at(12), at(12, 1))]


def test_a_new_due_time_may_end_a_flag_and_a_later_one_begin() -> None:
    states = [held(at(5)), held(at(12), due=at(15)), held(at(18), (9, at(14)), due=at(15))]

    assert flag_periods(states, now=at(20), rules=RULES) == [
        FlagPeriod(at(9, 17), at(12)),
        FlagPeriod(at(15), at(18)),
    ]


MOMENTS = st.integers(min_value=0, max_value=20 * 24).map(lambda hours: at(1) + timedelta(hours=hours))
LOGS = st.lists(st.tuples(st.sampled_from([2, 4, 5, 9, 10]), MOMENTS), max_size=5)


@given(log=LOGS, arrivals=st.lists(MOMENTS, min_size=6, max_size=6).map(sorted), now=MOMENTS)
def test_a_flag_is_open_exactly_when_the_verdict_of_now_is_late(
    log: list[tuple[int, datetime]], arrivals: list[datetime], now: datetime
) -> None:
    now = max(now, arrivals[-1])
    states = [
        held(arrival, *sorted(log[:count], key=lambda step: step[1]))
        for count, arrival in zip(range(len(log) + 1), arrivals, strict=False)
    ]

    periods = flag_periods(states, now=now, rules=RULES)

    late_now = judge(states[-1].case, as_of=now, rules=RULES).standing is Standing.LATE
    assert bool(periods and periods[-1].until is None) == late_now
    assert all(period.until is None or period.since <= period.until for period in periods)
