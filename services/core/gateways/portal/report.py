"""A report that a person exported from the portal: a CSV file with a row per dossier."""

import csv
from collections import defaultdict
from collections.abc import Callable, Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final, TypeVar

from services.core.domain.dossier import Status
from services.core.domain.holdings import Bucket, Held, Sum, prefix_of, sum_of
from services.core.gateways.portal.wire import VIETNAM

Cell = TypeVar("Cell")

CODE: Final = "MaHoSo"
RECEIVED: Final = "NgayTiepNhan"
STATUS: Final = "TrangThai"
ENTRIES: Final = "SoTienDo"
LAST: Final = "ThoiDiemCuoi"
COLUMNS: Final = (CODE, RECEIVED, STATUS, ENTRIES, LAST)

#: As the portal writes times, and as spreadsheets do.
_TIMES: Final = ("%Y%m%d%H%M%S", "%d/%m/%Y %H:%M:%S", "%d/%m/%Y %H:%M", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S")


class ReportUnreadable(Exception):
    """A row or a column of the report cannot be used; the text says where and repeats no value."""


class PortalReport:
    """A `PortalHoldings` read from a file. It asks nobody, so nothing about it can fail later."""

    def __init__(self, buckets: Mapping[Bucket, list[Held]]) -> None:
        """Hold the rows of a report, of which there must be some."""
        self._buckets = buckets
        self.first = min(bucket.day for bucket in buckets)
        self.last = max(bucket.day for bucket in buckets)

    async def sums(self, first: date, last: date) -> dict[Bucket, Sum]:
        """Sum up the rows of a range of days."""
        return {b: sum_of(held) for b, held in self._buckets.items() if first <= b.day <= last}

    async def dossiers(self, bucket: Bucket) -> list[Held]:
        """Give the rows of a bucket."""
        return self._buckets.get(bucket, [])


def read_report(path: Path) -> PortalReport:
    """Read a file in UTF-8 with commas or semicolons; raises `ReportUnreadable` or `OSError`."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as exc:
        raise ReportUnreadable("không phải UTF-8 / not UTF-8") from exc
    delimiter = ";" if lines and ";" in lines[0] else ","
    return PortalReport(_buckets(csv.DictReader(lines, delimiter=delimiter)))


def _buckets(rows: "csv.DictReader[str]") -> dict[Bucket, list[Held]]:
    missing = [name for name in COLUMNS if name not in (rows.fieldnames or ())]
    if missing:
        raise ReportUnreadable(f"thiếu cột / missing columns: {', '.join(missing)}")
    buckets: defaultdict[Bucket, list[Held]] = defaultdict(list)
    seen: set[str] = set()
    for row in rows:
        bucket, held = _read(row, rows.line_num)
        if held.code in seen:
            raise ReportUnreadable(f"dòng / line {rows.line_num}, {CODE}: trùng / repeated")
        seen.add(held.code)
        buckets[bucket].append(held)
    if not buckets:
        raise ReportUnreadable("không có dòng nào / no rows")
    return dict(buckets)


def _read(row: Mapping[str, str | None], line: int) -> tuple[Bucket, Held]:
    def cell(name: str, read: Callable[[str], Cell]) -> Cell:
        try:
            return read((row[name] or "").strip())
        except ValueError as exc:
            raise ReportUnreadable(f"dòng / line {line}, {name}: không đọc được / unreadable") from exc

    code = cell(CODE, _present)
    held = Held(
        code=code,
        status=cell(STATUS, lambda text: Status(int(text))),
        entries=cell(ENTRIES, int),
        last_at=cell(LAST, lambda text: _time(text) if text else None),
    )
    return Bucket(cell(RECEIVED, _time).date(), prefix_of(code)), held


def _present(text: str) -> str:
    if not text:
        raise ValueError("empty")
    return text


def _time(text: str) -> datetime:
    for form in _TIMES:
        try:
            return datetime.strptime(text, form).replace(tzinfo=VIETNAM)
        except ValueError:
            continue
    raise ValueError("no known form")
