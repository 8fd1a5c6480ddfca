"""Units, procedures and calendars, remembered for a while: they change rarely and every filing needs them."""

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import (
    Procedure,
    ProcedureInactive,
    Unit,
    UnknownProcedure,
    UnknownUnit,
)
from services.core.domain.deadline import WorkingCalendar
from services.core.domain.policy import reach_of
from services.core.domain.promise import Terms
from services.core.persistence.calendar import CalendarRepository, DepartingDays
from services.core.persistence.procedures import ProcedureRepository
from services.core.persistence.units import UnitRepository

T = TypeVar("T")

_NO_DAYS: Final = DepartingDays((), {})


@dataclass(slots=True)
class _Memory(Generic[T]):
    """What was found, and until when it is believed. Nothing is remembered of codes that do not exist."""

    seconds: float
    now: Callable[[], float]
    found: dict[str, tuple[float, T]] = field(default_factory=dict)

    def missing(self, codes: Collection[str]) -> set[str]:
        now = self.now()
        return {code for code in codes if code not in self.found or self.found[code][0] < now}

    def add(self, asked: Collection[str], found: dict[str, T]) -> None:
        until = self.now() + self.seconds
        for code in asked:
            self.found.pop(code, None)
        self.found |= {code: (until, thing) for code, thing in found.items()}

    def get(self, code: str) -> T | None:
        known = self.found.get(code)
        return None if known is None else known[1]


class Catalogue:
    """One per process; shared by all requests. `load` what a call needs before asking for it."""

    def __init__(self, *, seconds: float, now: Callable[[], float] = time.monotonic) -> None:
        """Believe what was read for `seconds`; `now` is a clock that never goes back."""
        self._seconds = seconds
        self._now = now
        self._units: _Memory[Unit] = _Memory(seconds, now)
        self._procedures: _Memory[Procedure] = _Memory(seconds, now)
        self._days = _NO_DAYS
        self._days_until = float("-inf")
        self._calendars: dict[int, WorkingCalendar] = {}

    async def load(
        self, session: AsyncSession, *, units: Collection[str], procedures: Collection[str]
    ) -> None:
        """Read what is not known or no longer believed, in at most one query for each kind."""
        if missing := self._units.missing(units):
            self._units.add(missing, await UnitRepository(session).find_many(missing))
        if missing := self._procedures.missing(procedures):
            self._procedures.add(missing, await ProcedureRepository(session).find_many(missing))
        if self._days_until < self._now():
            self._take_days(await CalendarRepository(session).load())

    def unit(self, code: str, *, within: str, pointer: str | None = None) -> Unit:
        """Give a unit of the subtree; raises `UnknownUnit` for all others, whether they exist or not."""
        unit = self._units.get(code)
        if unit is None or not unit.is_within(within):
            raise UnknownUnit(pointer=pointer)
        return unit

    def reach(self, code: str, *, within: str) -> str:
        """Give the part of a unit's subtree that is reached; raises `UnknownUnit` like `unit`."""
        return reach_of(self.unit(code, within=within).path, within)

    def procedure(self, code: str, *, pointer: str | None = None) -> Procedure:
        """Give a procedure, also one that is no longer offered; raises `UnknownProcedure`."""
        procedure = self._procedures.get(code)
        if procedure is None:
            raise UnknownProcedure(pointer=pointer)
        return procedure

    def offered(self, code: str, *, pointer: str | None = None) -> Procedure:
        """Give a procedure for which dossiers are taken in; raises `ProcedureInactive`, too."""
        procedure = self.procedure(code, pointer=pointer)
        if not procedure.active:
            raise ProcedureInactive(pointer=pointer)
        return procedure

    def terms(self, unit: Unit, procedure: Procedure) -> Terms:
        """Give what the unit owes under the procedure."""
        calendar = self._calendars.get(unit.id)
        if calendar is None:
            calendar = self._calendars[unit.id] = WorkingCalendar(
                self._days.decreed, self._days.of_units.get(unit.id, ())
            )
        return Terms(procedure.processing, calendar, unit.hours)

    def _take_days(self, days: DepartingDays) -> None:
        """Keep the calendars, which remember whole years, unless a day has changed."""
        if days != self._days:
            self._days = days
            self._calendars = {}
        self._days_until = self._now() + self._seconds
