"""The forecast made of whole tables, row by row; how it is made of that is tested against rehearsals."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.deadline import WorkingCalendar
from services.core.domain.forecast import (
    Coming,
    Group,
    Outlook,
    TakenLately,
    forecast,
    pace_now,
    reference_hours,
    reporting_habit,
)
from tests.integration.figures import Figures, series

_QUARTER = 900
_SECOND = timedelta(seconds=1)


async def foretell(session: AsyncSession, rows: Sequence[Row[Any]], *, at: datetime) -> Figures:
    """Give the forecast for all deliveries as of an instant."""
    tallied = await session.execute(text("SELECT label, value FROM tallies WHERE name = 'lead_bucket'"))
    leads: defaultdict[float, float] = defaultdict(float)
    for row in tallied:
        leads[float(row.label)] += row.value
    soon = [row for row in rows if _will_be_flagged(row, at)]
    ended = [row for row in soon if row.ended_at is not None]
    foretold = forecast(
        Outlook(
            ended=[_group(row, at) for row in ended if row.state != "parked"],
            parked=[_group(row, at) for row in ended if row.state == "parked"],
            running=[_group(row, at) for row in soon if row.ended_at is None],
            coming=await _coming(session, at),
            habit=reporting_habit(leads),
            pace=pace_now(await _lately(session, rows, at)),
            flagged=any(_waits(row) and row.flagged_at is not None and row.flagged_at <= at for row in rows),
        )
    )
    numbers = {"1h": foretold.within_1h, "4h": foretold.within_4h, "24h": foretold.within_24h}
    return {series("forecast_false_late", within=within): number for within, number in numbers.items()}


def _will_be_flagged(row: Row[Any], at: datetime) -> bool:
    return (
        row.accepted_at is None
        and row.state != "closed"
        and row.flagged_at is not None
        and at < row.flagged_at <= at + timedelta(days=1)
        and (row.desk_flagged_at is None or row.desk_flagged_at > at)
    )


def _group(row: Row[Any], at: datetime) -> Group:
    return Group((row.flagged_at - at) / _SECOND / 60, 1 if row.acked_version >= row.target_version else 2, 1)


def _waits(row: Row[Any]) -> bool:
    return row.state in ("due", "unknown")


async def _lately(session: AsyncSession, rows: Sequence[Row[Any]], at: datetime) -> TakenLately:
    this_minute = at.replace(second=0, microsecond=0)
    taken = {row.minute: row.taken for row in await session.execute(text("SELECT * FROM portal_minutes"))}
    gates = [
        row for row in await session.execute(text("SELECT * FROM portal_gates")) if row.operation != "look_up"
    ]
    closed = [gate.closed_at for gate in gates if gate.closed_at is not None]
    return TakenLately(
        minutes=[taken.get(this_minute - timedelta(minutes=ago), 0) for ago in range(1, 1441)],
        waiting=sum(
            _waits(row) and row.due_since < at - timedelta(minutes=2) and row.next_attempt_at <= at
            for row in rows
        ),
        open=any(gate.open_until is not None for gate in gates),
        since_return=(at - max(closed)) / _SECOND / 60 if closed else None,
    )


async def _coming(session: AsyncSession, at: datetime) -> list[Coming]:
    """Take the first reception and the first due time of each two quarters of an hour for all of them."""
    dossiers = (await session.execute(text("SELECT received_at, due_at FROM dossiers"))).all()
    coming = []
    for hours in reference_hours(at, WorkingCalendar().is_working_day):
        alike: defaultdict[tuple[int, int], list[tuple[datetime, datetime]]] = defaultdict(list)
        for received, due in dossiers:
            if hours.begins_at <= received < hours.ends_at and due - received <= timedelta(days=1):
                alike[_quarter(received), _quarter(due)].append((received, due))
        for group in alike.values():
            first = min(received for received, _ in group) + hours.later - at
            flag = min(due for _, due in group).replace(microsecond=0) + _SECOND + hours.later - at
            coming.append(Coming(first / _SECOND / 60, flag / _SECOND / 60, len(group)))
    return coming


def _quarter(moment: datetime) -> int:
    return int(moment.timestamp() // _QUARTER)
