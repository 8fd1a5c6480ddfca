"""What officers read about a look-up, and what they can do."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.api.problems import Said
from services.core.domain.lookup import Refusal, Result
from services.core.persistence.look_up_views import LookUpView

_SETTLED: Final[Mapping[Result, Said]] = MappingProxyType(
    {
        Result.MATCH: Said(
            "Đã xác thực với CSDL quốc gia về dân cư.", "Verified with the national population database."
        ),
        Result.NOT_FOUND: Said(
            "Không tìm thấy, hoặc họ tên hay ngày sinh không khớp với số định danh; CSDL không nói vì lý do"
            " nào. Hãy đối chiếu giấy tờ, sửa hồ sơ nếu ghi sai, hoặc tra cứu lại.",
            "Nobody was found, or name or birth do not fit the number; the database does not say which."
            " Compare with the papers, correct the dossier if it is wrong, or look up again.",
        ),
        Result.MISMATCH: Said(
            "CSDL trả về một người khác với người trong hồ sơ nên kết quả bị bỏ. Hãy đối chiếu giấy tờ rồi"
            " tra cứu lại.",
            "The database answered about somebody else, so the answer was dropped. Compare with the papers"
            " and look up again.",
        ),
    }
)

_REFUSED: Final[Mapping[Refusal, Said]] = MappingProxyType(
    {
        Refusal.NO_ACCOUNT: Said(
            "Đơn vị chưa có tài khoản tra cứu. Quản trị hệ thống thêm bằng: lienthong lookups account set.",
            "The unit has no account to look up with. Operations add one: lienthong lookups account set.",
        ),
        Refusal.NO_BIRTH: Said(
            "Số CMND 9 số cần có năm sinh hoặc ngày sinh; hãy bổ sung vào hồ sơ.",
            "An old 9-digit card needs a year or day of birth; add it to the dossier.",
        ),
        Refusal.NO_PERSON: Said(
            "Hồ sơ không nêu công dân nào để tra cứu.", "The dossier names no citizen to look up."
        ),
        Refusal.BY_DATABASE: Said(
            "CSDL từ chối câu hỏi. Hãy kiểm tra tài khoản tra cứu và quyền của đơn vị.",
            "The database turned the question down. Check the account and the rights of the unit.",
        ),
    }
)

_WAITING: Final = Said(
    "Chờ tra cứu; hệ thống tự hỏi, không cần làm gì.", "Waiting; the system asks by itself."
)
_WAITING_AGAIN: Final = Said(
    "CSDL chưa trả lời; hệ thống tự hỏi lại cho đến khi có câu trả lời.",
    "The database has not answered; the system asks again until it does.",
)
_REUSED: Final = Said(
    "Đã xác thực bằng kết quả tra cứu trước đó của chính đơn vị.",
    "Verified by an earlier look-up of the same unit.",
)


def words_of(look_up: LookUpView) -> Said:
    """Say how a look-up stands."""
    if not look_up.is_settled:
        return _WAITING if look_up.result is None else _WAITING_AGAIN
    if look_up.refusal is not None:
        return _REFUSED[look_up.refusal]
    if look_up.reused:
        return _REUSED
    return _SETTLED[look_up.result or Result.NOT_FOUND]
