"""What the index asks of one dossier, in one number: a bit per yes-or-no fact, as the portal reads its body.

Readings of the fields: portal-interface 6.4 and 2.1.
"""

from datetime import date, datetime
from enum import IntFlag
from typing import Final

from services.core.domain.deadline import VIETNAM
from services.core.domain.filing import Channel, DossierBody, Fee, PaymentMethod

_ELECTRONIC: Final = frozenset({PaymentMethod.PORTAL, PaymentMethod.BANK, PaymentMethod.WALLET})


class Fact(IntFlag):
    """Stored as a number: add, never renumber."""

    NONE = 0
    ONLINE = 1
    FEE_LISTED = 2
    FEE_DUE = 4
    PAID_ONLINE = 8
    RESULT_FILE = 16
    DIGITISED = 32
    NATIONAL_STORE = 64
    POPULATION_DATA = 128


def facts_of(body: DossierBody) -> Fact:
    """Read what a body says about itself."""
    digitised = any(part.digitised for part in body.components)
    from_store = any(part.from_national_store for part in body.components)
    holds = {
        Fact.ONLINE: body.channel is Channel.ONLINE,
        Fact.RESULT_FILE: any(result.link for result in body.results),
        Fact.DIGITISED: digitised,
        Fact.NATIONAL_STORE: from_store,
        Fact.POPULATION_DATA: from_store or body.applicant.verified_by_vneid,
        **_of_fees(body.fees),
    }
    facts = Fact.NONE
    for fact, is_so in holds.items():
        if is_so:
            facts |= fact
    return facts


def _of_fees(fees: tuple[Fee, ...]) -> dict[Fact, bool]:
    return {
        Fact.FEE_LISTED: bool(fees),
        Fact.FEE_DUE: any(fee.amount_vnd > 0 for fee in fees),
        Fact.PAID_ONLINE: any(fee.paid_by in _ELECTRONIC for fee in fees),
    }


def month_of(at: datetime) -> date:
    """Give the first day of the month in Việt Nam that an instant lies in."""
    return at.astimezone(VIETNAM).date().replace(day=1)
