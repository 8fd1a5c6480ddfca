"""Which events count: those that no correction names.

All rules here look at sets, never at the order of arrival, so that a correction may come before what it
corrects.
"""

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID


class Correction(NamedTuple):
    """Event `id` corrects event `corrects`."""

    id: UUID
    corrects: UUID


def superseded(corrections: Iterable[Correction]) -> frozenset[UUID]:
    """Give the events that do not count any more.

    What is named by a correction stays corrected, even if the correction is corrected in its turn. Of two
    corrections of one event the one with the greater id counts, which is the later one where ids are
    UUIDs of version 7.
    """
    best: dict[UUID, UUID] = {}
    beaten: set[UUID] = set()
    for correction in corrections:
        rival = best.setdefault(correction.corrects, correction.id)
        if rival != correction.id:
            beaten.add(min(rival, correction.id))
            best[correction.corrects] = max(rival, correction.id)
    return frozenset(best) | beaten
