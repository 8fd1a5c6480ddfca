"""Save who is eligible, and what share of them is aimed at."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.desk import Desk
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action
from services.core.domain.onboarding.errors import UnknownStep
from services.core.persistence.onboarding.population import PopulationCount, PopulationRepository, Target
from services.core.persistence.onboarding.steps import StepRepository


@dataclass(frozen=True, slots=True)
class SentPopulation:
    """A count as it was sent: the unit by its code."""

    unit_code: str
    count: PopulationCount


@dataclass(frozen=True, slots=True)
class SentTarget:
    """A target as it was sent: the unit by its code."""

    unit_code: str
    target: Target


async def save_population_counts(
    session: AsyncSession, *, counts: Sequence[SentPopulation], desk: Desk
) -> None:
    """Save all counts or none; of two for one unit, population and day the last holds.

    Raises `UnknownUnit` with a pointer to the count.
    """
    await desk.catalogue.load(session, units={sent.unit_code for sent in counts}, procedures=())
    saved = {}
    for place, sent in enumerate(counts):
        unit_id = _unit_id(desk, sent.unit_code, f"/counts/{place}/unit_code")
        count = replace(sent.count, unit_id=unit_id)
        saved[unit_id, count.population, count.valid_from] = count
    await PopulationRepository(session).save_counts(list(saved.values()))
    await record(session, actor=actor_of(desk.caller), act=Act(Action.POPULATION_SAVE, _units(counts)))


async def save_targets(session: AsyncSession, *, targets: Sequence[SentTarget], desk: Desk) -> None:
    """Save all targets or none, in the same manner; raises `UnknownStep`, too."""
    steps = await StepRepository(session).load()
    await desk.catalogue.load(session, units={sent.unit_code for sent in targets}, procedures=())
    saved = {}
    for place, sent in enumerate(targets):
        if sent.target.step not in steps:
            raise UnknownStep(pointer=f"/targets/{place}/step")
        unit_id = _unit_id(desk, sent.unit_code, f"/targets/{place}/unit_code")
        target = replace(sent.target, unit_id=unit_id)
        saved[unit_id, target.step, target.valid_from] = target
    await PopulationRepository(session).save_targets(list(saved.values()))
    await record(session, actor=actor_of(desk.caller), act=Act(Action.TARGETS_SAVE, _units(targets)))


def _units(sent: Sequence[SentPopulation] | Sequence[SentTarget]) -> tuple[str, ...]:
    return tuple(sorted({one.unit_code for one in sent}))


def _unit_id(desk: Desk, code: str, pointer: str) -> int:
    return desk.catalogue.unit(code, within=desk.caller.unit_path, pointer=pointer).id
