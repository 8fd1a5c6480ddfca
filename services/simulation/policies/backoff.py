"""How long a generic job queue waits between two tries."""

from dataclasses import dataclass
from datetime import timedelta


from services.core.domain.delivery import RetryPolicy


@dataclass(frozen=True, slots=True)
class FourthPower(RetryPolicy):
    """`attempt ** 4` seconds, give or take a tenth: what River and Sidekiq do, for as long as it takes."""

    longest: float = 21_600.0

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """Wait after failed attempt number `attempt` (from 1)."""
        return timedelta(seconds=min(self.longest, attempt**4) * (0.9 + 0.2 * jitter))

    def outage_delay(self, attempt: int, jitter: float) -> timedelta:
        """Wait as after any other failure: each job knows of nothing but itself."""
        return self.delay(attempt, jitter)
