"""Add counts of who is eligible, row by row: one that is there and differs stays, unless told otherwise."""

from collections.abc import Mapping
from dataclasses import replace as changed
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.desk import Desk
from services.core.application.record import actor_of, record
from services.core.application.save_population import SentPopulation
from services.core.domain.audit import Act, Action
from services.core.domain.catalogue import UnknownUnit
from services.core.persistence.onboarding.population import PopulationCount, PopulationRepository
from services.core.persistence.population_rows import CountKey, find_counts


class Added(StrEnum):
    """What became of a row. `differs`: another number or source is on record, and stays."""

    STORED = "stored"
    KNOWN = "known"
    DIFFERS = "differs"
    UNKNOWN_UNIT = "unknown_unit"


async def add_population(
    session: AsyncSession, *, lines: Mapping[int, SentPopulation], desk: Desk, replace: bool
) -> dict[int, Added]:
    """Store what is new, by row; `replace` also stores what differs. The first of equal keys counts."""
    await desk.catalogue.load(session, units={sent.unit_code for sent in lines.values()}, procedures=())
    outcomes: dict[int, Added] = {}
    counts: dict[int, PopulationCount] = {}
    for number, sent in lines.items():
        try:
            unit = desk.catalogue.unit(sent.unit_code, within=desk.caller.unit_path)
            counts[number] = changed(sent.count, unit_id=unit.id)
        except UnknownUnit:
            outcomes[number] = Added.UNKNOWN_UNIT
    there = await find_counts(session, [_key(count) for count in counts.values()])
    new: list[PopulationCount] = []
    for number, count in counts.items():
        known = there.get(_key(count))
        outcomes[number] = _outcome(known, count, replace=replace)
        if outcomes[number] is Added.STORED:
            new.append(count)
            there[_key(count)] = (count.number, count.source)
    await PopulationRepository(session).save_counts(new)
    units = tuple(sorted({sent.unit_code for sent in lines.values()}))
    await record(session, actor=actor_of(desk.caller), act=Act(Action.POPULATION_SAVE, units))
    return dict(sorted(outcomes.items()))


def _key(count: PopulationCount) -> CountKey:
    return CountKey(count.unit_id, count.population, count.valid_from)


def _outcome(known: tuple[int, str] | None, count: PopulationCount, *, replace: bool) -> Added:
    if known == (count.number, count.source):
        return Added.KNOWN
    return Added.STORED if known is None or replace else Added.DIFFERS
