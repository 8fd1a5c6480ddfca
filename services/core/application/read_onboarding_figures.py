"""The way from step to step, failures, teams, times and days, from the running counts."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.figures import Period
from services.core.domain.onboarding.coverage import share_of
from services.core.domain.onboarding.step import funnel_of
from services.core.domain.onboarding.tally import Dimension, Measure
from services.core.persistence.onboarding.figures import FigureRepository, LabelSum
from services.core.persistence.onboarding.steps import StepRepository


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """A step of the way. `reached` have it and all before it, `of_previous` of those a step earlier."""

    step: str
    tried: int
    done: int
    reached: int
    of_previous: Decimal | None


@dataclass(frozen=True, slots=True)
class StepTimes:
    """Completed attempts whose time is known; `buckets` counts them by upper bound in seconds.

    `by_device` has number and seconds; the empty device was not told.
    """

    step: str
    attempts: int
    seconds: int
    buckets: dict[str, int]
    by_device: dict[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class TeamRow:
    """What one team did in a period; the empty name stands for those who were in none."""

    team: str
    completed: int
    failed: int
    helped: int


@dataclass(frozen=True, slots=True)
class DayRow:
    """One step on one day; `gained` is how many more have it at the end of the day."""

    day: date
    step: str
    started: int
    completed: int
    failed: int
    deactivated: int
    gained: int


_FAILURES = (Dimension.REASON, Dimension.DEVICE, Dimension.PROVIDER, Dimension.TEAM)
_OF_A_DAY = (Measure.STARTED, Measure.COMPLETED, Measure.FAILED, Measure.DEACTIVATED, Measure.HELD)


async def read_funnel(
    session: AsyncSession, *, path: str, today: date, on: date | None = None
) -> list[FunnelRow]:
    """Give the steps of the way in their order, as things stand or stood at the end of the day `on`."""
    funnel = funnel_of(await StepRepository(session).load())
    figures = FigureRepository(session, path=path, on=on or today)
    sums: dict[tuple[str, Measure], int] = defaultdict(int)
    measures = (Measure.TRIED, Measure.HELD, Measure.REACHED)
    for row in await figures.sums(measures, up_to_day=on is not None):
        sums[row.step, row.measure] += row.value
    rows: list[FunnelRow] = []
    for step in funnel:
        tried, done, reached = (sums[step, measure] for measure in measures)
        before = rows[-1].reached if rows else None
        rows.append(FunnelRow(step, tried, done, reached, share_of(reached, before)))
    return rows


async def read_failures(
    session: AsyncSession, *, path: str, today: date, period: Period, step: str | None = None
) -> Sequence[LabelSum]:
    """Count failures by reason, device, provider and team, largest first."""
    figures = FigureRepository(session, path=path, on=today)
    return await figures.breakdown([Measure.FAILED], _FAILURES, period=period, step=step)


async def read_teams(
    session: AsyncSession, *, path: str, today: date, period: Period, team: str | None = None
) -> list[TeamRow]:
    """Count what each team did, busiest first."""
    figures = FigureRepository(session, path=path, on=today)
    measures = (Measure.COMPLETED, Measure.FAILED, Measure.HELPED)
    counts: dict[str, dict[Measure, int]] = defaultdict(lambda: dict.fromkeys(measures, 0))
    for row in await figures.breakdown(measures, [Dimension.TEAM], period=period, label=team):
        counts[row.label][row.measure] += row.value
    rows = [TeamRow(name, *(found[measure] for measure in measures)) for name, found in counts.items()]
    return sorted(rows, key=lambda row: (-row.completed, row.team))


async def count_helped(session: AsyncSession, *, path: str, today: date, period: Period) -> dict[str, int]:
    """Count those who were helped for the first time, by kind of helper; the empty kind has all of them."""
    figures = FigureRepository(session, path=path, on=today)
    dimensions = (Dimension.ALL, Dimension.HELPER)
    rows = await figures.breakdown([Measure.HELPED], dimensions, period=period)
    return {row.label: row.value for row in rows}


async def read_times(session: AsyncSession, *, path: str, today: date, period: Period) -> list[StepTimes]:
    """Give the time that completed attempts took, per step."""
    figures = FigureRepository(session, path=path, on=today)
    rows = await figures.breakdown(
        [Measure.TIMED, Measure.SECONDS], [Dimension.ALL, Dimension.DEVICE, Dimension.LE], period=period
    )
    found: dict[str, dict[tuple[Measure, Dimension, str], int]] = defaultdict(dict)
    for row in rows:
        found[row.step][row.measure, row.dimension, row.label] = row.value
    return [_times(step, values) for step, values in sorted(found.items())]


async def read_history(
    session: AsyncSession, *, path: str, today: date, period: Period, step: str | None = None
) -> list[DayRow]:
    """Give each day on which something happened, per step."""
    figures = FigureRepository(session, path=path, on=today)
    found: dict[tuple[date, str], dict[Measure, int]] = defaultdict(lambda: dict.fromkeys(_OF_A_DAY, 0))
    for row in await figures.by_day(_OF_A_DAY, period=period, step=step):
        found[row.day, row.step][row.measure] = row.value
    return [
        DayRow(day, name, *(values[measure] for measure in _OF_A_DAY))
        for (day, name), values in sorted(found.items())
    ]


def _times(step: str, values: dict[tuple[Measure, Dimension, str], int]) -> StepTimes:
    devices = [label for measure, by, label in values if (measure, by) == (Measure.TIMED, Dimension.DEVICE)]
    return StepTimes(
        step=step,
        attempts=values.get((Measure.TIMED, Dimension.ALL, ""), 0),
        seconds=values.get((Measure.SECONDS, Dimension.ALL, ""), 0),
        buckets={label: n for (_, by, label), n in values.items() if by is Dimension.LE},
        by_device={
            device: (
                values[Measure.TIMED, Dimension.DEVICE, device],
                values.get((Measure.SECONDS, Dimension.DEVICE, device), 0),
            )
            for device in devices
        },
    )
