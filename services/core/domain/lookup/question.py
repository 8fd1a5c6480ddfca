"""Who is asked about, by whom and for what; and who has to be asked about at all."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.core.domain.errors import DomainError
from services.core.domain.filing import Applicant, ApplicantKind
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup.identity import Birth, same_name

#: The decree on the one-stop shop, under which units ask about applicants (portal-interface 6).
LEGAL_BASIS: Final = "118/2025/NĐ-CP"


class LookUpNeeded(DomainError):
    """The unit receives only dossiers whose applicant is verified; `result` is what is known so far."""

    code = "lookup-needed"


class LookUpState(StrEnum):
    """Where a look-up stands; `void` ones are no longer needed."""

    PENDING = "pending"
    LEASED = "leased"
    SETTLED = "settled"
    VOID = "void"


class Purpose(StrEnum):
    """What the answer is for: a dossier, or what a person has written down as the reason."""

    DOSSIER = "dossier"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Subject:
    """The person as the applicant wrote it; `birth` is `None` where neither form nor number tell."""

    number: IdentityNumber
    name: str = field(repr=False)
    birth: Birth | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Asker:
    """The officer in whose name is asked, with the number that the database knows them by."""

    number: IdentityNumber
    unit_code: str


@dataclass(frozen=True, slots=True)
class Question:
    """One question on its way; `id` is unique per call. Its birth is always known."""

    id: UUID
    asker: Asker
    number: IdentityNumber
    name: str = field(repr=False)
    birth: Birth = field(repr=False)


def needs_look_up(applicant: Applicant, *, procedure_wants: bool, ended: bool) -> bool:
    """Tell whether a dossier needs a look-up: a citizen's, with a number, still to be worked on.

    Nobody has a reason any more to ask about the applicant of a dossier that is over.
    """
    is_person = applicant.kind is ApplicantKind.CITIZEN and applicant.identity_number is not None
    return is_person and procedure_wants and not ended


def subject_of(applicant: Applicant) -> Subject | None:
    """Give the person behind an application; the year in a personal number stands in for a missing birth.

    `None` if the applicant is no person with a number.
    """
    if applicant.kind is not ApplicantKind.CITIZEN or applicant.identity_number is None:
        return None
    number = IdentityNumber.parse(applicant.identity_number)
    birth = Birth.from_number(number) if applicant.birth is None else Birth.parse(applicant.birth)
    return Subject(number, applicant.name, birth)


def may_reuse(subject: Subject, *, name: str, birth: Birth) -> bool:
    """Tell whether an earlier match of the same number also proves what this dossier says of the person."""
    return same_name(subject.name, name) and (subject.birth is None or subject.birth.fits(birth))
