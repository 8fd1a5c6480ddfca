from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.false_late import Outage
from services.core.domain.promptness import PROMISED_LAG, PortalThen, portal_during
from services.core.telemetry.metric_names import deliveries

NINE = datetime(2026, 3, 2, 2, 0, tzinfo=UTC)
minutes = st.integers(-60, 60)


def at(minute: float) -> datetime:
    return NINE + timedelta(minutes=minute)


def outage(began: float, ended: float | None) -> Outage:
    """Give one that began with a good call, so that nothing of it went unseen."""
    return Outage(
        last_success_at=at(began), began_at=at(began), ended_at=None if ended is None else at(ended)
    )


@pytest.mark.parametrize(
    ("began", "ended", "then"),
    [
        (-9, -1, PortalThen.UP),
        (-9, 0, PortalThen.UP),
        (-9, 1, PortalThen.DOWN),
        (-9, None, PortalThen.DOWN),
        (2, 3, PortalThen.DOWN),
        (5, 9, PortalThen.UP),
        (6, None, PortalThen.UP),
    ],
)
def test_the_portal_was_down_if_an_outage_fell_into_the_promised_minutes(
    began: float, ended: float | None, then: PortalThen
) -> None:
    assert portal_during(NINE, [outage(began, ended)]) is then
    assert portal_during(NINE, [outage(-50, -40), outage(began, ended)]) is then


def test_without_an_outage_the_portal_was_up() -> None:
    assert portal_during(NINE, []) is PortalThen.UP


@given(began=minutes, lasted=st.integers(1, 60), start=minutes, waited=st.integers(1, 60))
def test_an_outage_touches_exactly_the_times_of_which_some_minute_lies_in_it(
    began: int, lasted: int, start: int, waited: int
) -> None:
    shared = set(range(began, began + lasted)) & set(range(start, start + waited))

    assert outage(began, began + lasted).touches(at(start), at(start + waited)) is bool(shared)


def test_the_promise_is_a_bound_of_the_histogram() -> None:
    assert PROMISED_LAG.total_seconds() in deliveries.SYNC_LAG.buckets
