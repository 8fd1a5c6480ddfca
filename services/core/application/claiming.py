"""The claims of one process: rounds that begin at the same time share one."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta

from services.core.application.gathering import Gathering
from services.core.application.shipment import Shipment
from services.core.domain.delivery import Operation, ParkCause
from services.core.persistence.deliveries import Claim, DeliveryRepository
from services.core.persistence.engine import Sessions
from services.core.persistence.shipments import Unreadable, load_bodies, load_entries


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a round would like to claim; see `DeliveryRepository.claim`."""

    size: int
    owner: str
    lease: timedelta
    chance: float
    reach: timedelta
    first: AbstractSet[Operation]
    retries: bool

    def goes_with(self, other: "Wanted") -> bool:
        """Tell whether one claim will do for both: chance and reach of either are as good."""
        return (self.size, self.owner, self.lease, self.first, self.retries) == (
            other.size,
            other.owner,
            other.lease,
            other.first,
            other.retries,
        )


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a round got: `leased` counts also what turned out unreadable and was parked.

    `passed_over` where other rounds of the same claim got everything.
    """

    leased: int
    shipments: list[Shipment]
    passed_over: bool = False


class Claiming:
    """Shared by the rounds of one process; they would look at the same rows one after the other."""

    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions
        self._gathering = Gathering(self._claim_together)

    async def claim(self, wanted: Wanted) -> Claimed:
        """Lease what is most urgent, and read it. Of several rounds, one is filled after the other.

        Whoever gives up waiting loses what it gets: it is leased to nobody who works on it.
        """
        while (claimed := await self._gathering.ask(wanted)).passed_over:
            # A dossier that is sent alone may have been all that the others got.
            pass
        return claimed

    async def _claim_together(self, together: Sequence[Wanted]) -> Sequence[Claimed | Exception]:
        answers: dict[int, Claimed | Exception] = {}
        while len(answers) < len(together):
            first = next(wanted for place, wanted in enumerate(together) if place not in answers)
            places = [p for p, one in enumerate(together) if p not in answers and one.goes_with(first)]
            try:
                shares = await self._claim(first, rounds=len(places))
            except Exception as exc:  # noqa: BLE001 - each round is told of it
                answers |= dict.fromkeys(places, exc)
            else:
                answers |= dict(zip(places, shares, strict=True))
        return [answers[place] for place in range(len(together))]

    async def _claim(self, wanted: Wanted, *, rounds: int) -> list[Claimed]:
        async with self._sessions.begin() as session:
            deliveries = DeliveryRepository(session)
            claims = await deliveries.claim(
                size=wanted.size * rounds,
                owner=wanted.owner,
                lease=wanted.lease,
                chance=wanted.chance,
                reach=wanted.reach,
                first=wanted.first,
                retries=wanted.retries,
            )
            if not claims:
                return [Claimed(0, []) for _ in range(rounds)]
            ids = [claim.dossier_id for claim in claims]
            bodies = await load_bodies(session, ids)
            entries = await load_entries(session, ids)
            shipments: dict[Claim, Shipment] = {}
            for claim in claims:
                body, history = bodies[claim.dossier_id], entries[claim.dossier_id]
                if isinstance(body, Unreadable):
                    await deliveries.park(claim, cause=ParkCause.UNSENDABLE, detail=body.reason)
                elif isinstance(history, Unreadable):
                    await deliveries.park(claim, cause=ParkCause.UNSENDABLE, detail=history.reason)
                else:
                    shipments[claim] = Shipment(claim, body, history)
        # Few dossiers stay in one call.
        return [
            _share(claims[place * wanted.size : (place + 1) * wanted.size], shipments)
            for place in range(rounds)
        ]


def _share(claims: Sequence[Claim], shipments: dict[Claim, Shipment]) -> Claimed:
    readable = [shipments[claim] for claim in claims if claim in shipments]
    return Claimed(len(claims), readable, passed_over=not claims)
