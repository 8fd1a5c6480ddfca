"""What a question to the population database can come to. Faults are values; none shows whom it is about."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final

from services.core.domain.identity import IdentityNumber, Sex
from services.core.domain.lookup.identity import Birth, same_name
from services.core.domain.lookup.question import Question


class Result(StrEnum):
    """What is kept of an outcome, for the dossier, for the record and for metrics."""

    MATCH = "match"
    MISMATCH = "mismatch"
    NOT_FOUND = "not_found"
    REFUSED = "refused"
    UNAVAILABLE = "unavailable"
    UNKNOWN = "unknown"


class Refusal(StrEnum):
    """Why a question was turned down; the first three are ours, and nothing was asked."""

    NO_ACCOUNT = "no_account"  #: no officer of the unit has a number to ask with
    NO_BIRTH = "no_birth"  #: an old card's number says no year, and the dossier says none either
    NO_PERSON = "no_person"  #: the dossier names nobody about whom can be asked
    BY_DATABASE = "by_database"


@dataclass(frozen=True, slots=True)
class Address:
    """Codes as the database gives them, without names; `district` stands in records from before July 2025."""

    province: str
    ward: str
    detail: str
    district: str = ""


@dataclass(frozen=True, slots=True)
class Match:
    """The person on record: number, name and birth all fit what was asked.

    What is missing on record is `None`. Nobody keeps more of an answer than this.
    """

    number: IdentityNumber
    name: str = field(repr=False)
    birth: Birth = field(repr=False)
    sex: Sex | None = field(default=None, repr=False)
    permanent_address: Address | None = field(default=None, repr=False)
    present_address: Address | None = field(default=None, repr=False)
    old_card: IdentityNumber | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Mismatch:
    """Somebody was found who is not whom we asked about; `fields` are `number`, `name` or `birth`."""

    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NotFound:
    """Nobody was found: no such number, or name or birth do not fit it. Which, the database does not tell."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The question was turned down; asking the same again cannot succeed. `detail` names nobody."""

    why: Refusal
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """No answer, or one that speaks of the service and not of the question; `retry_after` is its own wish."""

    reason: str
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """An answer came that cannot be read."""

    reason: str


Outcome = Match | Mismatch | NotFound | Refused | Unavailable | Unknown

_RESULTS: Final = {
    Match: Result.MATCH,
    Mismatch: Result.MISMATCH,
    NotFound: Result.NOT_FOUND,
    Refused: Result.REFUSED,
    Unavailable: Result.UNAVAILABLE,
    Unknown: Result.UNKNOWN,
}


def result_of(outcome: Outcome) -> Result:
    """Name an outcome."""
    return _RESULTS[type(outcome)]


def was_answered(outcome: Outcome) -> bool:
    """Tell whether the database dealt with the question; only that counts as a look-up."""
    match outcome:
        case Refused(why=why):
            return why is Refusal.BY_DATABASE
        case Match() | Mismatch() | NotFound():
            return True
        case _:
            return False


def detail_of(outcome: Outcome) -> str | None:
    """Give what the record keeps besides the result; it names nobody."""
    match outcome:
        case Unavailable(reason=reason) | Unknown(reason=reason):
            return reason
        case Mismatch(fields=fields):
            return " ".join(fields)
        case Refused(why=why, detail=detail):
            return f"{why.value}: {detail}" if detail else why.value
        case _:
            return None


def judged(question: Question, people: Sequence[Match]) -> Outcome:
    """Believe an answer only if it is about whom we asked: a wrong person must never reach a dossier."""
    if not people:
        return NotFound()
    misfits = [_misfits(question, person) for person in people]
    fitting = [person for person, fields in zip(people, misfits, strict=True) if not fields]
    if len(fitting) == 1:
        return fitting[0]
    # Two people who both fit share a number, so it names neither.
    return Mismatch(("number",) if fitting else misfits[0])


def _misfits(question: Question, person: Match) -> tuple[str, ...]:
    fits = {
        "number": question.number in (person.number, person.old_card),
        "name": same_name(question.name, person.name),
        "birth": question.birth.fits(person.birth),
    }
    return tuple(name for name, fit in fits.items() if not fit)
