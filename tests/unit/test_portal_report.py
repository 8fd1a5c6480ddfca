"""Reading a report that a person exported from the portal."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from services.core.domain.dossier import Status
from services.core.domain.holdings import Bucket, Held, sum_of
from services.core.gateways.portal import ReportUnreadable, read_report

HEADER = "MaHoSo,NgayTiepNhan,TrangThai,SoTienDo,ThoiDiemCuoi"
FIRST = Held("H44.1-260310-0001", Status.FINISHED, 3, datetime(2026, 3, 10, 9, 30, tzinfo=UTC))
SECOND = Held("H44.1-260310-0002", Status.REGISTERED, 0, None)
BUCKET = Bucket(date(2026, 3, 10), "H44.1")


def write(path: Path, *lines: str, encoding: str = "utf-8-sig") -> Path:
    file = path / "report.csv"
    file.write_text("\n".join(lines), encoding=encoding)
    return file


@pytest.mark.parametrize("day", ["10/03/2026", "10/03/2026 07:59", "20260310000000", "2026-03-10 23:59:59"])
@pytest.mark.parametrize("last", ["20260310163000", "10/03/2026 16:30:00"])
@pytest.mark.parametrize("mark", [",", ";"])
async def test_rows_become_buckets(tmp_path: Path, day: str, last: str, mark: str) -> None:
    rows = [HEADER, f"H44.1-260310-0001,{day},9,3,{last}", f" H44.1-260310-0002 ,{day},1,0,"]
    report = read_report(write(tmp_path, *(row.replace(",", mark) for row in rows)))
    assert await report.sums(BUCKET.day, BUCKET.day) == {BUCKET: sum_of([FIRST, SECOND])}
    assert await report.sums(date(2026, 3, 11), date(2026, 3, 31)) == {}
    assert await report.dossiers(BUCKET) == [FIRST, SECOND]
    assert await report.dossiers(Bucket(BUCKET.day, "H44.2")) == []


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        (",10/03/2026,9,3,", "dòng / line 2, MaHoSo"),
        ("H44-1,10.03.2026,9,3,", "dòng / line 2, NgayTiepNhan"),
        ("H44-1,,9,3,", "dòng / line 2, NgayTiepNhan"),
        ("H44-1,10/03/2026,11,3,", "dòng / line 2, TrangThai"),
        ("H44-1,10/03/2026,xong,3,", "dòng / line 2, TrangThai"),
        ("H44-1,10/03/2026,9,ba,", "dòng / line 2, SoTienDo"),
        ("H44-1,10/03/2026,9,3,hôm qua", "dòng / line 2, ThoiDiemCuoi"),
        ("H44-1,10/03/2026", "dòng / line 2, TrangThai"),
        ("H44-1,10/03/2026,9,3,\nH44-1,10/03/2026,9,3,", "dòng / line 3, MaHoSo: trùng"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(tmp_path: Path, row: str, complaint: str) -> None:
    with pytest.raises(ReportUnreadable, match=complaint):
        read_report(write(tmp_path, HEADER, row))


def test_a_report_without_its_columns_says_which(tmp_path: Path) -> None:
    with pytest.raises(ReportUnreadable, match="SoTienDo, ThoiDiemCuoi"):
        read_report(write(tmp_path, "MaHoSo,NgayTiepNhan,TrangThai", "H44-1,10/03/2026,9"))
    with pytest.raises(ReportUnreadable, match="MaHoSo"):
        read_report(write(tmp_path, ""))


def test_a_report_without_rows_does_not_mean_an_empty_portal(tmp_path: Path) -> None:
    with pytest.raises(ReportUnreadable, match="no rows"):
        read_report(write(tmp_path, HEADER))


def test_a_report_in_another_encoding_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReportUnreadable, match="UTF-8"):
        read_report(write(tmp_path, HEADER, "H44-1,10/03/2026,9,3,", "Đồng Văn", encoding="utf-16"))
