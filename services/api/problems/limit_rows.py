"""Rows of the table for calls that are too many, too large or too slow."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

LIMITS: Final = {
    "overloaded": Row(
        HTTPStatus.SERVICE_UNAVAILABLE,
        Said("Hệ thống đang quá tải", "Overloaded"),
        Said(
            "Có quá nhiều yêu cầu cùng lúc. Hãy gọi lại sau, với cùng Idempotency-Key nếu có.",
            "Too many calls at once. Call again later, with the same Idempotency-Key if there is one.",
        ),
        retry_after=1,
    ),
    "too-many-requests": Row(
        HTTPStatus.TOO_MANY_REQUESTS,
        Said("Gọi quá nhiều lần", "Too many requests"),
        Said(
            "Phần mềm này gọi quá nhanh. Hãy chờ {retry_after} giây rồi gọi lại.",
            "This client calls too often. Wait {retry_after} seconds and call again.",
        ),
    ),
    "body-too-slow": Row(
        HTTPStatus.REQUEST_TIMEOUT,
        Said("Nội dung gửi quá chậm", "Body too slow"),
        Said(
            "Nội dung không đến đủ trong thời gian cho phép. Hãy kiểm tra đường truyền rồi gửi lại.",
            "The body did not arrive in time. Check the line and send it again.",
        ),
    ),
    "head-too-large": Row(
        HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
        Said("Tiêu đề quá lớn", "Head too large"),
        Said("Địa chỉ và tiêu đề của yêu cầu quá dài.", "Address and headers of the request are too long."),
    ),
}
