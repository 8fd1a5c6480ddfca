"""What a desk system is asked to bring to the portal, as it is told to the system's driver."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

VIETNAM: Final = ZoneInfo("Asia/Ho_Chi_Minh")
#: The only procedure of the portal of the report, with the code that it gives its only field.
KNOWN_PROCEDURE: Final = ("1.001193", "Thủ tục đăng ký khai sinh", "LV0001", "Hộ tịch")
#: Real, and in most systems' catalogues, but not in that of the portal of the report.
REFUSED_PROCEDURE: Final = ("1.000656", "Thủ tục đăng ký khai tử", "LV0001", "Hộ tịch")
UNIT_CODE: Final = "H44.101"
_HOURS_BETWEEN_STEPS: Final = 1
_TEXTS: Final = {
    2: "Tiếp nhận hồ sơ",
    4: "Chuyển xử lý",
    5: "Yêu cầu bổ sung giấy tờ",
    9: "Đã có kết quả",
    10: "Đã trả kết quả",
}


@dataclass(frozen=True, slots=True)
class Step:
    """A line of the history; `occurred_at` is aware and to the second."""

    status: int
    occurred_at: datetime

    def document(self) -> dict[str, Any]:
        return {
            "status": self.status,
            "occurred_at": self.occurred_at.isoformat(),
            "officer": "Cán bộ Một cửa",
            "text": _TEXTS[self.status],
        }


@dataclass(frozen=True, slots=True)
class Task:
    """A dossier with all the steps that the desk has recorded so far."""

    code: str
    steps: tuple[Step, ...]
    procedure: tuple[str, str, str, str] = KNOWN_PROCEDURE

    @property
    def statuses(self) -> list[int]:
        return [step.status for step in self.steps]

    def shortened(self, steps: int) -> "Task":
        """Give the dossier as it was after so many steps."""
        return Task(self.code, self.steps[:steps], self.procedure)

    def document(self) -> dict[str, Any]:
        code, name, field_code, field_name = self.procedure
        return {
            "code": self.code,
            "procedure_code": code,
            "procedure_name": name,
            "field_code": field_code,
            "field_name": field_name,
            "unit_code": UNIT_CODE,
            "unit_name": "Ủy ban nhân dân xã Giả Lập",
            "applicant_name": "Nguyễn Giả Lập An",
            "summary": name,
            "due_at": (self.steps[0].occurred_at + timedelta(days=30)).isoformat(),
            "history": [step.document() for step in self.steps],
        }


class TaskBook:
    """Writes tasks with numbers of their own, whose last step lies a quarter of an hour back."""

    def __init__(self, now: datetime) -> None:
        self._end = now.astimezone(VIETNAM).replace(microsecond=0) - timedelta(minutes=15)
        self._number = 0

    def task(self, *statuses: int, procedure: tuple[str, str, str, str] = KNOWN_PROCEDURE) -> Task:
        self._number += 1
        code = f"{UNIT_CODE}-{self._end:%y%m%d}-{self._number:04d}"
        hours = timedelta(hours=_HOURS_BETWEEN_STEPS)
        first = self._end - hours * (len(statuses) - 1)
        steps = (Step(status, first + hours * place) for place, status in enumerate(statuses))
        return Task(code, tuple(steps), procedure)
