"""What the portal lets in, with time as a number."""

from datetime import UTC, datetime, timedelta

import pytest

from services.mock_portal.capacity import Admission, Capacity, CapacityLimits

START = datetime(2026, 1, 5, 23, 0, tzinfo=UTC)


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 50.0

    def __call__(self) -> float:
        return self.seconds


def capacity(time: FakeTime, limits: CapacityLimits) -> Capacity:
    made = Capacity(time)
    made.set(limits)
    return made


def admit(capacity: Capacity, dossiers: int = 1, moment: datetime = START) -> Admission:
    return capacity.admit(dossiers, lambda: moment)


def test_a_rate_lets_a_second_of_calls_in_at_once_and_then_one_by_one() -> None:
    time = FakeTime()
    taken = capacity(time, CapacityLimits(calls_per_second=4))
    burst = [admit(taken).refused for _ in range(6)]
    time.seconds += 0.25

    assert burst == [False, False, False, False, False, True]
    assert [admit(taken).refused for _ in range(2)] == [False, True]


def test_a_refusal_says_how_long_and_uses_nothing_up() -> None:
    time = FakeTime()
    taken = capacity(time, CapacityLimits(calls_per_second=1))
    admit(taken), admit(taken)

    assert [admit(taken).seconds for _ in range(3)] == pytest.approx([1, 1, 1])


def test_in_a_queue_each_call_waits_longer_than_the_one_before() -> None:
    taken = capacity(FakeTime(), CapacityLimits(calls_per_second=2, when_full="wait"))
    waits = [admit(taken) for _ in range(6)]

    assert not any(wait.refused for wait in waits)
    assert [wait.seconds for wait in waits] == pytest.approx([0, 0, 0, 0.5, 1.0, 1.5])


def test_dossiers_count_by_themselves() -> None:
    time = FakeTime()
    taken = capacity(time, CapacityLimits(dossiers_per_second=100))

    assert not admit(taken, dossiers=500).refused
    assert admit(taken, dossiers=1).seconds == pytest.approx(4)
    time.seconds += 4
    assert not admit(taken, dossiers=1).refused


def test_a_quota_refuses_until_its_window_of_the_portals_clock_ends() -> None:
    taken = capacity(FakeTime(), CapacityLimits(quota_calls=2, quota_seconds=86_400, when_full="wait"))
    admit(taken), admit(taken)
    refused = admit(taken)

    assert (refused.refused, refused.seconds) == (True, 3600)
    assert not admit(taken, moment=START + timedelta(hours=1)).refused
    assert taken.quota_used == 1
