"""Rows of the table for look-ups in the population database."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

_HOUR: Final = 3_600

LOOKUPS: Final = {
    "lookup-needed": Row(
        HTTPStatus.CONFLICT,
        Said("Chưa xác thực người nộp", "Applicant not verified"),
        Said(
            "Đơn vị chỉ tiếp nhận hồ sơ có người nộp đã xác thực với CSDL dân cư (hiện: {result}). Hãy đăng"
            " ký hồ sơ (received = false), chờ vài giây để hệ thống tra cứu, đối chiếu nếu không khớp, rồi"
            " tiếp nhận.",
            "The unit receives only dossiers whose applicant is verified with the population database (now:"
            " {result}). Register it (received = false), wait some seconds for the look-up, settle what does"
            " not fit, then receive it.",
        ),
    ),
    "lookup-not-found": Row(
        HTTPStatus.NOT_FOUND,
        Said("Không tìm thấy lượt tra cứu", "Look-up not found"),
        Said("Không có lượt tra cứu này trong phạm vi của bạn.", "There is no such look-up within yours."),
    ),
    "lookup-not-needed": Row(
        HTTPStatus.CONFLICT,
        Said("Hồ sơ không cần tra cứu", "No look-up needed"),
        Said(
            "Hồ sơ không có công dân với số định danh, đã kết thúc khi nhập, hoặc thủ tục không cần tra cứu.",
            "It has no citizen with a number, was over when it came, or its procedure needs no look-up.",
        ),
    ),
    "lookup-account-missing": Row(
        HTTPStatus.CONFLICT,
        Said("Chưa có tài khoản tra cứu", "No account to look up with"),
        Said(
            "Mỗi lượt tra cứu phải có số định danh của cán bộ. Quản trị hệ thống thêm bằng: lienthong lookups"
            " account set.",
            "Every look-up needs an officer's own number. Operations add it: lienthong lookups account set.",
        ),
    ),
    "lookup-account-not-found": Row(
        HTTPStatus.NOT_FOUND,
        Said("Không có tài khoản tra cứu này", "No such account"),
        Said("Đơn vị {unit} không có tài khoản tra cứu như vậy.", "Unit {unit} has no such look-up account."),
    ),
    "lookup-budget-spent": Row(
        HTTPStatus.TOO_MANY_REQUESTS,
        Said("Hết lượt tra cứu thủ công", "Too many look-ups by hand"),
        Said(
            "Trong 24 giờ, {whose} chỉ được tra cứu thủ công {limit} lượt (officer: cán bộ, unit: đơn vị)."
            " Việc vượt mức đã được ghi nhận. Tra cứu tự động không bị giới hạn.",
            "In 24 hours the {whose} may look up {limit} times by hand. That more was tried is on record."
            " Look-ups by themselves are not limited.",
        ),
        retry_after=_HOUR,
    ),
    "fields-needed": Row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Said("Thiếu thông tin tra cứu", "More is needed to look up"),
        Said(
            "Hãy nêu hồ sơ (dossier); hoặc người (person) cùng đơn vị (unit_code) và lý do (reason).",
            "Name a dossier; or a person with the unit_code that asks and the reason.",
        ),
    ),
}
