"""What the portal has accepted and will refuse after all, by its own clock."""

import heapq
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, order=True, slots=True)
class Withdrawal:
    due_at: datetime
    call_number: int
    codes: tuple[str, ...] = field(compare=False)


class Withdrawals:
    def __init__(self) -> None:
        self._pending: list[Withdrawal] = []

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def pending(self) -> list[Withdrawal]:
        return sorted(self._pending)

    @property
    def next_due_at(self) -> datetime | None:
        return self._pending[0].due_at if self._pending else None

    def put(self, withdrawal: Withdrawal) -> None:
        heapq.heappush(self._pending, withdrawal)

    def take_due(self, now: datetime) -> list[Withdrawal]:
        """Remove and give what is due by now, earliest first."""
        due: list[Withdrawal] = []
        while self._pending and self._pending[0].due_at <= now:
            due.append(heapq.heappop(self._pending))
        return due

    def clear(self) -> None:
        self._pending.clear()
