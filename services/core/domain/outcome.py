"""What a call to the portal can come to. Faults are values as well; only clear words count as an answer."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.core.domain.dossier import Status


@dataclass(frozen=True, slots=True)
class Accepted:
    """The portal said so, in its own words."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The portal understood and refused; sending the same again cannot succeed."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class AlreadyExists:
    """The portal holds what the call wanted to create; nothing was stored."""

    message: str


@dataclass(frozen=True, slots=True)
class Unsendable:
    """We could not put it into the portal's words; nothing has left, so there was no call."""

    reason: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """The portal asked for patience; nothing was stored."""

    retry_after: timedelta | None


@dataclass(frozen=True, slots=True)
class AuthRefused:
    """Our login was refused; the dossiers are not to blame."""

    reason: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not arrived: no connection, or given up before the first byte left."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """May have arrived: time-out, reset, 5xx, cut or unreadable answer.

    `lingering` if it was we who hung up: the portal may still be at work on it.
    """

    reason: str
    lingering: bool = False


#: What both a push and a look-up can come to instead of an answer.
Failure = Rejected | Throttled | AuthRefused | NotSent | Unknown
Outcome = Accepted | AlreadyExists | Unsendable | Failure


@dataclass(frozen=True, slots=True)
class PortalEntry:
    """A progress entry as the portal shows it; its only key is time (to the second) and status."""

    at: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class PortalRecord:
    """What the portal shows of one dossier; `entries` is `None` if it shows no history at all."""

    code: str
    entries: tuple[PortalEntry, ...] | None


@dataclass(frozen=True, slots=True)
class Found:
    """Answer to a look-up: the record, or proof that there is none."""

    record: PortalRecord | None


LookUpOutcome = Found | Failure


def was_taken(outcome: Outcome | LookUpOutcome) -> bool:
    """Tell whether the portal dealt with the call, by doing it or by refusing what it was about."""
    return isinstance(outcome, Accepted | AlreadyExists | Rejected | Found)


def was_missed(outcome: Outcome | LookUpOutcome) -> bool:
    """Tell whether the call went without an answer. A portal that asks for patience or a login is up."""
    return isinstance(outcome, NotSent | Unknown)


def refuses_service(outcome: Outcome | LookUpOutcome) -> bool:
    """Tell whether the portal answered, and would not look at anything that it was sent."""
    return isinstance(outcome, Throttled | AuthRefused)


def outcome_name(outcome: Outcome | LookUpOutcome) -> str:
    """Name an outcome for the record and for metrics: `accepted`, `not_sent`, ..."""
    return _NAMES[type(outcome)]


_NAMES: Final = {
    Accepted: "accepted",
    AlreadyExists: "already_exists",
    Unsendable: "unsendable",
    Rejected: "rejected",
    Throttled: "throttled",
    AuthRefused: "auth",
    NotSent: "not_sent",
    Unknown: "unknown",
    Found: "found",
}
