"""See whether the decreed days are known on which due times rest."""

from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.deadline import WorkingCalendar
from services.core.persistence.calendar import CalendarRepository


async def years_without_decree(session: AsyncSession, *, today: date) -> tuple[int, ...]:
    """Name this year, and from December on the next, if no decreed day is known for them.

    Due times that reach into such a year rest on the calendar library's guess.
    """
    days = await CalendarRepository(session).load()
    return WorkingCalendar(days.decreed).years_missing_decree(today)
