"""The sum over the whole suite; its name puts it last."""

from typing import Final

import pytest

from tests.fault.score import Score
from tests.fault.test_worker_kills import KILLS_PER_POINT, POINTS

KILLS: Final = 500
LOST_ANSWERS: Final = 10_000
#: The tests that these sums come from.
SOURCES: Final = {
    "test_a_worker_killed_at_every_point_loses_and_doubles_nothing",
    "test_workers_killed_at_random_lose_and_double_nothing",
    "test_an_api_killed_at_every_point_loses_nothing_that_it_acknowledged",
    "test_an_api_killed_at_random_loses_nothing_that_it_acknowledged",
    "test_postgresql_killed_costs_503_in_two_seconds_and_nothing_acknowledged",
    "test_valkey_killed_again_and_again_loses_and_doubles_nothing",
    "test_ten_thousand_lost_answers_double_nothing",
}


@pytest.mark.fault
def test_in_all_nothing_was_lost_and_nothing_doubled(score: Score, request: pytest.FixtureRequest) -> None:
    ran = {item.name for item in request.session.items}
    if missing := SOURCES - ran:
        pytest.skip(f"a part of the suite runs, without {', '.join(sorted(missing))}")
    summary = score.summary()
    assert summary["kills"] >= KILLS
    assert set(summary["kills_by_part"]) == {"worker", "api", "postgresql", "valkey"}
    assert all(summary["kills_by_crash_point"][point] >= KILLS_PER_POINT for point in POINTS)
    assert summary["answers_lost"] >= LOST_ANSWERS
    assert (summary["lost"], summary["duplicates"], summary["violations"]) == (0, 0, {})
