"""Rows of the table for decisions about parked dossiers."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

PARKED: Final = {
    "filter-needed": Row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Said("Chưa chọn hồ sơ", "Nothing selected"),
        Said(
            "Hãy chọn hồ sơ, nguyên nhân, nhóm, thủ tục, đơn vị hoặc thời gian; muốn tất cả thì ghi rõ all.",
            "Select by dossier, cause, group, procedure, unit or time; to mean all of them, say so (all).",
        ),
    ),
    "reason-needed": Row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Said("Thiếu lý do", "Reason needed"),
        Said("Hãy ghi vì sao không gửi hồ sơ nữa.", "Say why the dossiers are not sent any more."),
    ),
    "not-parked": Row(
        HTTPStatus.CONFLICT,
        Said("Hồ sơ không chờ cán bộ xử lý", "Dossier is not parked"),
        Said(
            "Hồ sơ này đang được gửi, đã đồng bộ hoặc đã đóng; không có gì để gửi lại hay đóng.",
            "It is on its way, synced, or closed; there is nothing to replay or close.",
        ),
    ),
}
