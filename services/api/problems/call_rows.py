"""Rows of the table for calls that do not get as far as the domain."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

_BAD: Final = HTTPStatus.BAD_REQUEST
_CONFLICT: Final = HTTPStatus.CONFLICT
_UNFIT: Final = HTTPStatus.UNPROCESSABLE_ENTITY

CALLS: Final = {
    "malformed-json": Row(
        _BAD,
        Said("JSON không hợp lệ", "Malformed JSON"),
        Said("Nội dung gửi lên không phải JSON hợp lệ ({fault}).", "The body is not valid JSON ({fault})."),
    ),
    "bad-request": Row(
        _BAD,
        Said("Yêu cầu không hợp lệ", "Bad request"),
        Said("Không đọc được yêu cầu.", "The request could not be read."),
    ),
    "request-key-missing": Row(
        _BAD,
        Said("Thiếu Idempotency-Key", "Idempotency-Key missing"),
        Said(
            "Hãy gửi kèm tiêu đề Idempotency-Key, dài từ 1 đến 255 ký tự, mới cho mỗi lần tạo.",
            "Send an Idempotency-Key header of 1 to 255 characters, a new one for every creation.",
        ),
    ),
    "edition-invalid": Row(
        _BAD,
        Said("Không đọc được If-Match", "If-Match cannot be read"),
        Said(
            "If-Match phải là một ETag do hệ thống cấp, không phải danh sách hay dấu *.",
            "If-Match has to be one ETag as it was given out, no list and no star.",
        ),
    ),
    "cursor-invalid": Row(
        _BAD,
        Said("Con trỏ trang không hợp lệ", "Invalid cursor"),
        Said(
            "Chỉ dùng con trỏ lấy từ trang trước; để trống cho trang đầu.",
            "Use only the cursor of the page before; leave it out for the first page.",
        ),
    ),
    "not-authenticated": Row(
        HTTPStatus.UNAUTHORIZED,
        Said("Chưa xác thực", "Not authenticated"),
        Said("Khóa API thiếu hoặc không còn hiệu lực.", "The API key is missing or not valid any more."),
    ),
    "scope-missing": Row(
        HTTPStatus.FORBIDDEN,
        Said("Không có quyền", "Not allowed"),
        Said("Khóa API này không có quyền {needed}.", "This API key lacks the scope {needed}."),
    ),
    "not-found": Row(
        HTTPStatus.NOT_FOUND,
        Said("Không tìm thấy", "Not found"),
        Said("Không có địa chỉ này.", "There is nothing at this address."),
    ),
    "method-not-allowed": Row(
        HTTPStatus.METHOD_NOT_ALLOWED,
        Said("Phương thức không được hỗ trợ", "Method not allowed"),
        Said("Địa chỉ này không nhận phương thức đó.", "This address does not take that method."),
    ),
    "request-in-progress": Row(
        _CONFLICT,
        Said("Yêu cầu đang được xử lý", "Request in progress"),
        Said(
            "Lần gọi đầu tiên với Idempotency-Key này chưa xong; hãy gọi lại sau giây lát.",
            "The first call with this Idempotency-Key has not ended; call again in a moment.",
        ),
        retry_after=1,
    ),
    "request-key-reused": Row(
        _UNFIT,
        Said("Idempotency-Key đã dùng cho nội dung khác", "Idempotency-Key used for another body"),
        Said(
            "Khóa này thuộc về một yêu cầu có nội dung khác; hãy dùng khóa mới.",
            "The key belongs to a request with another body; use a new key.",
        ),
    ),
    "edition-missing": Row(
        HTTPStatus.PRECONDITION_REQUIRED,
        Said("Thiếu If-Match", "If-Match missing"),
        Said(
            "Hãy gửi kèm ETag của hồ sơ mà thay đổi này dựa vào, trong tiêu đề If-Match.",
            "Send the ETag of the dossier that this change was decided on, in an If-Match header.",
        ),
    ),
    "body-too-large": Row(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        Said("Nội dung quá lớn", "Body too large"),
        Said("Nội dung gửi lên vượt quá giới hạn.", "The body exceeds the limit."),
    ),
    "media-type-unsupported": Row(
        HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
        Said("Kiểu nội dung không được hỗ trợ", "Unsupported media type"),
        Said("Địa chỉ này nhận {expected}.", "This address takes {expected}."),
    ),
    "validation-failed": Row(
        _UNFIT,
        Said("Dữ liệu không hợp lệ", "Invalid data"),
        Said("Có {count} trường cần sửa.", "Fields to be mended: {count}."),
    ),
    "officer-needed": Row(
        _UNFIT,
        Said("Thiếu cán bộ tiếp nhận", "Officer needed"),
        Said("Hãy ghi tên cán bộ tiếp nhận.", "Name the officer who took the dossier in."),
    ),
    "field-not-wanted": Row(
        _UNFIT,
        Said("Trường mâu thuẫn", "Field contradicts others"),
        Said(
            "Trường này không đi cùng các trường khác của hồ sơ.",
            "This field does not go with the other fields of the filing.",
        ),
    ),
    "too-many-lines": Row(
        _UNFIT,
        Said("Quá nhiều dòng", "Too many lines"),
        Said("Một lần gửi có tối đa {most} dòng.", "A call takes at most {most} lines."),
    ),
    "no-lines": Row(
        _UNFIT,
        Said("Không có dòng nào", "No lines"),
        Said("Hãy gửi ít nhất một dòng, mỗi dòng một đối tượng.", "Send at least one line, an object each."),
    ),
    "database-unavailable": Row(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Said("Hệ thống tạm thời bận", "Temporarily unavailable"),
        Said(
            "Cơ sở dữ liệu chưa sẵn sàng. Hãy gọi lại sau, với cùng Idempotency-Key nếu có: không có gì bị "
            "ghi hai lần.",
            "The database is not available. Call again later, with the same Idempotency-Key if there is "
            "one: nothing is stored twice.",
        ),
        retry_after=2,
    ),
    "internal-error": Row(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        Said("Lỗi hệ thống", "Internal error"),
        Said(
            "Đã có lỗi ngoài dự kiến. Hãy báo mã yêu cầu cho đơn vị vận hành.",
            "Something unexpected went wrong. Tell operations the request id.",
        ),
    ),
}
