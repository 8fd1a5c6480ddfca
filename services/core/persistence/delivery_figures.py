"""How the dossiers of a period fared with the portal: received, synced, late, falsely late and why."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, Final

from sqlalchemy import Row, TextClause, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.deadline import VIETNAM
from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.false_late import UNSEEN_AT_MOST, FalseLateCause, cause_by_state
from services.core.domain.figures import Group, Grouping, GroupingNotKept, Period
from services.core.persistence.subtree import UNDER

_KEYS: Final = {
    Grouping.TOTAL: ("''", "''"),
    Grouping.UNIT: ("u.code", "u.name"),
    Grouping.LEVEL: ("u.level", "''"),
}

_SHOWN_LATE: Final = "v.accepted_at IS NULL AND v.flagged_at <= now()"
_FALSELY: Final = (
    f"v.false_late_cause IS NOT NULL OR ({_SHOWN_LATE} AND v.ended_at IS NOT NULL"
    " AND coalesce(v.desk_flagged_at > now(), true))"
)


#: Dossiers that are over are in `delivery_days`, as what they were when they were counted. Where that is no
#: longer sure it is taken back, and they are judged like all the others. `OFFSET 0` has the day of each of
#: them looked up by itself: the planner would begin with all dossiers of a period, which it takes to be few.
_STANDING: Final = f"""
    WITH outages AS (
        SELECT since, max(until) OVER (ORDER BY since) AS until
        FROM (
            SELECT greatest(last_success_at, began_at - :unseen) AS since,
                coalesce(ended_at, 'infinity') AS until
            FROM portal_outages WHERE kind = 'unreachable'
        ) AS outage
    ), timeline AS (
        SELECT array_agg(since ORDER BY since) AS since, array_agg(until ORDER BY since) AS until
        FROM outages
    ), judged AS (
        SELECT v.unit_id, v.state, v.park_cause, v.false_late_cause, {_FALSELY} AS falsely,
            coalesce(v.desk_flagged_at <= now(), false) AS really,
            v.reported_at >= v.flagged_at AS reported_after_flag,
            timeline.until[width_bucket(v.reported_at, timeline.since)] >= v.flagged_at AS portal_was_down
        FROM timeline, deliveries v CROSS JOIN LATERAL (
            SELECT coalesce(received_at, submitted_at) AS received_at FROM dossiers WHERE id = v.dossier_id
            OFFSET 0
        ) d
        WHERE NOT v.is_counted AND v.unit_id = {UNDER} AND d.received_at >= :first AND d.received_at < :end
    ), standing AS (
        SELECT unit_id, state, falsely, really, CASE WHEN falsely THEN park_cause END AS park_cause,
            CASE WHEN falsely THEN false_late_cause END AS false_late_cause,
            falsely AND coalesce(reported_after_flag, false) AS reported_after_flag,
            falsely AND coalesce(portal_was_down, false) AS portal_was_down, 1 AS number
        FROM judged
        UNION ALL
        SELECT unit_id, 'synced', cause <> '', late, NULL, nullif(cause, ''), false, false, dossiers
        FROM delivery_days WHERE unit_id = {UNDER} AND day BETWEEN :first_day AND :last_day
        UNION ALL
        SELECT unit_id, 'synced', counted_cause <> '', counted_late, NULL, nullif(counted_cause, ''), false,
            false, -1
        FROM deliveries
        WHERE NOT is_counted AND unit_id = {UNDER} AND counted_on BETWEEN :first_day AND :last_day
    )
"""  # noqa: S608 - joins constants of this file


def _statement(grouping: Grouping) -> TextClause:
    """Count rows by all that decides the cause, which the domain names."""
    key, name = _KEYS[grouping]
    return text(f"""
        {_STANDING}
        SELECT {key} AS key, {name} AS name, s.state, s.falsely, s.really, s.park_cause, s.false_late_cause,
            s.reported_after_flag, s.portal_was_down, sum(s.number)::bigint AS number
        FROM standing s JOIN units u ON u.id = s.unit_id
        GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9 HAVING sum(s.number) <> 0 ORDER BY 1
    """).bindparams(unseen=UNSEEN_AT_MOST)  # noqa: S608 - joins constants of this file


_STATEMENTS: Final = {grouping: _statement(grouping) for grouping in _KEYS}


@dataclass(slots=True)
class DeliveryCounts:
    """Dossiers received in a period. `late` are late by the desk's own clock; falsely late ones are not."""

    group: Group
    received: int = 0
    synced: int = 0
    late: int = 0
    causes: Counter[FalseLateCause] = field(default_factory=Counter)

    @property
    def falsely_late(self) -> int:
        return self.causes.total()


async def count_deliveries(
    session: AsyncSession, *, period: Period, within: str, by: Grouping
) -> list[DeliveryCounts]:
    """Count the dossiers of the units under a path by where they stand now; raises `GroupingNotKept`.

    Reads the days of each unit, and each dossier that is not added up yet: for reports, not for a scrape.
    """
    if by not in _STATEMENTS:
        raise GroupingNotKept(pointer="/by", groupings=[kept.value for kept in _STATEMENTS])
    values = {
        "first": _midnight(period.first),
        "end": _midnight(period.end),
        "first_day": period.first,
        "last_day": period.last,
        "within": within,
    }
    counts = {"": DeliveryCounts(Group())} if by is Grouping.TOTAL else {}
    for row in await session.execute(_STATEMENTS[by], values):
        counted = counts.setdefault(row.key, DeliveryCounts(Group(row.key, row.name)))
        counted.received += row.number
        counted.synced += row.number * (row.state == DeliveryState.SYNCED)
        counted.late += row.number * row.really
        if row.falsely:
            counted.causes[_cause(row)] += row.number
    return list(counts.values())


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=VIETNAM)


def _cause(row: Row[Any]) -> FalseLateCause:
    """Name the cause: that on record, or what it would be if the ending were accepted now."""
    if row.false_late_cause is not None:
        return FalseLateCause(row.false_late_cause)
    if row.reported_after_flag:
        return FalseLateCause.SENT_AFTER_DUE
    if row.portal_was_down:
        return FalseLateCause.PORTAL_DOWN
    return cause_by_state(DeliveryState(row.state), row.park_cause and ParkCause(row.park_cause))
