"""Which accepted dossiers the portal is asked about: now and then one, so that a sample stays small."""

import time
from collections.abc import Callable, Sequence

from services.core.domain.sighting import CHOSEN_EVERY_SECONDS
from services.core.persistence.deliveries import Settled


class Sampling:
    """Shared by the rounds of one process. `jitter` gives uniform numbers in [0, 1)."""

    def __init__(self, jitter: Callable[[], float], *, every_seconds: float = CHOSEN_EVERY_SECONDS) -> None:
        self._jitter = jitter
        self._every_seconds = every_seconds
        self._next_at = float("-inf")

    def choose(self, accepted: Sequence[Settled]) -> Settled | None:
        """Choose one, each with the same chance; `None` until `every_seconds` have passed since the last."""
        now = time.monotonic()
        if not accepted or now < self._next_at:
            return None
        self._next_at = now + self._every_seconds
        return accepted[int(self._jitter() * len(accepted))]
