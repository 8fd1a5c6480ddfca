"""One walk over everything held: each dossier of the question is judged and counted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Final

from services.mock_portal.evaluation.departments import Department
from services.mock_portal.evaluation.period import Period
from services.mock_portal.evaluation.tally import Counted, Tally
from services.mock_portal.portal import Portal
from services.mock_portal.ratings import DISLIKED
from services.mock_portal.standings import verdict_of
from services.mock_portal.store import Dossier
from services.mock_portal.verdict import Standing
from services.mock_portal.wire_time import parse_wire_time

# About 20 ms of judging, then the wire gets its turn.
_TURN_DOSSIERS: Final = 200


@dataclass(frozen=True, slots=True)
class Census:
    root: Tally
    units: Sequence[tuple[Department, Tally]]
    by_procedure: dict[str, Tally]


async def count(
    portal: Portal, root: Department, units: Sequence[Department], period: Period, procedure: str | None
) -> Census:
    """Count the root's dossiers, of one procedure if asked, and the same for each unit."""
    total, below, by_procedure = Tally(), {unit.handler: Tally() for unit in units}, dict[str, Tally]()
    async for counted in _dossiers(portal, root, period):
        tallies = [total, *([below[counted.body.handler]] if counted.body.handler in below else [])]
        for tally in tallies:
            tally.note_procedure(counted)
        if procedure not in (None, counted.procedure):
            continue
        for tally in (*tallies, by_procedure.setdefault(counted.procedure, Tally())):
            tally.add(counted, period)
    return Census(total, [(unit, below[unit.handler]) for unit in units], by_procedure)


async def _dossiers(portal: Portal, root: Department, period: Period) -> AsyncIterator[Counted]:
    place = 0
    while page := list(portal.store.page(place, _TURN_DOSSIERS)):
        place += len(page)
        for dossier in page:
            if root.holds(dossier.body) and (counted := _counted(portal, dossier, period)):
                yield counted
        await asyncio.sleep(0)


def _counted(portal: Portal, dossier: Dossier, period: Period) -> Counted | None:
    received_at = parse_wire_time(dossier.body.received)
    if received_at >= period.end:
        return None
    as_of = min(period.end, portal.clock.now())
    verdict = verdict_of(portal, dossier, as_of=as_of, rules=portal.settings.verdict_rules)
    if verdict.standing is Standing.NOT_RECEIVED:
        return None
    finished_here = verdict.finished and verdict.ended_at is not None and period.holds(verdict.ended_at)
    if not finished_here and not period.holds(received_at):
        return None
    procedure = portal.catalogue.find_procedure(
        dossier.body.procedure, province_variants=portal.settings.accept_province_variants
    )
    return Counted(
        procedure=procedure.code if procedure else dossier.body.procedure,
        body=dossier.body,
        received_at=received_at,
        verdict=verdict,
        disliked=portal.ratings.get(dossier.code) == DISLIKED,
    )
