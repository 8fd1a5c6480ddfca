"""Refusals of onboarding events. None of them carries a number or a name."""

from services.core.domain.errors import DomainError


class UnknownStep(DomainError):
    """The catalogue of steps has no such code."""

    code = "unknown-step"


class FieldNeeded(DomainError):
    """What happened cannot be told without this field; `outcome` says what that was."""

    code = "field-needed"


class FieldUnfit(DomainError):
    """The field does not go with what happened; `outcome` says what that was."""

    code = "field-unfit"


class SubjectUnfit(DomainError):
    """The step belongs to somebody else: a household account has no single citizen. `wanted` is who."""

    code = "subject-unfit"


class EventInFuture(DomainError):
    """The clock of the device is wrong: the event has not happened yet."""

    code = "event-in-future"


class EventIdReused(DomainError):
    """An event of this id is stored and says something else."""

    code = "event-id-reused"


class UnknownEvent(DomainError):
    """The event to be corrected belongs to units that the caller has nothing to do with."""

    code = "unknown-event"
