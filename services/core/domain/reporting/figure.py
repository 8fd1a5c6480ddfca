"""What a figure is."""

from dataclasses import dataclass
from enum import StrEnum

from services.core.domain.wording import Bilingual


class Section(StrEnum):
    """Chapters of the report, in their order."""

    DELIVERY = "delivery"
    LOOK_UPS = "look_ups"
    SERVICES = "services"
    DOSSIERS = "dossiers"
    ONBOARDING = "onboarding"
    OFFICES = "offices"
    SOCIAL_SECURITY = "social_security"


class Counted(StrEnum):
    """What the numbers of a figure are numbers of."""

    DOSSIERS = "dossiers"
    LOOK_UPS = "look_ups"
    PROCEDURES = "procedures"
    PAPERS = "papers"
    VALUES = "values"
    FEES = "fees"
    PEOPLE = "people"
    HOUSEHOLDS = "households"
    PLACES = "places"
    ACCOUNTS = "accounts"
    DOCUMENTS = "documents"
    PAYOUTS = "payouts"
    VND = "vnd"


@dataclass(frozen=True, slots=True)
class Figure:
    """`source` says from which records the figure is counted, and by which day."""

    code: str
    section: Section
    counted: Counted
    name: Bilingual
    source: Bilingual
