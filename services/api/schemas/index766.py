"""Index 766 as the API shows it, as JSON and as CSV."""

import base64
import binascii
import csv
import io
import re
from datetime import date
from enum import StrEnum
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import Field

from services.api.refusals import CursorInvalid
from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.api.schemas.parts import Body
from services.api.schemas.words import StatusNumber
from services.core.application.read_index766 import UnitIndex
from services.core.domain.delivery import DeliveryState
from services.core.domain.indicator import Basis, Doubt, Scored, Sum
from services.core.persistence.index_views import CostlyDossier

#: Excel takes a file without it for one in the old Vietnamese code pages.
_BYTE_ORDER_MARK: Final = "\ufeff"
_PLACE: Final = re.compile(r"([0-9]{1,9})\.([0-9a-f]{32})")

Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-01"])]


UnitCode = Annotated[
    str, Field(max_length=100, pattern=r"^[!-~]+$", description="Code of a unit; its subtree counts")
]


class Form(StrEnum):
    """In which form the answer comes."""

    JSON = "json"
    CSV = "csv"


class IndexQuery(Body):
    """Which unit and month; this month of the key's own unit if nothing is said."""

    unit: UnitCode | None = None
    month: Month | None = None
    format: Form = Form.JSON

    def month_or(self, present: date) -> date:
        """Give the first day of the month."""
        return present if self.month is None else date.fromisoformat(f"{self.month}-01")


class CostlyQuery(IndexQuery):
    """The dossiers of an indicator, by pages."""

    indicator: Annotated[str, Field(max_length=100, examples=["PROGRESS"])]
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Annotated[str | None, Field(max_length=80, description="`next_cursor` of the page before")] = None


class SumOut(Answer):
    """Points of a group of indicators; `ratio` in per cent."""

    group: str
    points: float
    maximum: int
    ratio: float | None


class IndicatorOut(Answer):
    """An indicator. `points` is null where there was nothing to score, which is not 0.

    `missing` more in the numerator win a further point, or the rest. `doubts` say what may differ from the
    portal: `slope` and `cap` of the formula, `input` of what is counted, `lower_unit` where the portal shows
    no counts. With `not_held` this system knows of no case and scores as though there were none.
    """

    code: str
    name_vi: str
    name_en: str
    group: str
    numerator: int | None
    denominator: int | None
    ratio: float | None
    points: float | None
    maximum: int
    lost: float
    missing: int | None
    doubts: list[Doubt]
    not_held: bool
    has_dossiers: bool

    @classmethod
    def of(cls, line: Scored) -> Self:
        """Show a line of the report."""
        indicator = line.indicator
        return cls(
            code=indicator.code,
            name_vi=indicator.name.vi,
            name_en=indicator.name.en,
            group=indicator.group.value,
            numerator=line.share.numerator,
            denominator=line.share.denominator,
            ratio=None if line.ratio is None else float(line.ratio),
            points=None if line.points is None else float(line.points),
            maximum=indicator.formula.maximum,
            lost=float(line.lost),
            missing=line.missing,
            doubts=list(indicator.doubts),
            not_held=indicator.basis is Basis.NOT_HELD,
            has_dossiers=indicator.cost is not None,
        )


class IndexOut(Answer):
    """The estimate of a unit's month. `refreshed_at` is null while nothing has been counted yet.

    `not_held_points` of the points were given for what this system holds nothing on.
    """

    unit_code: str
    unit_name: str
    month: str
    refreshed_at: Instant | None
    points: float
    maximum: int
    lost: float
    not_held_points: float
    groups: list[SumOut]
    indicators: list[IndicatorOut]

    @classmethod
    def of(cls, found: UnitIndex) -> Self:
        """Show a report."""
        report, total = found.report, found.report.total
        return cls(
            unit_code=found.unit.code,
            unit_name=found.unit.name,
            month=f"{found.month:%Y-%m}",
            refreshed_at=found.refreshed_at,
            points=float(total.points),
            maximum=total.maximum,
            lost=float(total.maximum - total.points),
            not_held_points=float(report.not_held.points),
            groups=[_sum(group.value, points) for group, points in report.groups.items()],
            indicators=[IndicatorOut.of(line) for line in report.lines],
        )


class CostlyDossierOut(Answer):
    """A dossier that costs points. `false_late`: the desk ended it in time, so delivery wins them back."""

    code: str
    unit_code: str
    procedure_code: str
    status: StatusNumber
    received_at: Instant
    due_at: Instant | None
    ended_at: Instant | None
    on_portal: bool
    delivery_state: DeliveryState
    late: bool
    false_late: bool


class CostlyPage(Answer):
    """A page, by unit; `next_cursor` is null on the last one."""

    items: list[CostlyDossierOut]
    next_cursor: str | None


def costly_page(page: list[CostlyDossier], place: tuple[int, UUID] | None) -> CostlyPage:
    """Show a page and where it goes on."""
    return CostlyPage(
        items=[CostlyDossierOut.model_validate(one) for one in page], next_cursor=_write_place(place)
    )


def write_csv(found: IndexOut) -> str:
    """Write the indicators as a table that spreadsheets open as it is."""
    rows = [
        {"unit_code": found.unit_code, "month": found.month} | one.model_dump() for one in found.indicators
    ]
    return _table(["unit_code", "month", *IndicatorOut.model_fields], rows)


def write_dossiers_csv(page: CostlyPage) -> str:
    """Write a page of dossiers as a table."""
    return _table(list(CostlyDossierOut.model_fields), [one.model_dump(mode="json") for one in page.items])


def read_place(cursor: str | None) -> tuple[int, UUID] | None:
    """Find the place where a page ended; raises `CursorInvalid`."""
    if cursor is None:
        return None
    try:
        text = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, ValueError) as exc:
        raise CursorInvalid from exc
    match = _PLACE.fullmatch(text)
    if match is None:
        raise CursorInvalid
    return int(match[1]), UUID(hex=match[2])


def _write_place(place: tuple[int, UUID] | None) -> str | None:
    if place is None:
        return None
    unit, dossier = place
    return base64.urlsafe_b64encode(f"{unit}.{dossier.hex}".encode()).decode().rstrip("=")


def _sum(group: str, points: Sum) -> SumOut:
    ratio = None if points.ratio is None else float(points.ratio)
    return SumOut(group=group, points=float(points.points), maximum=points.maximum, ratio=ratio)


def _table(columns: list[str], rows: list[dict[str, object]]) -> str:
    file = io.StringIO()
    table = csv.DictWriter(file, columns, lineterminator="\r\n")
    table.writeheader()
    table.writerows({name: _cell(value) for name, value in row.items()} for row in rows)
    return _BYTE_ORDER_MARK + file.getvalue()


def _cell(value: object) -> object:
    return " ".join(map(str, value)) if isinstance(value, list) else value
