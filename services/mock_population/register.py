"""Everyone the database knows, found by number and confirmed by name and birth."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from services.mock_population.citizen import Birth, Citizen, Trait
from services.mock_population.name import folded


@dataclass(frozen=True, slots=True)
class Claim:
    """What a caller says of a person. `birth` is `yyyy` or `yyyyMMdd`."""

    number: str
    old_card: str
    name: str
    birth: str

    def fits(self, citizen: Citizen) -> bool:
        return folded(self.name) == folded(citizen.name) and self.birth in _births(citizen.birth)


def _births(birth: Birth) -> tuple[str, ...]:
    return (f"{birth.year:04d}", birth.compact) if birth.day else (f"{birth.year:04d}",)


class Register:
    def __init__(self, citizens: Iterable[Citizen]) -> None:
        self._by_number: dict[str, Citizen] = {}
        self._by_old_card: dict[str, list[str]] = {}
        for citizen in citizens:
            self.put(citizen)

    def __len__(self) -> int:
        return len(self._by_number)

    def put(self, citizen: Citizen) -> None:
        """Add a person, or replace the one with this number."""
        known = self._by_number.get(citizen.number)
        if known is not None and known.old_card:
            self._by_old_card[known.old_card].remove(citizen.number)
        self._by_number[citizen.number] = citizen
        if citizen.old_card:
            self._by_old_card.setdefault(citizen.old_card, []).append(citizen.number)

    def match(self, claim: Claim) -> list[Citizen]:
        """Find those whose number, name and birth are all as claimed; the twelve digits win over the nine."""
        return [citizen for citizen in self._numbered(claim) if claim.fits(citizen)]

    def someone_else(self, claim: Claim) -> Citizen | None:
        """Find a person other than the claimed one, a namesake if there is one."""
        claimed = self._numbered(claim)
        # Compared letter by letter as it is on record: folding everybody would hold up the other callers.
        names = {citizen.name for citizen in claimed}
        others = [citizen for citizen in self._by_number.values() if citizen not in claimed]
        return next((c for c in others if c.name in names), others[0] if others else None)

    def page(self, *, trait: Trait | None, offset: int, limit: int) -> Sequence[Citizen]:
        chosen = (c for c in self._by_number.values() if trait is None or trait in c.traits)
        return list(islice(chosen, offset, offset + limit))

    def _numbered(self, claim: Claim) -> list[Citizen]:
        if claim.number:
            citizen = self._by_number.get(claim.number)
            return [] if citizen is None else [citizen]
        return [self._by_number[number] for number in self._by_old_card.get(claim.old_card, ())]
