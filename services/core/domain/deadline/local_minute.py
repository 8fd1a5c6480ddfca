"""A minute on a Vietnamese wall clock, the unit in which opening hours and due times are counted."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final, NamedTuple
from zoneinfo import ZoneInfo

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")

MINUTES_PER_DAY: Final = 24 * 60


class LocalMinute(NamedTuple):
    """Orders by time. `minute` counts from midnight; 1440 is the end of `day`, which a closing may be."""

    day: date
    minute: int

    @classmethod
    def of(cls, instant: datetime) -> "LocalMinute":
        """Drop the seconds: what happens within the closing minute is still in time.

        Raises `ValueError` for a naive time, which would silently be read in the server's zone.
        """
        if instant.tzinfo is None:
            raise ValueError("a time without zone has no place on the wall clock")
        local = instant.astimezone(VIETNAM)
        return cls(local.date(), local.hour * 60 + local.minute)

    def to_utc(self) -> datetime:
        # Vietnam has not moved its clocks since 1975, so minutes since midnight are wall-clock minutes.
        midnight = datetime.combine(self.day, time.min, VIETNAM)
        return (midnight + timedelta(minutes=self.minute)).astimezone(UTC)
