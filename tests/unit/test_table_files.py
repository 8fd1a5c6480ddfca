"""Tables in files: encodings, separators, headings in one or two lines, lines that are no rows."""

import codecs
import unicodedata
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from services.cli.imports.dossier_columns import DOSSIER_COLUMNS, TELLING
from services.cli.tables.fault import TableUnreadable
from services.cli.tables.table import Table

HEADING = "Mã hồ sơ;Họ và tên;Ngày tiếp nhận;Lệ phí"
#: Tone marks, which Windows-1258 writes behind the letter.
TONES = "\u0300\u0301\u0303\u0309\u0323"
LINE = "H44.101-240305-0001;Nguyễn Thị Hoa;05/03/2024;8.000"


def read(path: Path, **options: Any) -> Table:
    return Table(path, DOSSIER_COLUMNS, telling=TELLING, sheet=options.get("sheet"))


def write_xlsx(path: Path, rows: list[list[Any]]) -> Path:
    book = xlsxwriter.Workbook(path)
    sheet = book.add_worksheet("Sổ")
    for number, row in enumerate(rows):
        sheet.write_row(number, 0, row)
    book.close()
    return path


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1258"])
def test_a_csv_is_read_in_the_encoding_of_any_machine(tmp_path: Path, encoding: str, separator: str) -> None:
    path = tmp_path / "so.csv"
    text = f"{HEADING}\r\n{LINE}\r\n".replace(";", separator)
    if encoding == "cp1258":  # Windows writes tone marks apart
        text = "".join(_apart(letter) for letter in text)
    path.write_bytes(text.encode(encoding))
    [row] = read(path).rows()
    assert (row.number, row.text("applicant_name"), row.text("fee")) == (2, "Nguyễn Thị Hoa", "8.000")


def _apart(letter: str) -> str:
    marks = unicodedata.normalize("NFD", letter)
    tones = "".join(mark for mark in marks if mark in TONES)
    return unicodedata.normalize("NFC", "".join(mark for mark in marks if mark not in TONES)) + tones


def test_utf_16_may_come_without_its_mark(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_bytes(codecs.BOM_UTF16_BE + f"{HEADING}\n{LINE}\n".encode("utf-16-be"))
    assert len(list(read(path).rows())) == 1


def test_a_first_line_may_name_the_separator(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text(f"sep=;\n{HEADING}\n{LINE}\n", encoding="utf-8")
    [row] = read(path).rows()
    assert row.number == 3


def test_a_quoted_cell_may_hold_separators_and_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "so.csv"
    path.write_text(f'{HEADING}\n"MA-1";"Hoa;\nAn";05/03/2024;8.000\n', encoding="utf-8")
    [row] = read(path).rows()
    assert row.text("applicant_name") == "Hoa; An"


REGISTER: list[list[Any]] = [
    ["UBND TỈNH PHÚ THỌ"],
    ["SỔ THEO DÕI HỒ SƠ"],
    ["Từ 01/03/2024 đến 31/03/2024"],
    [],
    ["STT", "Mã hồ sơ", "Tên cá nhân,\ntổ chức", "NGÀY, THÁNG, NĂM", None, None, "Ghi chú", "Ký nhận"],
    [None, None, None, "Nhận hồ sơ", "Hẹn trả kết quả", "Trả kết quả", None, None],
    ["(1)", "(2)", "(3)", "(4)", "(5)", "(6)", "(7)", "(8)"],
    ["I", None, "Lĩnh vực hộ tịch"],
    [1, "MA-1", "Hoa", "05/03/2024", "08/03/2024", "07/03/2024", None, None],
    [],
    [2, "MA-2", "An", "06/03/2024", "09/03/2024", None, None, None],
    ["Tổng cộng", 2],
    [None, None, None, None, None, "Người lập sổ"],
]


def test_titles_merged_headings_numbering_sums_and_signatures_are_no_rows(tmp_path: Path) -> None:
    table = read(write_xlsx(tmp_path / "so.xlsx", REGISTER))
    rows = list(table.rows())
    assert [(row.number, row.text("code")) for row in rows] == [(9, "MA-1"), (11, "MA-2")]
    assert table.heading("returned_at") == "NGÀY, THÁNG, NĂM Trả kết quả"
    assert table.heading("received_at") == "NGÀY, THÁNG, NĂM Nhận hồ sơ"
    assert table.passed_over == [8, 12, 13]
    assert table.headings.unread == ("Ký nhận",)


def test_a_row_below_single_headings_is_not_taken_for_headings(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "so.xlsx",
        [["Mã hồ sơ", "Họ tên", "Trạng thái", "Ghi chú"], ["MA-1", "Hoa", "Trả kết quả", "Địa chỉ"]],
    )
    [row] = read(path).rows()
    assert row.number == 2


def test_a_table_may_begin_in_any_column_and_sheet(tmp_path: Path) -> None:
    path = tmp_path / "so.xlsx"
    book = xlsxwriter.Workbook(path)
    book.add_worksheet("Bìa").write(0, 0, "Bìa")
    sheet = book.add_worksheet("Sổ")
    sheet.write_row(4, 3, ["Mã hồ sơ", "Họ tên"])
    sheet.write_row(5, 3, ["MA-1", "Hoa"])
    book.close()
    [row] = read(path, sheet="Sổ").rows()
    assert (row.number, row.text("applicant_name")) == (6, "Hoa")
    with pytest.raises(TableUnreadable, match="Bìa, Sổ"):
        read(path, sheet="Khác")


@pytest.mark.parametrize(
    "content", [b"", b"a,b\n1,2\n", b"PK\x03\x04 broken", "Lệ phí;Ghi chú\n1;2".encode()]
)
def test_a_file_that_is_no_register_is_refused_in_words(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "so.csv"
    path.write_bytes(content)
    with pytest.raises(TableUnreadable, match=" / "):
        list(read(path).rows())
