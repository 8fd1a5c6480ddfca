"""Announced times at which the portal is closed, by its own clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class MaintenanceWindow:
    begins_at: datetime
    ends_at: datetime
    announce: Literal["seconds", "http_date", "none"] = "http_date"
    """How `Retry-After` tells the end; the page tells it in any case."""


class Maintenance:
    def __init__(self) -> None:
        self.windows: list[MaintenanceWindow] = []

    def at(self, moment: datetime) -> MaintenanceWindow | None:
        """Find the window around a moment; of several, the one that ends last."""
        around = [window for window in self.windows if window.begins_at <= moment < window.ends_at]
        return max(around, key=lambda window: window.ends_at, default=None)
