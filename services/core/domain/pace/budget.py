"""How much of what is sent may be retries."""

from dataclasses import dataclass
from typing import Final

_FAILED_RETRY: Final = 5.0
_UNANSWERED_RETRY: Final = 10.0
_FIRST_SUCCESS: Final = 1.0


@dataclass(slots=True)
class RetryBudget:
    """Token bucket: a failed retry costs, a first try that succeeds earns (AWS: 500/5/10/1, here 100).

    In the long run at most a fifth of the calls are failed retries. While the bucket is empty, first tries go
    out as always and retries one call per `spacing` seconds, so that nothing waits for ever.
    """

    cap: float = 100.0
    tokens: float = 100.0
    spacing: float = 1.0
    _next_at: float = float("-inf")

    def allows_retry(self, now: float) -> bool:
        """Ask for leave for a call with retries in it; `now` is of any steady clock, in seconds."""
        if self.tokens >= _FAILED_RETRY:
            return True
        if now < self._next_at:
            return False
        self._next_at = now + self.spacing
        return True

    def note(self, *, retry: bool, good: bool, answered: bool) -> None:
        """Take in a call; `retry` if it carried nothing that is sent for the first time."""
        if good:
            change = 0.0 if retry else _FIRST_SUCCESS
        elif retry:
            change = -_FAILED_RETRY if answered else -_UNANSWERED_RETRY
        else:
            change = 0.0
        self.tokens = max(0.0, min(self.cap, self.tokens + change))
