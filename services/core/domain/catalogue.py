"""Who may take a dossier in, and for what."""

from dataclasses import dataclass
from datetime import date

from services.core.domain.deadline import OpeningHours, ProcessingTime
from services.core.domain.errors import DomainError
from services.core.domain.policy.relation import covers


class UnknownUnit(DomainError):
    """No such unit, or one that the caller has nothing to do with: the two look the same on purpose."""

    code = "unknown-unit"


class UnitEnded(DomainError):
    """The unit was merged or dissolved; the facts name its successor, if it has one."""

    code = "unit-ended"


class UnitNotYetOpen(DomainError):
    """The unit begins its work later."""

    code = "unit-not-yet-open"


class UnknownProcedure(DomainError):
    code = "unknown-procedure"


class ProcedureInactive(DomainError):
    """The catalogue no longer offers it; dossiers taken in before go on."""

    code = "procedure-inactive"


@dataclass(frozen=True, slots=True)
class Unit:
    """Node of the organisation tree; `path` is `/1/5/9/`, the ids from the root down to the unit itself.

    `requires_match` keeps dossiers from being received before their applicant is verified.
    """

    id: int
    code: str
    name: str
    path: str
    valid_from: date
    valid_to: date | None
    successor_code: str | None
    hours: OpeningHours
    requires_match: bool = False

    def is_within(self, within: str) -> bool:
        """Tell whether the unit is in a part of the tree (`policy.relation`)."""
        return covers(within, self.path)

    def check_open_on(self, day: date, *, pointer: str) -> None:
        """Raise `UnitEnded` or `UnitNotYetOpen` where the unit does not exist on a local day."""
        if day < self.valid_from:
            raise UnitNotYetOpen(pointer=pointer, unit=self.code, valid_from=self.valid_from.isoformat())
        if self.valid_to is not None and day > self.valid_to:
            raise UnitEnded(
                pointer=pointer,
                unit=self.code,
                valid_to=self.valid_to.isoformat(),
                successor=self.successor_code,
            )


@dataclass(frozen=True, slots=True)
class Procedure:
    """Catalogue entry; `processing` is `None` where the national portal states no time either.

    `wants_look_up` is false where nobody needs to know the applicant in the population database.
    """

    code: str
    name: str
    field_code: str
    field_name: str
    processing: ProcessingTime | None
    active: bool
    wants_look_up: bool = True
