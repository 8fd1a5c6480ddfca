"""In which months a dossier counts, and what it says there."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from services.core.domain.filing import DossierBody
from services.core.domain.indicator.facts import Fact, facts_of, month_of


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a dossier stands towards the portal; `flagged_at` and `ended_at` as its delivery has them."""

    dossier_id: UUID
    unit_id: int
    version: int
    seq: int
    on_portal: bool
    flagged_at: datetime | None
    ended_at: datetime | None
    accepted: bool


@dataclass(frozen=True, slots=True)
class MonthEntry:
    """A dossier in one month, named by its first day; `received_here` if it was received in it."""

    month: date
    received_here: bool
    procedure_code: str
    facts: Fact
    standing: Standing


def month_entries(body: DossierBody, standing: Standing) -> list[MonthEntry]:
    """Count a dossier where it was received and where it ended; without a reception nowhere (5.1, rule 2)."""
    if body.received_at is None:
        return []
    received_in = month_of(body.received_at)
    months = {received_in} if standing.ended_at is None else {received_in, month_of(standing.ended_at)}
    facts = facts_of(body)
    return [
        MonthEntry(month, month == received_in, body.procedure_code, facts, standing)
        for month in sorted(months)
    ]
