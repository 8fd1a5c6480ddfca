"""Rows of the table for onboarding events."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

_UNFIT: Final = HTTPStatus.UNPROCESSABLE_ENTITY

ONBOARDING: Final = {
    "unknown-step": Row(
        _UNFIT,
        Said("Không có bước này", "Unknown step"),
        Said(
            "Danh mục bước không có mã này; xem GET /v1/onboarding/steps.",
            "The catalogue has no such step; see GET /v1/onboarding/steps.",
        ),
    ),
    "field-needed": Row(
        _UNFIT,
        Said("Thiếu trường", "Field needed"),
        Said("Sự kiện {outcome} cần có trường này.", "An event {outcome} needs this field."),
    ),
    "field-unfit": Row(
        _UNFIT,
        Said("Trường không phù hợp", "Field unfit"),
        Said("Trường này không đi cùng {outcome}.", "This field does not go with {outcome}."),
    ),
    "subject-unfit": Row(
        _UNFIT,
        Said("Sai đối tượng", "Wrong subject"),
        Said("Bước này dành cho đối tượng {wanted}.", "This step belongs to a subject of kind {wanted}."),
    ),
    "event-in-future": Row(
        _UNFIT,
        Said("Sự kiện ở tương lai", "Event in the future"),
        Said(
            "Thời điểm {occurred_at} chưa đến; hãy kiểm tra đồng hồ của thiết bị.",
            "{occurred_at} has not come yet; check the clock of the device.",
        ),
    ),
    "event-id-reused": Row(
        _UNFIT,
        Said("Mã sự kiện đã dùng cho nội dung khác", "Event id used for another event"),
        Said(
            "Sự kiện mang mã này đã được lưu với nội dung khác; muốn sửa thì gửi sự kiện mới có corrects.",
            "An event of this id says something else; to correct it, send a new event with corrects.",
        ),
    ),
    "unknown-event": Row(
        _UNFIT,
        Said("Không sửa được sự kiện này", "Event cannot be corrected"),
        Said(
            "Sự kiện cần sửa không thuộc phạm vi đơn vị của bạn.",
            "The event to be corrected is not one of your units'.",
        ),
    ),
}
