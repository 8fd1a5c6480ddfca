"""The forecast of falsely late dossiers: what is open, what was taken of late, and the last working day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Final

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.deadline import WorkingCalendar
from services.core.domain.forecast import (
    GRID,
    Coming,
    Forecast,
    Group,
    Outlook,
    ReportingHabit,
    TakenLately,
    forecast,
    pace_now,
    reference_hours,
    reporting_habit,
)
from services.core.domain.pace import PUSHES
from services.core.domain.verdict import Comparison, flag_while_running
from services.core.persistence.calendar import CalendarRepository

#: More than this waiting is more than any portal takes in a minute.
_WAITING_AT_MOST: Final = 10_000
_DAY_MINUTES: Final = 1440

FORECAST_OPEN: Final = text("""
    SELECT width_bucket(
            CAST(extract(epoch FROM flagged_at - now()) / 60 AS float8), CAST(:grid AS float8[])
        ) AS step,
        ended_at IS NOT NULL AS ended, state = 'parked' AS parked,
        CASE WHEN acked_version >= target_version THEN 1 ELSE 2 END AS pushes, count(*) AS number
    FROM deliveries
    WHERE accepted_at IS NULL AND flagged_at > now() AND flagged_at <= now() + interval '24 hours'
        AND (desk_flagged_at IS NULL OR desk_flagged_at > now()) AND state <> 'closed'
    GROUP BY 1, 2, 3, 4
""").bindparams(grid=[float(end) for end in GRID])

#: Login counts, too: without a session nothing is pushed.
FORECAST_PACE: Final = text("""
    WITH gates AS (
        SELECT coalesce(bool_or(open_until IS NOT NULL), false) AS open,
            CAST(extract(epoch FROM now() - max(closed_at)) / 60 AS float8) AS since_return
        FROM portal_gates WHERE operation = 'login' OR operation = ANY(CAST(:pushes AS text[]))
    ), taken AS (
        SELECT coalesce(array_agg(
                CAST(extract(epoch FROM date_trunc('minute', now()) - minute) / 60 AS int) - 1
            ), '{}') AS ago, coalesce(array_agg(taken), '{}') AS taken
        FROM portal_minutes
        WHERE minute < date_trunc('minute', now())
            AND minute >= date_trunc('minute', now()) - interval '1 day'
    )
    SELECT gates.open, gates.since_return, taken.ago, taken.taken,
        (SELECT count(*) FROM (
            SELECT FROM deliveries
            WHERE state IN ('due', 'unknown') AND due_since < now() - interval '2 minutes'
                AND next_attempt_at <= now()
            LIMIT :most
        ) AS late) AS waiting,
        EXISTS (SELECT FROM deliveries WHERE state IN ('due', 'unknown') AND flagged_at <= now()) AS flagged
    FROM gates, taken
""").bindparams(pushes=[push.value for push in PUSHES], most=_WAITING_AT_MOST)

FORECAST_HABIT: Final = text("""
    SELECT label, sum(value) AS number FROM tallies WHERE name = 'lead_bucket' GROUP BY label
""")

#: Index-only: dossiers that were due within a day of their reception, by quarters of an hour.
FORECAST_COMING: Final = text("""
    SELECT h.number AS place, min(d.received_at) AS received_at, min(d.due_at) AS due_at, count(*) AS number
    FROM unnest(CAST(:begins AS timestamptz[]), CAST(:ends AS timestamptz[]))
        WITH ORDINALITY AS h (begins_at, ends_at, number)
    JOIN dossiers d ON d.received_at >= h.begins_at AND d.received_at < h.ends_at
    WHERE d.due_at - d.received_at <= interval '24 hours'
    GROUP BY h.number, date_bin('15 minutes', d.received_at, 'epoch'),
        date_bin('15 minutes', d.due_at, 'epoch')
""").bindparams(begins=[], ends=[])


@dataclass(frozen=True, slots=True)
class OpenFlags:
    """Dossiers whose flag falls into the coming day, as the forecast groups them."""

    ended: Sequence[Group]
    parked: Sequence[Group]
    running: Sequence[Group]


@dataclass(frozen=True, slots=True)
class PaceLately:
    """What the portal takes, in pushes per minute, and whether dossiers wait that are late already."""

    pace: float | None
    flagged: bool


async def measure_open_flags(session: AsyncSession) -> OpenFlags:
    ended: list[Group] = []
    parked: list[Group] = []
    running: list[Group] = []
    middles = [(begin + end) / 2 for begin, end in pairwise((0, *GRID))]
    for row in await session.execute(FORECAST_OPEN):
        group = Group(middles[min(row.step, len(middles) - 1)], row.pushes, row.number)
        if not row.ended:
            running.append(group)
        else:
            (parked if row.parked else ended).append(group)
    return OpenFlags(ended, parked, running)


async def measure_pace(session: AsyncSession) -> PaceLately:
    row = (await session.execute(FORECAST_PACE)).one()
    minutes = [0] * _DAY_MINUTES
    for ago, taken in zip(row.ago, row.taken, strict=True):
        minutes[ago] = taken
    lately = TakenLately(minutes, row.waiting, row.open, row.since_return)
    return PaceLately(pace_now(lately), row.flagged)


async def measure_habit(session: AsyncSession) -> ReportingHabit:
    rows = await session.execute(FORECAST_HABIT)
    return reporting_habit({float(row.label): row.number for row in rows})


async def measure_coming(session: AsyncSession, *, comparison: Comparison) -> list[Coming]:
    """Give what will be received, as it was on the last working day; the flag is the `comparison`'s."""
    now = (await session.execute(text("SELECT now()"))).scalar_one()
    calendar = WorkingCalendar((await CalendarRepository(session).load()).decreed)
    hours = reference_hours(now, calendar.is_working_day)
    spans = {"begins": [one.begins_at for one in hours], "ends": [one.ends_at for one in hours]}
    coming = []
    for row in await session.execute(FORECAST_COMING, spans):
        flagged_at = flag_while_running(row.due_at, comparison)
        assert flagged_at is not None  # noqa: S101 - rows have a due time
        later = hours[row.place - 1].later
        coming.append(
            Coming(_minutes(row.received_at + later - now), _minutes(flagged_at + later - now), row.number)
        )
    return coming


def combine(flags: OpenFlags, pace: PaceLately, habit: ReportingHabit, coming: Sequence[Coming]) -> Forecast:
    """Make the forecast of its four measurements."""
    return forecast(
        Outlook(
            ended=flags.ended,
            parked=flags.parked,
            running=flags.running,
            coming=coming,
            habit=habit,
            pace=pace.pace,
            flagged=pace.flagged,
        )
    )


async def foresee(session: AsyncSession, *, comparison: Comparison) -> Forecast:
    """Say how many dossiers will newly be falsely late within a day at the portal's present pace."""
    return combine(
        await measure_open_flags(session),
        await measure_pace(session),
        await measure_habit(session),
        await measure_coming(session, comparison=comparison),
    )


def _minutes(time: timedelta) -> float:
    return time.total_seconds() / 60
