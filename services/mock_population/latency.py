"""How long every answer takes at least."""

import random


class Latency:
    """Evenly spread between two bounds; the draw is seeded."""

    def __init__(self, *, seed: int) -> None:
        self._seed = seed
        self.min_ms = 0
        self.max_ms = 0
        self._random = random.Random(seed)  # noqa: S311 - a repeatable run, not cryptography

    def set_range(self, min_ms: int, max_ms: int) -> None:
        self.min_ms, self.max_ms = min_ms, max_ms
        self._random = random.Random(self._seed)  # noqa: S311 - same reason

    def draw_seconds(self) -> float:
        if self.max_ms == 0:
            return 0.0
        return self._random.uniform(self.min_ms, self.max_ms) / 1000
