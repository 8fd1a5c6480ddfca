"""Rows of the table for refusals of the catalogue, of access, and of their files."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

_UNFIT: Final = HTTPStatus.UNPROCESSABLE_ENTITY

CATALOGUE: Final = {
    "unknown-unit": Row(
        _UNFIT,
        Said("Không có đơn vị này", "Unknown unit"),
        Said("Không có đơn vị này trong phạm vi của bạn.", "There is no such unit within yours."),
    ),
    "unit-ended": Row(
        _UNFIT,
        Said("Đơn vị đã ngừng hoạt động", "Unit has ended"),
        Said(
            "Đơn vị {unit} đã ngừng hoạt động từ sau ngày {valid_to}. Đơn vị kế thừa: {successor}.",
            "Unit {unit} ended after {valid_to}. Its successor: {successor}.",
        ),
    ),
    "unit-not-yet-open": Row(
        _UNFIT,
        Said("Đơn vị chưa hoạt động", "Unit not open yet"),
        Said("Đơn vị {unit} hoạt động từ {valid_from}.", "Unit {unit} begins on {valid_from}."),
    ),
    "unknown-procedure": Row(
        _UNFIT,
        Said("Không có thủ tục này", "Unknown procedure"),
        Said("Mã thủ tục không có trong danh mục.", "The code is not in the catalogue."),
    ),
    "procedure-inactive": Row(
        _UNFIT,
        Said("Thủ tục đã bãi bỏ", "Procedure inactive"),
        Said("Thủ tục này không còn tiếp nhận hồ sơ.", "Dossiers are no longer taken in for it."),
    ),
    "unit-tree-broken": Row(
        _UNFIT,
        Said("Cây đơn vị bị đứt", "Unit tree broken"),
        Said("Đơn vị {unit}: không tìm thấy {missing}.", "Unit {unit}: {missing} is not there."),
    ),
    "catalogue-row-invalid": Row(
        _UNFIT,
        Said("Dòng danh mục không hợp lệ", "Invalid catalogue row"),
        Said("Dòng {line}, cột {column}: {fault}.", "Line {line}, column {column}: {fault}."),
    ),
    "invalid-processing-time": Row(
        _UNFIT,
        Said("Thời hạn giải quyết không hợp lệ", "Invalid processing time"),
        Said("Không dùng được thời hạn này ({fault}).", "This time cannot be used ({fault})."),
    ),
    "invalid-opening-hours": Row(
        _UNFIT,
        Said("Giờ làm việc không hợp lệ", "Invalid opening hours"),
        Said("Không dùng được giờ làm việc này ({fault}).", "These hours cannot be used ({fault})."),
    ),
    "contradictory-days": Row(
        _UNFIT,
        Said("Ngày nghỉ mâu thuẫn", "Contradictory days"),
        Said("Ngày {day} vừa nghỉ vừa làm việc.", "{day} is both off and worked."),
    ),
    "client-name-taken": Row(
        HTTPStatus.CONFLICT,
        Said("Tên phần mềm đã có", "Client name taken"),
        Said("Đã có phần mềm tên {name}.", "There is a client named {name} already."),
    ),
    "client-not-found": Row(
        HTTPStatus.NOT_FOUND,
        Said("Không tìm thấy phần mềm", "Client not found"),
        Said("Không có phần mềm đang hoạt động tên {name}.", "No active client is named {name}."),
    ),
}
