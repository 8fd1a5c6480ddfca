"""Take in payments to recipients of social security; a file that is sent twice changes nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.catalogue import Catalogue
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.payout import Payout
from services.core.persistence.payouts import PayoutRepository, StoredPayout


class PayoutOutcome(StrEnum):
    """What became of a line. `differs`: its number is on record with other particulars, which stay."""

    STORED = "stored"
    KNOWN = "known"
    DIFFERS = "differs"
    UNKNOWN_UNIT = "unknown_unit"


@dataclass(frozen=True, slots=True)
class TakenPayouts:
    """Outcomes by line, in order."""

    outcomes: Mapping[int, PayoutOutcome]

    def count(self, outcome: PayoutOutcome) -> int:
        """Count the lines that came to this."""
        return sum(one is outcome for one in self.outcomes.values())


async def record_payouts(
    session: AsyncSession, *, lines: Mapping[int, Payout], within: str, catalogue: Catalogue
) -> TakenPayouts:
    """Store what is not stored yet; units outside of `within` are unknown ones."""
    await catalogue.load(session, units={payout.unit_code for payout in lines.values()}, procedures=())
    outcomes: dict[int, PayoutOutcome] = {}
    known = []
    for line, payout in lines.items():
        try:
            known.append((line, catalogue.unit(payout.unit_code, within=within).id, payout))
        except UnknownUnit:
            outcomes[line] = PayoutOutcome.UNKNOWN_UNIT
    for stored in await PayoutRepository(session).add(known):
        outcomes[stored.line] = _outcome(stored)
    return TakenPayouts(dict(sorted(outcomes.items())))


def _outcome(stored: StoredPayout) -> PayoutOutcome:
    if not stored.is_same:
        return PayoutOutcome.DIFFERS
    return PayoutOutcome.STORED if stored.is_new else PayoutOutcome.KNOWN
