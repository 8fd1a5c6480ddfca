from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from services.core.application.sampling import Sampling
from services.core.domain.dossier import Status
from services.core.domain.outcome import PortalEntry, PortalRecord
from services.core.domain.sighting import ASKED_UNTIL, Sight, pause_after, sight_of

AT = datetime(2026, 3, 10, 16, 30, 5, 250_000, tzinfo=UTC)
ENDING = PortalEntry(AT, Status.FINISHED)
SHOWN = PortalEntry(AT.replace(microsecond=0).astimezone(ZoneInfo("Asia/Ho_Chi_Minh")), Status.FINISHED)


def record(*entries: PortalEntry) -> PortalRecord:
    return PortalRecord("D-1", entries)


def test_an_ending_is_shown_by_its_second_and_status_whatever_else_there_is() -> None:
    started = PortalEntry(AT - timedelta(hours=1), Status.IN_PROCESS)
    assert sight_of(record(started, SHOWN), ENDING) is Sight.SHOWN


def test_another_status_or_another_second_is_not_the_ending() -> None:
    for other in (
        PortalEntry(SHOWN.at, Status.RETURNED),
        PortalEntry(SHOWN.at - timedelta(seconds=1), Status.FINISHED),
    ):
        assert sight_of(record(other), ENDING) is Sight.NOT_YET
    assert sight_of(None, ENDING) is Sight.NOT_YET


def test_a_portal_without_histories_tells_nothing() -> None:
    assert sight_of(PortalRecord("D-1", None), ENDING) is Sight.UNTELLABLE


@given(st.integers(1, 10))
def test_a_pause_is_at_most_about_as_long_as_all_before_it(questions: int) -> None:
    pauses = [pause_after(n, waited=timedelta()) for n in range(1, questions + 1)]
    assert all(pauses)
    *before, last = cast("list[timedelta]", pauses)
    assert last <= sum(before, timedelta(seconds=2))


def test_after_three_days_nobody_asks_any_more_and_until_then_every_hour() -> None:
    assert pause_after(50, waited=ASKED_UNTIL - timedelta(minutes=1)) == timedelta(hours=1)
    assert pause_after(50, waited=ASKED_UNTIL) is None


def accepted(number: int) -> list[Any]:
    return [SimpleNamespace(place=place) for place in range(number)]


def test_a_sample_takes_one_of_many_and_then_rests() -> None:
    sampling = Sampling(lambda: 0.99, every_seconds=60)
    assert sampling.choose([]) is None
    chosen = cast("Any", sampling.choose(accepted(40)))
    assert chosen.place == 39
    assert sampling.choose(accepted(40)) is None


def test_whoever_is_alone_is_chosen_again_and_again_without_a_rest() -> None:
    sampling = Sampling(lambda: 0.5, every_seconds=0)
    assert all(sampling.choose(accepted(1)) for _ in range(3))
