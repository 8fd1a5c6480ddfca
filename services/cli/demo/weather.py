"""When the demo's portal falls over, and how."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final


@dataclass(frozen=True, slots=True)
class Storm:
    """A fault order for the mock portal's control, and its words for the screen."""

    begins_at: datetime
    ends_at: datetime
    order: dict[str, object]
    vi: str
    en: str

    @property
    def seconds(self) -> float:
        return (self.ends_at - self.begins_at).total_seconds()

    def is_outage(self) -> bool:
        """Tell whether no call at all gets through meanwhile."""
        return self.order.get("probability", 1.0) == 1.0 and self.order["shape"] != "answer_lost"


_SHAPES: Final[tuple[tuple[float, float, dict[str, object], str, str], ...]] = (
    (4, 8, {"shape": "down"}, "Cổng ngừng hoạt động", "portal is down"),
    (17, 7, {"shape": "hang"}, "Cổng treo, không trả lời", "portal hangs"),
    (
        29,
        12,
        {"shape": "answer_lost", "probability": 0.3, "seed": 7},
        "Cổng nhận nhưng mất câu trả lời",
        "portal stores, answers get lost",
    ),
    (70, 6, {"shape": "html", "status": 502}, "Cổng trả trang HTML báo bảo trì", "portal answers with HTML"),
    (80, 6, {"shape": "cut_body"}, "Câu trả lời bị cắt giữa chừng", "answers are cut off"),
)
#: The longest outage lies around a full minute, because promised times are full minutes: dossiers that are
#: finished in it and due in it are the ones that nobody can save.
_LONG_BEFORE: Final = timedelta(seconds=12)
_LONG_AFTER: Final = timedelta(seconds=6)
_APART: Final = timedelta(seconds=3)


def forecast(start: datetime, *, unlucky_minute: datetime, stretch: float) -> list[Storm]:
    """Lay storms over the working phase; those that would touch the long outage give way to it.

    `stretch` scales the times of the others with the length of the phase.
    """
    long_outage = Storm(
        unlucky_minute - _LONG_BEFORE,
        unlucky_minute + _LONG_AFTER,
        {"shape": "down", "manner": "close"},
        "Cổng ngừng lâu, trùng giờ hẹn trả",
        "a long outage, across a promised minute",
    )
    storms = [long_outage]
    for begins, lasts, order, vi, en in _SHAPES:
        begins_at = start + timedelta(seconds=begins * stretch)
        storm = Storm(begins_at, begins_at + timedelta(seconds=lasts), order, vi, en)
        if _apart(storm, long_outage):
            storms.append(storm)
    return sorted(storms, key=lambda storm: storm.begins_at)


def _apart(one: Storm, other: Storm) -> bool:
    return one.ends_at + _APART < other.begins_at or other.ends_at + _APART < one.begins_at


def nobody_can_save(storms: Sequence[Storm], *, finished_at: datetime, due_at: datetime) -> bool:
    """Tell whether one outage reaches from before the finish until after the due time."""
    return any(s.is_outage() and s.begins_at <= finished_at and due_at < s.ends_at for s in storms)
