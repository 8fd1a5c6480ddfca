"""Counts of a day from those who keep the single cases to themselves: the police, officers' own systems."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from services.core.domain.onboarding.coverage import share_of


class ReportedFigure(StrEnum):
    DOCUMENTS_SIGNED = "documents_signed"  #: handled and signed electronically, of all documents
    DOSSIERS_ONLINE = "dossiers_online"  #: received and handled online, of all dossiers
    IDENTITY_ACCOUNTS = "identity_accounts"  #: activated
    ID_CARDS = "id_cards"  #: issued, of those eligible
    SIGNATURES_GIVEN = "signatures_given"  #: to citizens and businesses
    ESSENTIAL_SERVICES = "essential_services"  #: in operation, of those on the government's list
    PROCEDURES_CUT = "procedures_cut"  #: no longer ask for residence papers
    PROCEDURES_CHANGED = "procedures_changed"  #: changed because they asked for residence papers


@dataclass(frozen=True, slots=True)
class ReportedCount:
    """`part` of `whole` on one day; `corrects` names the report that this takes the place of."""

    id: UUID
    unit_id: int
    figure: ReportedFigure
    day: date
    part: int
    whole: int | None
    source: str
    corrects: UUID | None = None


@dataclass(frozen=True, slots=True)
class ReportedSum:
    """A figure over a period; `whole` is unknown where a report had none."""

    figure: ReportedFigure
    part: int
    whole: int | None

    @property
    def share(self) -> Decimal | None:
        return share_of(self.part, self.whole)
