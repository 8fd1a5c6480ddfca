"""How facts of a refusal read in a sentence."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from services.api.problems.language import Language, Said
from services.core.domain.deadline import VIETNAM
from services.core.domain.dossier import Status

#: The portal's own words, and ours.
STATUS_NAMES: Final[Mapping[Status, Said]] = MappingProxyType(
    {
        Status.REGISTERED: Said("mới đăng ký", "registered"),
        Status.RECEIVED: Said("được tiếp nhận", "received"),
        Status.REFUSED: Said("không được tiếp nhận", "refused"),
        Status.IN_PROCESS: Said("đang xử lý", "in process"),
        Status.SUPPLEMENT_REQUESTED: Said("yêu cầu bổ sung", "supplement requested"),
        Status.PAYMENT_REQUESTED: Said("yêu cầu thực hiện nghĩa vụ tài chính", "payment requested"),
        Status.WITHDRAWN: Said("công dân rút hồ sơ", "withdrawn"),
        Status.STOPPED: Said("dừng xử lý", "stopped"),
        Status.FINISHED: Said("đã xử lý xong", "finished"),
        Status.RETURNED: Said("đã trả kết quả", "returned"),
    }
)

_NONE: Final = Said("không có", "none")

#: Facts that are statuses, as the domain gives them.
_STATUSES: Final = frozenset({"present", "wanted", "allowed"})


def shown(facts: Mapping[str, object], language: Language) -> dict[str, str]:
    """Turn facts into words: statuses by name, instants by the clock on the wall."""
    return {name: _words(name, value, language) for name, value in facts.items()}


def _words(name: str, value: object, language: Language) -> str:
    match value:
        case None | [] | ():
            return _NONE.in_(language)
        case list() | tuple():
            return ", ".join(_words(name, item, language) for item in value)
        case bool():
            return str(value).lower()
        case int() if name in _STATUSES:
            status = Status(value)
            return f"{value} ({STATUS_NAMES[status].in_(language)})"
        case str():
            return _local_time(value) or value
        case _:
            return str(value)


def _local_time(text: str) -> str | None:
    """Read an instant as the domain writes it; a day, or any other text, is none."""
    if "T" not in text:
        return None
    try:
        instant = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if instant.tzinfo is None else instant.astimezone(VIETNAM).strftime("%H:%M %d/%m/%Y")
