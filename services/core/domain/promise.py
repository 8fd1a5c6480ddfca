"""When a result is promised, and how far the desk may depart from the law's reckoning."""

from dataclasses import dataclass
from datetime import datetime

from services.core.domain.deadline import (
    OpeningHours,
    ProcessingTime,
    WorkingCalendar,
    acceptance_due,
    due_time,
    resume_due,
)
from services.core.domain.errors import DomainError


class DueTimeNeeded(DomainError):
    """The catalogue states no processing time for the procedure, so the desk has to say when."""

    code = "due-time-needed"


class DueTimeTooLate(DomainError):
    """A promise later than the law gives; more time takes an extension, with its reason."""

    code = "due-time-too-late"


class DueTimeBeforeReception(DomainError):
    code = "due-time-before-reception"


@dataclass(frozen=True, slots=True)
class Terms:
    """What the unit owes under the procedure, on its own calendar and opening hours.

    `agreed_due` replaces all reckoning: a due time that was settled elsewhere, before the dossier came here.
    """

    processing: ProcessingTime | None
    calendar: WorkingCalendar
    hours: OpeningHours
    agreed_due: datetime | None = None

    def promise(self, received_at: datetime, wanted: datetime | None) -> datetime:
        """Give the due time of a reception.

        A desk may promise less time than the law gives, never more. Raises `DueTimeNeeded`, `DueTimeTooLate`
        or `DueTimeBeforeReception`.
        """
        promised = self.agreed_due or wanted
        if promised is not None and promised < received_at:
            raise DueTimeBeforeReception(pointer="/due_at", received_at=received_at.isoformat())
        if self.agreed_due is not None:
            return self.agreed_due
        if self.processing is None:
            if wanted is None:
                raise DueTimeNeeded(pointer="/due_at")
            return wanted
        legal = due_time(received_at, self.processing, self.calendar, self.hours)
        if wanted is not None and wanted > legal:
            raise DueTimeTooLate(pointer="/due_at", latest=legal.isoformat())
        return wanted or legal

    def acceptance(self, submitted_at: datetime) -> datetime:
        """Give the time by which the desk must have answered an online filing."""
        return acceptance_due(submitted_at, self.calendar, self.hours)

    def after_pause(self, due_at: datetime, asked_at: datetime, answered_at: datetime) -> datetime:
        """Give the due time after a supplement, in working time."""
        if self.agreed_due is not None:
            return due_at
        return resume_due(due_at, asked_at, answered_at, self.calendar, self.hours)
