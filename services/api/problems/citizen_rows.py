"""Rows of the table for the citizen's side: records, money, figures."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

_UNFIT: Final = HTTPStatus.UNPROCESSABLE_ENTITY

CITIZENS: Final = {
    "citizen-not-found": Row(
        HTTPStatus.NOT_FOUND,
        Said("Chưa có thông tin công dân", "Citizen not on record"),
        Said(
            "Chưa có hồ sơ hay lượt tra cứu nào về công dân này; hãy hỏi và nhập như lần đầu.",
            "No dossier and no look-up has told of this citizen yet; ask and enter as for the first time.",
        ),
    ),
    "agent-not-wanted": Row(
        _UNFIT,
        Said("Không cần người nộp thay", "No agent wanted"),
        Said(
            "Công dân tự nộp (filing_mode = self) thì bỏ agent; có người nộp thay thì gửi on_behalf.",
            "Who files for themselves (filing_mode = self) has no agent; with one, send on_behalf.",
        ),
    ),
    "agent-needed": Row(
        _UNFIT,
        Said("Thiếu người nộp thay", "Agent needed"),
        Said(
            "Hồ sơ nộp thay (filing_mode = on_behalf) phải ghi agent: tên người nộp thay và căn cứ (ground); "
            "cán bộ làm hộ thì ground = officer.",
            "A dossier filed on behalf (filing_mode = on_behalf) names its agent with a ground; "
            "where an officer filled it in, ground = officer.",
        ),
    ),
    "nothing-to-pay": Row(
        HTTPStatus.CONFLICT,
        Said("Không còn phí phải nộp", "Nothing to pay"),
        Said("Hồ sơ không có khoản phí, lệ phí nào chưa nộp.", "No fee of this dossier is open."),
    ),
    "account-missing": Row(
        HTTPStatus.CONFLICT,
        Said("Đơn vị chưa có tài khoản thu phí", "No account to pay into"),
        Said(
            "Quản trị chạy `lienthong accounts set` cho đơn vị hoặc cấp trên; tạm thời thu cách khác.",
            "Have `lienthong accounts set` run for the unit or one above it; collect otherwise meanwhile.",
        ),
    ),
    "invalid-account": Row(
        _UNFIT,
        Said("Tài khoản không hợp lệ", "Invalid account"),
        Said(
            "BIN ngân hàng gồm 6 chữ số; số tài khoản gồm 4 đến 19 chữ số hoặc chữ hoa ({fault}).",
            "A BIN has 6 digits, an account number 4 to 19 digits or capital letters ({fault}).",
        ),
    ),
    "period-reversed": Row(
        _UNFIT,
        Said("Khoảng thời gian bị ngược", "Period reversed"),
        Said(
            "Ngày cuối phải không trước ngày đầu.",
            "The last day lies before the first.",
        ),
    ),
    "grouping-not-kept": Row(
        _UNFIT,
        Said("Không có số liệu theo nhóm này", "Figure not kept by this"),
        Said("Hãy chọn một trong: {groupings}.", "Choose one of: {groupings}."),
    ),
}
