"""The working time of offices laid end to end, so that an hour of work can be added with a look-up."""

from bisect import bisect_right
from datetime import date, datetime, time, timedelta
from itertools import accumulate

from services.core.domain.deadline import STANDARD_HOURS, VIETNAM, WorkingCalendar
from services.core.domain.deadline.working_time import WorkingTime

MINUTES_PER_WORKING_DAY = 480


class Opening:
    """Opening hours between two days as one axis of working minutes.

    Same counting as `domain.deadline` for offices with standard hours, a hundred times quicker.
    """

    def __init__(self, first: date, last: date) -> None:
        clock = WorkingTime(WorkingCalendar(), STANDARD_HOURS)
        self._opens: list[float] = []
        lengths: list[int] = [0]
        self.days: list[float] = []
        for n in range((last - first).days + 1):
            day = first + timedelta(days=n)
            midnight = datetime.combine(day, time.min, tzinfo=VIETNAM).timestamp()
            periods = clock.periods_on(day)
            if periods:
                self.days.append(midnight)
            for period in periods:
                self._opens.append(midnight + period.start * 60)
                lengths.append(period.end - period.start)
        self._until = list(accumulate(lengths))

    def minutes_until(self, moment: float) -> float:
        """Count the working minutes from the beginning to a moment."""
        index = bisect_right(self._opens, moment) - 1
        if index < 0:
            return 0.0
        open_for = (moment - self._opens[index]) / 60
        return self._until[index] + min(open_for, self._until[index + 1] - self._until[index])

    def moment(self, minutes: float) -> float:
        """Give the moment at which so many working minutes have passed; an opening rather than a closing."""
        index = min(bisect_right(self._until, minutes), len(self._opens)) - 1
        return self._opens[index] + (minutes - self._until[index]) * 60
