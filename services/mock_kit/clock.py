"""A mock's clock, which a tester may stop, shift and push forward."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum


class ClockMode(StrEnum):
    REAL = "real"
    FROZEN = "frozen"
    OFFSET = "offset"


class MockClock:
    """Whatever the mock reckons follows it; faults and latency follow real time."""

    def __init__(self) -> None:
        self._frozen_at: datetime | None = None
        self._offset = timedelta()

    @property
    def mode(self) -> ClockMode:
        if self._frozen_at is not None:
            return ClockMode.FROZEN
        return ClockMode.OFFSET if self._offset else ClockMode.REAL

    @property
    def offset(self) -> timedelta:
        """How far the clock runs ahead of real time; meaningless while it is frozen."""
        return self._offset

    def now(self) -> datetime:
        if self._frozen_at is not None:
            return self._frozen_at
        return datetime.now(UTC) + self._offset

    def run_real(self) -> None:
        self._frozen_at = None
        self._offset = timedelta()

    def freeze(self, moment: datetime) -> None:
        self._frozen_at = moment.astimezone(UTC)

    def run_from(self, moment: datetime) -> None:
        """Run at real speed from this moment on."""
        self.run_ahead(moment - datetime.now(UTC))

    def run_ahead(self, offset: timedelta) -> None:
        """Run at real speed, `offset` from real time (negative: behind it)."""
        self._frozen_at = None
        self._offset = offset

    def advance(self, step: timedelta) -> None:
        """Move on by `step`; a frozen clock stays frozen at the later time."""
        if self._frozen_at is not None:
            self._frozen_at += step
        else:
            self._offset += step
