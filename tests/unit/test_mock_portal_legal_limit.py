from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from services.mock_portal.legal_limit import LegalLimit, LimitUnit


@pytest.mark.parametrize(
    ("value", "unit", "start", "due"),
    [
        (72, "hour", "2026-01-05 08:00", "2026-01-08 08:00"),
        (10, "calendar_day", "2026-01-05 08:00", "2026-01-15 08:00"),
        (3, "working_day", "2026-01-08 10:30", "2026-01-13 10:30"),
        (1, "working_day", "2026-01-10 09:00", "2026-01-12 09:00"),
        (0, "working_day", "2026-01-05 08:00", "2026-01-05 08:00"),
        (1, "month", "2026-01-31 08:00", "2026-02-28 08:00"),
        (14, "month", "2026-11-15 08:00", "2028-01-15 08:00"),
        (1, "same_day", "2026-01-05 08:00", "2026-01-05 23:59:59"),
    ],
)
def test_limit_reaches_to_the_moment_counted_by_hand(value: int, unit: str, start: str, due: str) -> None:
    hanoi = ZoneInfo("Asia/Ho_Chi_Minh")

    reached = LegalLimit(value, LimitUnit(unit)).due_from(datetime.fromisoformat(start).replace(tzinfo=hanoi))

    assert reached == datetime.fromisoformat(due).replace(tzinfo=hanoi)
