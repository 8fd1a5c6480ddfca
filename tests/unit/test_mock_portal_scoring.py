"""Index 766: the portal's captured answers for one province (quarter 3 of 2026) come out of the formulas."""

import pytest

from services.mock_portal.evaluation.indicators import total_of
from services.mock_portal.evaluation.scoring import (
    Share,
    lower_unit_online_score,
    metric,
    online_score,
    payment_score,
    progress_score,
    rounded,
)

ALL = 464_494


@pytest.mark.parametrize(
    ("share", "maximum", "target", "ratio", "score"),
    [
        (Share(87, 89), 2, 1.0, 97.75, 1.96),
        (Share(334_358, ALL), 6, 1.0, 71.98, 4.32),
        (Share(83_994, ALL), 4, 1.0, 18.08, 0.72),
        (Share(64_382, ALL), 2, 0.80, 13.86, 0.35),
        (Share(192_191, ALL), 2, 1.0, 41.38, 0.83),
        (Share(342, 1300), 2, 1.0, 26.31, 0.53),
        (Share(402_886, ALL), 6, 0.90, 86.74, 5.78),
        (Share(601, 847), 6, 0.90, 70.96, 4.73),
        (Share(29_359, 121_543), 4, 1.0, 24.16, 0.97),
    ],
)
def test_captured_indicators_come_out(
    share: Share, maximum: float, target: float, ratio: float, score: float
) -> None:
    shown = metric("X", "x", share, maximum, target=target)

    assert (shown.ratio, shown.score) == (ratio, score)


@pytest.mark.parametrize(
    ("on_time", "received", "score"), [(403_016, ALL, 17.35), (603, 847, 14.24), (2, 4, 10), (0, 0, 0)]
)
def test_progress_is_twenty_times_the_share_on_time(on_time: int, received: int, score: float) -> None:
    assert progress_score(Share(on_time, received)) == score


def test_online_services_of_a_province_and_of_one_procedure_come_out() -> None:
    offered, filed = Share(52, 89), Share(435_258, 440_558)

    assert online_score(offered=offered, used=Share(449, 1884), filed=filed) == 8.41
    assert online_score(offered=offered, used=Share(1, 1), filed=Share(120_684, 120_714)) == 11.46
    assert lower_unit_online_score(Share(1, 1)) == 10


def test_payment_comes_out_with_and_without_a_procedure() -> None:
    procedures = {"procedures_paid": Share(115, 311), "procedures_synced": Share(66, 311)}

    assert payment_score(paid=Share(233_203, 268_066), **procedures) == 6.67
    assert payment_score(paid=Share(107_396, 121_543), **procedures) == 6.75


def test_nothing_to_count_is_null_or_what_the_indicator_says() -> None:
    nothing = Share(0, 0)

    assert metric("X", "x", nothing, 6).score is None
    assert metric("X", "x", nothing, 6).ratio is None
    assert metric("X", "x", nothing, 6, when_none=6).score == 6
    assert payment_score(paid=nothing, procedures_paid=nothing, procedures_synced=nothing) == 0


def test_a_null_score_counts_nothing_and_keeps_its_maximum() -> None:
    metrics = [metric("A", "a", Share(0, 0), 6), metric("B", "b", Share(1, 2), 4)]

    assert total_of(metrics) == {"totalScore": 2.0, "totalMaxScore": 10, "ratio": 20.0}


@pytest.mark.parametrize(("number", "shown"), [(0.125, 0.13), (2.675, 2.68), (1.005, 1.01), (0.0, 0.0)])
def test_halves_go_up(number: float, shown: float) -> None:
    assert rounded(number) == shown
