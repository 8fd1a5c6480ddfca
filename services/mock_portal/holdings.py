"""ThongKeHoSo and LayDanhSachHoSo: what the portal holds, in sums and in lists.

No public source shows such services. They are inferred, and off unless `offers_holdings` is set.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime

from services.mock_portal.answers import SUCCESS, Answer, Refused
from services.mock_portal.ledger import Call
from services.mock_portal.portal import Portal
from services.mock_portal.store import Dossier


def sum_up(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer ThongKeHoSo, a row per beginning of MaHoSo and day of NgayTiepNhan.

    Raises `Refused` when the service is off, or a day is missing.
    """
    _check_offered(portal)
    first, last = _day_of(body, "tungay"), _day_of(body, "denngay")
    lines: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
    for dossier, unit, day in _filed(portal):
        if first <= day <= last:
            status, count, latest = _progress_of(dossier)
            lines[unit, day].append(f"{dossier.code}|{status}|{count}|{latest}")
    rows = [
        {
            "MADONVI": unit,
            "NGAY": day,
            "SOHOSO": str(len(texts)),
            "MABAM": hashlib.sha256("\n".join(sorted(texts)).encode()).hexdigest(),
        }
        for (unit, day), texts in sorted(lines.items())
    ]
    return Answer(SUCCESS, "Thống kê hồ sơ thành công", rows)


def list_dossiers(portal: Portal, _call: Call, body: dict[str, object]) -> Answer:
    """Answer LayDanhSachHoSo.

    Raises `Refused` when the service is off, or a parameter is missing.
    """
    _check_offered(portal)
    wanted = body.get("madonvihoso")
    if not isinstance(wanted, str):
        raise Refused("thiếu tham số madonvihoso")
    wanted_day = _day_of(body, "ngay")
    rows = []
    for dossier, unit, day in _filed(portal):
        if unit == wanted and day == wanted_day:
            status, count, latest = _progress_of(dossier)
            rows.append(
                {
                    "MAHOSO": dossier.code,
                    "TRANGTHAI": status,
                    "SOTIENDO": str(count),
                    "THOIDIEMCUOI": latest,
                }
            )
    return Answer(SUCCESS, "Lấy danh sách hồ sơ thành công", rows)


def _check_offered(portal: Portal) -> None:
    if not portal.settings.offers_holdings:
        raise Refused("Dịch vụ (service) không tồn tại")


def _day_of(body: dict[str, object], name: str) -> str:
    day = body.get(name)
    try:
        datetime.strptime(f"{day}+0000", "%Y%m%d%z")
    except ValueError:
        raise Refused(f"{name}: phải là ngày yyyyMMdd") from None
    return str(day)


def _filed(portal: Portal) -> Iterator[tuple[Dossier, str, str]]:
    """Every dossier with the beginning of its number and its day of reception."""
    for dossier in portal.store.page(0, len(portal.store)):
        unit, hyphen, _ = dossier.code.partition("-")
        yield dossier, unit if hyphen else "", dossier.body.received[:8]


def _progress_of(dossier: Dossier) -> tuple[str, int, str]:
    """Status, number and time: of the latest entry, the last to arrive among equals; else of the body."""
    if not dossier.entries:
        return dossier.body.status, 0, ""
    latest = max(enumerate(dossier.entries), key=lambda pair: (pair[1].occurred, pair[0]))[1]
    return latest.status, len(dossier.entries), latest.occurred
