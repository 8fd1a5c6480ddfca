"""How far a unit has got with a step: who has it, of those who are eligible, against the target."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Final

#: Shares are published with two decimals of a per cent.
_PLACES: Final = Decimal("0.0001")


def share_of(part: int, whole: int | None) -> Decimal | None:
    """Divide, half up to two decimals of a per cent; a share of nothing is unknown, not zero."""
    return (Decimal(part) / whole).quantize(_PLACES, ROUND_HALF_UP) if whole else None


@dataclass(frozen=True, slots=True)
class Eligible:
    """How many may take a step; `counted_on` is the day of the oldest count in it."""

    number: int
    counted_on: date


@dataclass(frozen=True, slots=True)
class PopulationRow:
    """A count that holds on a day, in the figures of `shown_id`: the unit itself or its successor."""

    unit_id: int
    shown_id: int
    population: str
    number: int
    valid_from: date


@dataclass(frozen=True, slots=True)
class Coverage:
    """One unit and one step; `share` is from 0 to 1."""

    unit_code: str
    unit_name: str
    step: str
    done: int
    eligible: int | None
    counted_on: date | None
    target: Decimal | None

    @property
    def share(self) -> Decimal | None:
        return share_of(self.done, self.eligible)

    @property
    def met(self) -> bool | None:
        """Tell whether the target is reached, by exact numbers; `None` where one of them is not known."""
        if self.target is None or not self.eligible:
            return None
        return self.done >= self.target * self.eligible


def eligible_by_unit(rows: Iterable[PopulationRow]) -> dict[tuple[int, str], Eligible]:
    """Give who is eligible by shown unit and population.

    A unit's own count holds; one that has none yet after a merger has those of its predecessors together.
    """
    own: dict[tuple[int, str], Eligible] = {}
    inherited: dict[tuple[int, str], list[Eligible]] = {}
    for row in rows:
        counted = Eligible(row.number, row.valid_from)
        if row.unit_id == row.shown_id:
            own[row.shown_id, row.population] = counted
        else:
            inherited.setdefault((row.shown_id, row.population), []).append(counted)
    return {key: together(parts) for key, parts in inherited.items()} | own


def together(parts: Sequence[Eligible]) -> Eligible:
    """Add counts; the sum is as old as the oldest of them."""
    return Eligible(sum(part.number for part in parts), min(part.counted_on for part in parts))
