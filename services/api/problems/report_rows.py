"""Rows of the table for reports."""

from http import HTTPStatus
from typing import Final

from services.api.problems.language import Said
from services.api.problems.row import Row

REPORTS: Final = {
    "unknown-indicator": Row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Said("Không có chỉ số này", "No such indicator"),
        Said(
            "Mã các chỉ số có trong báo cáo của đơn vị (/v1/reports/index766).",
            "The report of the unit (/v1/reports/index766) lists the codes.",
        ),
    ),
    "indicator-without-dossiers": Row(
        HTTPStatus.UNPROCESSABLE_ENTITY,
        Said("Chỉ số không tính theo hồ sơ", "Indicator is not about dossiers"),
        Said(
            "Chỉ số {indicator} đếm thủ tục hoặc phản ánh, kiến nghị, nên không hồ sơ nào làm mất điểm."
            " Hãy chọn chỉ số có has_dossiers.",
            "{indicator} counts procedures or petitions, so no dossier costs it points. Choose one that"
            " has_dossiers.",
        ),
    ),
}
