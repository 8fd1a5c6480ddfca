"""Rows of the table for refusals of the domain: a dossier's life, its times, its numbers."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

_CONFLICT: Final = HTTPStatus.CONFLICT
_UNFIT: Final = HTTPStatus.UNPROCESSABLE_ENTITY

LIFE: Final = {
    "illegal-transition": Row(
        _CONFLICT,
        Said("Không chuyển được trạng thái", "Status change not allowed"),
        Said(
            "Hồ sơ ở trạng thái {present}, không chuyển sang {wanted} được. Được phép: {allowed}.",
            "The dossier is at {present}; {wanted} cannot follow. Allowed: {allowed}.",
        ),
    ),
    "second-supplement-needs-confirmation": Row(
        _CONFLICT,
        Said("Cần xác nhận yêu cầu bổ sung lần nữa", "A further supplement request needs confirmation"),
        Said(
            "Đã yêu cầu bổ sung {requests} lần. Cổng DVCQG tính quá hạn hồ sơ bị yêu cầu bổ sung hơn một "
            "lần; nếu vẫn cần, gửi second_supplement_confirmed = true.",
            "Supplements were requested {requests} time(s). The national portal counts a dossier with more "
            "than one request as late; to go on, send second_supplement_confirmed = true.",
        ),
    ),
    "entry-out-of-order": Row(
        _UNFIT,
        Said("Thời điểm sai thứ tự", "Time out of order"),
        Said(
            "Bước này không thể xảy ra trước bước liền trước ({previous}).",
            "This step cannot lie before the one that it follows ({previous}).",
        ),
    ),
    "entry-in-the-future": Row(
        _UNFIT,
        Said("Thời điểm ở tương lai", "Time in the future"),
        Said("Bây giờ là {now}.", "It is now {now}."),
    ),
    "dossier-ended": Row(
        _CONFLICT,
        Said("Hồ sơ đã kết thúc", "Dossier ended"),
        Said(
            "Hồ sơ ở trạng thái {present}; chỉ còn sửa thông tin được.",
            "The dossier is at {present}; it can only be corrected.",
        ),
    ),
    "not-received": Row(
        _CONFLICT,
        Said("Hồ sơ chưa được tiếp nhận", "Dossier not received yet"),
        Said("Chưa có ngày hẹn trả.", "No due time has been promised yet."),
    ),
    "clock-stopped": Row(
        _CONFLICT,
        Said("Đang chờ bổ sung hồ sơ", "Waiting for a supplement"),
        Said(
            "Thời hạn đang tạm dừng cho đến khi công dân bổ sung hồ sơ.",
            "The clock stands still until the citizen answers.",
        ),
    ),
    "due-time-needed": Row(
        _UNFIT,
        Said("Cần ngày hẹn trả", "Due time needed"),
        Said(
            "Danh mục không có thời hạn giải quyết của thủ tục này; hãy gửi due_at.",
            "The catalogue has no processing time for this procedure; send due_at.",
        ),
    ),
    "due-time-too-late": Row(
        _UNFIT,
        Said("Ngày hẹn trả quá muộn", "Due time too late"),
        Said(
            "Theo quy định phải trả chậm nhất {latest}; muốn thêm thời gian phải gia hạn có lý do.",
            "The law gives until {latest}; more time takes an extension with its reason.",
        ),
    ),
    "due-time-set": Row(
        _CONFLICT,
        Said("Đã có ngày hẹn trả", "Due time is set"),
        Said(
            "Ngày hẹn trả được đặt khi tiếp nhận; sau đó chỉ gia hạn.",
            "The due time was set at the reception; from then on it can only be extended.",
        ),
    ),
    "due-time-before-reception": Row(
        _UNFIT,
        Said("Ngày hẹn trả trước khi tiếp nhận", "Due time before reception"),
        Said("Hồ sơ được tiếp nhận lúc {received_at}.", "The dossier was received at {received_at}."),
    ),
    "extension-too-late": Row(
        _CONFLICT,
        Said("Quá muộn để gia hạn", "Too late for an extension"),
        Said(
            "Ngày hẹn trả {due_at} đã qua; hãy gửi phiếu xin lỗi.",
            "The due time {due_at} has passed; apologise instead.",
        ),
    ),
    "extension-not-later": Row(
        _UNFIT,
        Said("Ngày gia hạn không muộn hơn", "Extension is not later"),
        Said("Ngày hẹn trả hiện nay là {due_at}.", "The due time is {due_at} now."),
    ),
    "apology-given": Row(
        _CONFLICT,
        Said("Đã xin lỗi và hẹn lại", "Apology already given"),
        Said("Chỉ được hẹn lại một lần.", "A new date is promised once only."),
    ),
    "apology-date-not-ahead": Row(
        _UNFIT,
        Said("Ngày hẹn lại đã qua", "New date has passed"),
        Said("Bây giờ là {now}.", "It is now {now}."),
    ),
    "submitted-after-reception": Row(
        _UNFIT,
        Said("Ngày nộp sau ngày tiếp nhận", "Submitted after reception"),
        Said("Hồ sơ được tiếp nhận lúc {received_at}.", "The dossier was received at {received_at}."),
    ),
    "nothing-to-correct": Row(
        _UNFIT,
        Said("Không có gì để sửa", "Nothing to correct"),
        Said("Không trường nào có giá trị mới.", "No field has a new value."),
    ),
}

NUMBERS: Final = {
    "dossier-not-found": Row(
        HTTPStatus.NOT_FOUND,
        Said("Không tìm thấy hồ sơ", "Dossier not found"),
        Said("Không có hồ sơ này trong phạm vi đơn vị.", "There is no such dossier in your units."),
    ),
    "dossier-changed": Row(
        HTTPStatus.PRECONDITION_FAILED,
        Said("Hồ sơ đã thay đổi", "Dossier has changed"),
        Said(
            "Có người đã thay đổi hồ sơ sau khi bạn đọc; hãy đọc lại rồi quyết định.",
            "Somebody changed the dossier after you read it; read it again and decide anew.",
        ),
    ),
    "dossier-code-taken": Row(
        _CONFLICT,
        Said("Số hồ sơ đã tồn tại", "Dossier number taken"),
        Said("Đã có hồ sơ mang số này.", "There is a dossier with this number already."),
    ),
    "code-needed": Row(
        _UNFIT,
        Said("Thiếu số hồ sơ", "Dossier number needed"),
        Said(
            "Hồ sơ nộp trên Cổng DVCQG giữ số của Cổng.",
            "A dossier filed on the national portal keeps the portal's number.",
        ),
    ),
    "code-not-wanted": Row(
        _UNFIT,
        Said("Không gửi số hồ sơ", "Dossier number not wanted"),
        Said("Hệ thống tự cấp số cho hồ sơ này.", "The system numbers this dossier itself."),
    ),
    "invalid-dossier-code": Row(
        _UNFIT,
        Said("Số hồ sơ không hợp lệ", "Invalid dossier number"),
        Said("Số hồ sơ không đúng dạng ({fault}).", "This is no dossier number ({fault})."),
    ),
    "invalid-identity-number": Row(
        _UNFIT,
        Said("Số định danh không hợp lệ", "Invalid identity number"),
        Said("Số định danh gồm 12 chữ số, CMND cũ gồm 9.", "It has 12 digits, the old card's has 9."),
    ),
    "invalid-birth": Row(
        _UNFIT,
        Said("Năm sinh hoặc ngày sinh không hợp lệ", "Invalid birth"),
        Said("Hãy ghi năm (1990) hoặc ngày (1990-05-21).", "Give a year (1990) or a day (1990-05-21)."),
    ),
    "invalid-organisation-number": Row(
        _UNFIT,
        Said("Mã số thuế không hợp lệ", "Invalid tax code"),
        Said("Mã số thuế không đúng ({fault}).", "This is no tax code ({fault})."),
    ),
}
