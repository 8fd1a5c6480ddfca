"""The public reports of index 766, as they are asked for and read (portal-interface 1.7).

Rows or a tree, by report; null is not 0. Everything raises `ValueError` or `TypeError` on what is no report.
"""

import calendar
import json
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from types import MappingProxyType
from typing import Any, Final

from services.core.domain.indicator import Group, Share
from services.core.domain.indicator.published import Published

Wire = dict[str, Any]

#: By report with a tree: code of ours, fields that add up to the numerator, field of the denominator.
_TREES: Final[Mapping[Group, tuple[tuple[str, tuple[str, ...], str], ...]]] = MappingProxyType(
    {
        Group.PROGRESS: (("PROGRESS", ("totalOnTime",), "totalReceived"),),
        Group.ONLINE: (
            ("ONLINE_OFFERED", ("partialCount", "fullCount"), "authorityCount"),
            ("ONLINE_USED", ("onlineDossierCount",), "onlineServiceTotal"),
            ("ONLINE_FILED", ("channelOnlineSum",), "channelTotalSum"),
        ),
        Group.PAYMENT: (
            ("PAYMENT_DOSSIERS", ("totalDossierOnlinePaymentSuccess",), "totalDossierFinancialObligation"),
            (
                "PAYMENT_PROCEDURES",
                ("totalDossierOnlineFormalityPaymentSuccess",),
                "totalFeeDossierFormalityDistinct",
            ),
            ("PAYMENT_FEES", ("totalFeeDossierFormality",), "totalFeeFormality"),
        ),
    }
)
_PAGE_ROWS: Final = 1000


def question(group: Group, department: str, month: date) -> Wire:
    """Ask for a month; satisfaction is asked for by its days."""
    asked: Wire = {"rootDepartmentId": department, "currentPage": 1, "pageSize": _PAGE_ROWS}
    if group is Group.SATISFACTION:
        last = calendar.monthrange(month.year, month.month)[1]
        days = {"fromDate": month.isoformat(), "toDate": month.replace(day=last).isoformat()}
        return asked | days
    return asked | {"timeType": "month", "year": month.year, "month": month.month}


def read_data(body: bytes) -> Wire | str:
    """Unpack an answer; a text is the portal's reason for not giving any."""
    answer = json.loads(body, parse_float=Decimal)
    if not isinstance(answer, dict):
        raise TypeError("no answer")
    if answer.get("code") != "OK":
        return f"{answer.get('code')}: {answer.get('message')}"[:300]
    return _object(answer.get("data"))


def department_in(group: Group, data: Wire, unit_name: str | None) -> Wire | None:
    """Find the department that was asked for, or the unit of that name below it; `None` if there is none."""
    top, below = ("parent", "children") if group in _TREES else ("overview", "evaluation")
    if unit_name is None:
        return _object(data.get(top))
    rows = data.get(below)
    if not isinstance(rows, list):
        raise TypeError(below)
    return next((row for row in map(_object, rows) if row.get("departmentName") == unit_name), None)


def published(shown: Mapping[Group, Wire]) -> Published:
    """Put the reports of one department together."""
    shares: dict[str, Share] = {}
    points: dict[str, Decimal | None] = {}
    groups: dict[Group, Decimal] = {}
    for group, department in shown.items():
        groups[group] = _points(department["score" if group is Group.PROGRESS else "totalScore"]) or Decimal(
            0
        )
        if group in _TREES:
            shares |= _tree_shares(group, department)
        else:
            for row in map(_object, department["metrics"]):
                code = str(row["code"])
                shares[code] = Share(_count(row["numerator"]), _count(row["denominator"]))
                points[code] = _points(row["score"])
    return Published(shares, points, groups)


def _tree_shares(group: Group, department: Wire) -> dict[str, Share]:
    """Read the counts of a tree; lower units may show none."""
    return {
        code: Share(_sum(department[name] for name in parts), _count(department[whole]))
        for code, parts, whole in _TREES[group]
        if whole in department
    }


def _sum(values: Iterable[Any]) -> int:
    return sum(_count(value) or 0 for value in values)


def _count(value: Any) -> int | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    raise TypeError("no count")


def _points(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        return Decimal(value)
    except InvalidOperation as exc:
        raise ValueError("no points") from exc


def _object(value: Any) -> Wire:
    if isinstance(value, dict):
        return value
    raise TypeError("no object")
