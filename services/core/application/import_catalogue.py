"""Bring the catalogue up to date from files: all rows of a file, or none."""

import json
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import date
from typing import Final, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.deadline import DayKind, DecreedDay, OpeningHours, ProcessingTime
from services.core.domain.errors import DomainError
from services.core.persistence.calendar import CalendarRepository
from services.core.persistence.procedures import ProcedureRepository, ProcedureRow
from services.core.persistence.units import UnitRepository, UnitRow

#: A line of a CSV file by column name; an empty or absent cell means "none" or "not known".
Cells = Mapping[str, str | None]

T = TypeVar("T")

_UNIT_LEVELS: Final = ("province", "department", "district", "commune")
_PROCEDURE_LEVELS: Final = ("ministry", "province", "commune")
_SERVICE_LEVELS: Final = ("information", "partial", "full", "unknown")
_TRUTH: Final = {"yes": True, "no": False}


class CatalogueRowInvalid(DomainError):
    """A cell cannot be used. The facts give the line (the header is line 1), the column and the fault."""

    code = "catalogue-row-invalid"


async def import_units(session: AsyncSession, rows: Iterable[Cells]) -> int:
    """Save units; gives how many. Raises `CatalogueRowInvalid` or `UnitTreeBroken`."""
    units = _read_all(rows, _unit)
    await UnitRepository(session).save_all(units)
    return len(units)


async def import_procedures(session: AsyncSession, rows: Iterable[Cells]) -> int:
    """Save procedures; gives how many. Raises `CatalogueRowInvalid`."""
    procedures = _read_all(rows, _procedure)
    await ProcedureRepository(session).save_all(procedures)
    return len(procedures)


async def import_working_days(session: AsyncSession, rows: Iterable[Cells]) -> int:
    """Save days decreed off or worked; gives how many. Raises `CatalogueRowInvalid`."""
    days = _read_all(rows, _day)
    await CalendarRepository(session).save_all(days)
    return len(days)


class _Row:
    """Reads the cells of one line; every fault names its column."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells

    def text(self, column: str) -> str:
        value = self.find(column)
        if value is None:
            raise CatalogueRowInvalid(column=column, fault="missing")
        return value

    def find(self, column: str) -> str | None:
        return (self._cells.get(column) or "").strip() or None

    def one_of(self, column: str, allowed: Collection[str], *, empty: str | None = None) -> str:
        value = self.find(column) or empty
        if value is None or value not in allowed:
            raise CatalogueRowInvalid(column=column, fault="not-allowed", allowed=list(allowed))
        return value

    def parsed(self, column: str, parse: Callable[[str], T]) -> T | None:
        value = self.find(column)
        if value is None:
            return None
        try:
            return parse(value)
        except ValueError as exc:
            raise CatalogueRowInvalid(column=column, fault="unreadable") from exc

    def day(self, column: str) -> date:
        try:
            return date.fromisoformat(self.text(column))
        except ValueError as exc:
            raise CatalogueRowInvalid(column=column, fault="unreadable") from exc


def _read_all(rows: Iterable[Cells], read: Callable[[_Row], T]) -> list[T]:
    read_rows = []
    for line, cells in enumerate(rows, start=2):
        try:
            read_rows.append(read(_Row(cells)))
        except DomainError as refusal:
            refusal.facts["line"] = line
            raise
    return read_rows


def _unit(row: _Row) -> UnitRow:
    hours = row.parsed("opening_hours", json.loads)
    return UnitRow(
        code=row.text("code"),
        name=row.text("name"),
        level=row.one_of("level", _UNIT_LEVELS),
        parent_code=row.find("parent_code"),
        valid_from=row.day("valid_from"),
        valid_to=row.parsed("valid_to", date.fromisoformat),
        successor_code=row.find("successor_code"),
        opening_hours=None if hours is None else OpeningHours.from_dict(hours),
    )


def _procedure(row: _Row) -> ProcedureRow:
    value = row.find("processing_time_value")
    return ProcedureRow(
        code=row.text("code"),
        name=row.text("name"),
        field_code=row.text("field_code"),
        field_name=row.text("field_name"),
        level=row.one_of("level", _PROCEDURE_LEVELS),
        service_level=row.one_of("service_level", _SERVICE_LEVELS, empty="unknown"),
        processing=None if value is None else ProcessingTime.parse(value, row.text("processing_time_unit")),
        fee_vnd=row.parsed("fee_vnd", int),
        yields_paper=row.parsed("yields_paper", _truth),
    )


def _day(row: _Row) -> DecreedDay:
    kind = row.one_of("kind", [kind.value for kind in DayKind])
    return DecreedDay(row.day("day"), DayKind(kind), row.text("source"))


def _truth(text: str) -> bool:
    if text not in _TRUTH:
        raise ValueError(text)
    return _TRUTH[text]
