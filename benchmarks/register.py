"""A register of dossiers as a desk system exports it: title lines, merged headings, dates, sums below.

    python -m benchmarks.register ROWS FILE

Written row by row in constant memory.
"""

import random
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import xlsxwriter

from benchmarks.catalogue import PROCEDURE_CODES, UNIT_CODES

_SEED: Final = 766
_START: Final = datetime(2025, 7, 1, 8)  # noqa: DTZ001 - spreadsheets hold the time on the wall

_MERGED: Final = {8: "Thời gian"}
HEADINGS: Final = (
    "STT", "Mã hồ sơ", "Mã thủ tục", "Mã đơn vị", "Người nộp", "Số CCCD", "Địa chỉ", "Số điện thoại",
    "Ngày tiếp nhận", "Hẹn trả", "Ngày có kết quả", "Ngày trả kết quả", "Trạng thái", "Hình thức nộp",
    "Người kê khai", "Trích yếu", "Lệ phí", "Cán bộ xử lý",
)  # fmt: skip


def write_register(path: Path, rows: int) -> None:
    """Write so many dossiers, always the same ones."""
    draw = random.Random(_SEED)
    book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_numbers": False})
    sheet = book.add_worksheet("Sổ theo dõi")
    formats = {
        datetime: book.add_format({"num_format": "dd/mm/yyyy hh:mm"}),
        int: book.add_format({"num_format": "#,##0"}),
        str: None,
    }
    sheet.write_string(0, 0, "UBND TỈNH PHÚ THỌ")
    sheet.write_string(1, 0, "SỔ THEO DÕI HỒ SƠ")
    for column, words in _MERGED.items():
        sheet.write_string(3, column, words)
    for column, words in enumerate(HEADINGS):
        sheet.write_string(4, column, words)
    for number in range(rows):
        for column, cell in enumerate(_row(number, draw)):
            sheet.write(5 + number, column, cell, formats[type(cell)])
    sheet.write_string(5 + rows, 0, "Tổng cộng")
    sheet.write_number(5 + rows, 16, rows * 8000, formats[int])
    book.close()


def _row(number: int, draw: random.Random) -> tuple[Any, ...]:
    received = _START + timedelta(minutes=number % 100_000)
    finished = received + timedelta(days=2, minutes=draw.randrange(240))
    unit = UNIT_CODES[number % len(UNIT_CODES)]
    return (
        number + 1,
        f"{unit}-{received:%y%m%d}-{number:06}",
        PROCEDURE_CODES[number % len(PROCEDURE_CODES)],
        unit,
        f"Nguyễn Văn {draw.choice(('An', 'Bình', 'Cường', 'Dũng'))}",
        f"025090{draw.randrange(10**6):06}",
        f"Tổ {draw.randrange(20)}, phường Việt Trì",
        f"09{draw.randrange(10**8):08}",
        received,
        received + timedelta(days=3),
        finished,
        finished + timedelta(hours=3),
        "Đã trả kết quả",
        "Trực tuyến" if number % 3 == 0 else "Trực tiếp",
        "Tự kê khai",
        f"Cấp bản sao trích lục, hồ sơ {number}",
        8000,
        "Trần Thị Bình",
    )


if __name__ == "__main__":
    write_register(Path(sys.argv[2]), int(sys.argv[1]))
