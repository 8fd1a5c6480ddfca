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
        return self.order["shape"] not in ("answer_lost", "session_expired")


#: Seconds, fault, words; in this order, as far as the working phase has room for them.
_SHAPES: Final[tuple[tuple[float, dict[str, object], str, str], ...]] = (
    (8, {"shape": "hang"}, "Cổng treo, không trả lời", "portal hangs"),
    (
        12,
        {"shape": "answer_lost", "probability": 0.3, "seed": 7},
        "Cổng nhận nhưng mất câu trả lời",
        "portal stores, answers get lost",
    ),
    (6, {"shape": "html", "status": 502}, "Cổng trả trang HTML báo bảo trì", "portal answers with HTML"),
    (6, {"shape": "cut_body"}, "Câu trả lời bị cắt giữa chừng", "answers are cut off"),
    (6, {"shape": "session_expired", "first_n": 3}, "Cổng hủy phiên đăng nhập", "portal drops sessions"),
)
#: The longest outage lies around a full minute, because promised times are full minutes: dossiers that are
#: finished in it and due in it are the ones that nobody can save.
_LONG_BEFORE: Final = timedelta(seconds=12)
_LONG_AFTER: Final = timedelta(seconds=6)
_APART: Final = timedelta(seconds=6)


def forecast(start: datetime, end: datetime, *, unlucky_minute: datetime) -> list[Storm]:
    """Lay storms over the working phase, with time between them to catch up."""
    long_outage = Storm(
        unlucky_minute - _LONG_BEFORE,
        unlucky_minute + _LONG_AFTER,
        {"shape": "down", "manner": "close"},
        "Cổng ngừng lâu, trùng giờ hẹn trả",
        "a long outage, across a promised minute",
    )
    storms = [long_outage]
    begins_at = start + _APART
    for lasts, order, vi, en in _SHAPES:
        ends_at = begins_at + timedelta(seconds=lasts)
        if begins_at < long_outage.ends_at + _APART and long_outage.begins_at < ends_at + _APART:
            begins_at = long_outage.ends_at + _APART
            ends_at = begins_at + timedelta(seconds=lasts)
        if ends_at < end:
            storms.append(Storm(begins_at, ends_at, order, vi, en))
        begins_at = ends_at + _APART
    return sorted(storms, key=lambda storm: storm.begins_at)


def nobody_can_save(storms: Sequence[Storm], *, finished_at: datetime, due_at: datetime) -> bool:
    """Tell whether one outage reaches from before the finish until after the due time."""
    return any(
        storm.is_outage() and storm.begins_at <= finished_at <= due_at <= storm.ends_at for storm in storms
    )
