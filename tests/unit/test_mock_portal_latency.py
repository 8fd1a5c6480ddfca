"""How long answers take in each shape; the draw is seeded and time is a number here."""

from datetime import datetime, timedelta
from statistics import median

import pytest

from services.mock_kit.latency import (
    DailyLatency,
    EvenLatency,
    Latency,
    LatencyShape,
    LognormalLatency,
    RampLatency,
)
from services.mock_kit.moments import HANOI

MIDNIGHT = datetime(2026, 1, 5, tzinfo=HANOI)


class FakeTime:
    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


def latency(shape: LatencyShape | None, time: FakeTime | None = None) -> Latency:
    made = Latency(seed=3, monotonic=time or FakeTime())
    made.set(shape)
    return made


def drawn_ms(latency: Latency, moment: datetime = MIDNIGHT) -> float:
    return latency.draw_seconds(lambda: moment) * 1000


def test_without_a_shape_nothing_waits() -> None:
    assert drawn_ms(latency(None)) == 0


def test_an_even_spread_stays_between_its_bounds_and_repeats_with_its_seed() -> None:
    first, second = latency(EvenLatency(20, 80)), latency(EvenLatency(20, 80))
    drawn = [drawn_ms(first) for _ in range(200)]

    assert drawn == [drawn_ms(second) for _ in range(200)]
    assert 20 <= min(drawn) < 30
    assert 70 < max(drawn) <= 80


def test_a_lognormal_has_its_median_its_tail_and_its_cap() -> None:
    shaped = latency(LognormalLatency(median_ms=100, p95_ms=1000, cap_ms=5000))
    drawn = sorted(drawn_ms(shaped) for _ in range(4000))

    assert median(drawn) == pytest.approx(100, rel=0.1)
    assert drawn[int(len(drawn) * 0.95)] == pytest.approx(1000, rel=0.2)
    assert drawn[-1] == 5000


def test_a_ramp_climbs_in_real_time_and_then_stays() -> None:
    time = FakeTime()
    shaped = latency(RampLatency(from_ms=100, to_ms=300, over_seconds=10), time)
    drawn = []
    for _ in range(4):
        drawn.append(drawn_ms(shaped))
        time.seconds += 5

    assert drawn == pytest.approx([100, 200, 300, 300])


@pytest.mark.parametrize(
    ("hour", "expected_ms"), [(6, 100), (7, 550), (8, 1000), (12, 1000), (18, 700), (0, 400), (3, 250)]
)
def test_a_daily_pattern_runs_in_straight_lines_between_its_points_and_over_midnight(
    hour: int, expected_ms: float
) -> None:
    day = latency(DailyLatency([(6 * 3600, 100), (8 * 3600, 1000), (12 * 3600, 1000)]))

    assert drawn_ms(day, MIDNIGHT + timedelta(hours=hour)) == pytest.approx(expected_ms)


def test_a_daily_pattern_of_one_point_never_changes() -> None:
    day = latency(DailyLatency([(9 * 3600, 70)]))

    assert {drawn_ms(day, MIDNIGHT + timedelta(hours=hour)) for hour in range(24)} == {70}
