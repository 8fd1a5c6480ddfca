"""The same figures as the metrics, counted the slow way: over whole tables, without indexes or totals."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import product
from math import inf, nan
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState, Operation, ParkCause
from services.core.domain.false_late import FalseLateCause, Outage, cause_of
from services.core.domain.onboarding.reported import ReportedFigure
from tests.integration.backlog_truth import count_backlog, count_differences, count_gates
from tests.integration.figures import Figures, series
from tests.integration.forecast_truth import foretell
from tests.integration.onboarding_truth import count_onboarding
from tests.integration.seeding_metrics import SLOW_SECONDS, SeededState, portal_then

LAG_BOUNDS = ["1.0", "2.5", "5.0", "10.0", "30.0", "60.0", "300.0", "900.0", "3600.0", "14400.0"]
LAG_BOUNDS += ["86400.0", "259200.0", "+Inf"]
#: Who has to act, by the beginning of a park group.
OWNERS = {
    "unknown_procedure": "operations",
    "missing_value": "unit",
    "unreadable": "developers",
    "refused": "unit",
    "unsendable": "unit",
    "unprovable": "operations",
    "conflict": "operations",
    "crash_loop": "developers",
}


async def count_figures(session: AsyncSession, *, at: datetime, looked_up: SeededState) -> Figures:
    """Count everything as of an instant; look-ups have totals and no rows here."""
    deliveries = (
        await session.execute(
            text("SELECT d.*, u.code AS unit FROM deliveries d JOIN units u ON u.id = d.unit_id")
        )
    ).all()
    return {
        **_deliveries(deliveries, at),
        **_look_ups(looked_up, len(deliveries)),
        **_lags(deliveries),
        **await _sightings(session),
        **await _refused(session),
        **_lateness(deliveries, at, await _outages(session)),
        **await _portal(session, at),
        **await count_gates(session, at=at),
        **await count_differences(session),
        **count_backlog(deliveries, at=at),
        **_units(deliveries, at),
        **await _index(session, at),
        **await _published(session),
        **_reported_figures(deliveries, looked_up, at),
        **await foretell(session, deliveries, at=at),
        **await count_onboarding(session, at=at),
    }


#: Figures of which a random state has nothing.
_OF_NOTHING = {
    "acceptance": ("accepted_in_time", "accepted_late"),
    "asked-again": ("papers_asked_again", "values_asked_again"),
    "channels": ("returned_by_post",),
    "digitisation": ("digitised_results",),
    "payments": ("paid_fees", "paid_vnd", "paid_without_cash", "paid_without_cash_vnd"),
    "payouts": ("paid_out_without_cash", "paid_out_without_cash_vnd"),
}


async def _published(session: AsyncSession) -> Figures:
    """Count the published figures from the dossiers themselves."""
    dossiers = (await session.execute(text("SELECT filing_mode, channel, components FROM dossiers"))).all()
    modes = Counter(row.filing_mode for row in dossiers)
    channels = Counter(row.channel for row in dossiers)
    papers = [paper for row in dossiers for paper in row.components]
    figures = {("filing", mode): (modes[mode], len(dossiers)) for mode in ("self", "assisted", "on_behalf")}
    for number, name in enumerate(("filed_at_desk", "filed_online", "filed_by_post"), 1):
        figures["channels", name] = (channels[number], len(dossiers))
    for name, mark in (("digitised_components", "digitised"), ("reused_components", "reuse")):
        figures["digitisation", name] = (sum(bool(paper[mark]) for paper in papers), len(papers))
    figures |= {(report, name): (0, 0) for report, names in _OF_NOTHING.items() for name in names}
    return {
        series("acceptance_overdue"): 0,
        **{
            series(f"figure_{part}", report=report, figure=name): pair[place]
            for (report, name), pair in figures.items()
            for place, part in enumerate(("numerator", "denominator"))
        },
    }


def _reported_figures(rows: Sequence[Row[Any]], looked_up: SeededState, at: datetime) -> Figures:
    """Give those of deliveries, look-ups and the catalogue; nobody has reported anything."""
    late = sum(is_flagged(row, at) or was_late(row) for row in rows)
    falsely = sum(is_falsely_late(row, at) or row.false_late_cause is not None for row in rows)
    verified = looked_up.settled.get("match", 0)
    figures: dict[tuple[str, str], tuple[float, float | None]] = {
        ("deliveries", "received"): (len(rows), None),
        ("deliveries", "synced"): (sum(row.state == "synced" for row in rows), len(rows)),
        ("deliveries", "falsely_late"): (falsely, len(rows)),
        ("deliveries", "really_late"): (late - falsely, late),
        ("look-ups", "look_ups"): (looked_up.lookups, len(rows)),
        ("look-ups", "verified"): (verified, looked_up.needed),
        ("services", "services_on_portal"): (0, 1),
        ("services", "services_full"): (1, 1),
        ("services", "services_partial"): (0, 1),
        ("services", "services_online_on_portal"): (0, 1),
        **{("reported", figure.value): (0, None) for figure in ReportedFigure},
    }
    return {
        series(f"figure_{part}", report=report, figure=name): value
        for (report, name), pair in figures.items()
        for part, value in zip(("numerator", "denominator"), pair, strict=True)
        if value is not None
    }


async def _index(session: AsyncSession, at: datetime) -> Figures:
    rows = await session.execute(
        text("SELECT p.*, u.code AS unit FROM index766_points p JOIN units u ON u.id = p.unit_id")
    )
    this_month = at.astimezone(ZoneInfo("Asia/Ho_Chi_Minh")).date().replace(day=1)
    return {
        series("index766_points", unit=row.unit, indicator=row.code): float(row.points)
        for row in rows
        if row.month == this_month
    }


async def _outages(session: AsyncSession) -> list[Outage]:
    rows = await session.execute(text("SELECT last_success_at, began_at, ended_at FROM portal_outages"))
    return [Outage(row.last_success_at, row.began_at, row.ended_at) for row in rows]


def _look_ups(state: SeededState, received: int) -> Figures:
    lookups, ends = state.lookups, ("match", "mismatch", "not_found", "refused")
    settled = {end: state.settled.get(end, 0) for end in ends}
    return {
        series("lookups_total"): lookups,
        series("lookup_rate"): lookups / received if received else (nan if lookups else 0),
        series("lookups_reused_total"): state.reused,
        series("lookups_needed"): state.needed,
        series("lookups_pending"): state.needed - sum(settled.values()),
        series("verified_share"): settled["match"] / state.needed if state.needed else nan,
        **{series("lookups_settled", outcome=end): number for end, number in settled.items()},
        **{
            series("lookups_over_budget_total", whose=whose): state.over_budget.get(whose, 0)
            for whose in ("officer", "unit")
        },
    }


def _deliveries(rows: Iterable[Row[Any]], at: datetime) -> Figures:
    rows = list(rows)
    states = Counter(row.state for row in rows)
    figures = {series("deliveries", state=state): float(states[state]) for state in DeliveryState}
    for state in ("due", "leased", "unknown", "parked"):
        figures[series("deliveries_oldest_age_seconds", state=state)] = _oldest(
            (row for row in rows if row.state == state), at
        )
    figures[series("oldest_unsynced_age_seconds")] = _oldest((r for r in rows if is_open(r)), at)
    for cause, owner in product(ParkCause, ("unit", "operations", "developers")):
        parked = [r for r in rows if (r.state, r.park_cause, _owner(r)) == ("parked", cause, owner)]
        if not parked and owner != OWNERS[cause]:
            continue
        figures[series("parked", cause=cause, owner=owner)] = len(parked)
        figures[series("parked_oldest_age_seconds", cause=cause, owner=owner)] = _oldest(parked, at)
    ended = sum(row.ended_at is not None for row in rows)
    accepted = sum(row.accepted_at is not None for row in rows)
    figures[series("dossiers_received_total")] = len(rows)
    figures[series("dossiers_ended_total")] = ended
    figures[series("dossiers_accepted_total")] = accepted
    figures[series("synced_share")] = states["synced"] / len(rows) if rows else nan
    figures[series("accepted_share")] = accepted / ended if ended else nan
    return figures


def _owner(row: Row[Any]) -> str | None:
    kind = row.park_group or row.park_cause
    return kind and OWNERS[kind.partition(":")[0]]


def _lags(rows: Iterable[Row[Any]]) -> Figures:
    rows = [row for row in rows if row.accepted_at is not None]
    figures = {
        **_histogram("queued", [row.reported_at - row.ended_at for row in rows]),
        **_histogram("accepted", [row.accepted_at - row.reported_at for row in rows]),
    }
    for portal in ("up", "down"):
        figures[series("dossiers_accepted_slow_total", portal=portal)] = sum(
            (row.accepted_at - row.reported_at).total_seconds() > SLOW_SECONDS
            for row in rows
            if portal_then(row.false_late_cause) == portal
        )
    return figures


def _histogram(stage: str, lags: Sequence[timedelta]) -> Figures:
    seconds = [lag.total_seconds() for lag in lags]
    return {
        **{
            series("sync_lag_seconds_bucket", stage=stage, le=le): sum(one <= float(le) for one in seconds)
            for le in LAG_BOUNDS
        },
        series("sync_lag_seconds_sum", stage=stage): sum(seconds),
        series("sync_lag_seconds_count", stage=stage): len(seconds),
    }


async def _sightings(session: AsyncSession) -> Figures:
    rows = (await session.execute(text("SELECT * FROM sightings"))).all()
    return {
        **_histogram("visible", [row.seen_at - row.accepted_at for row in rows if row.seen_at is not None]),
        series("accepted_unseen"): sum(row.seen_at is None and row.questions > 0 for row in rows),
    }


async def _refused(session: AsyncSession) -> Figures:
    rows = await session.execute(
        text(
            "SELECT d.procedure_code FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id"
            " WHERE v.state = 'parked' AND v.park_cause = 'refused'"
        )
    )
    numbers = Counter(row.procedure_code for row in rows)
    return {series("parked_refused", procedure=code): float(number) for code, number in numbers.items()}


def _lateness(rows: Iterable[Row[Any]], at: datetime, outages: list[Outage]) -> Figures:
    rows = list(rows)
    flagged = sum(is_flagged(row, at) for row in rows)
    standing = Counter(
        cause_of(
            DeliveryState(row.state),
            row.park_cause and ParkCause(row.park_cause),
            reported_at=row.reported_at,
            flagged_at=row.flagged_at,
            accepted_at=row.accepted_at,
            outages=outages,
        )
        for row in rows
        if is_falsely_late(row, at)
    )
    settled = Counter(row.false_late_cause for row in rows if row.false_late_cause is not None)
    desk_late = sum(row.accepted_at is not None and row.desk_flagged_at is not None for row in rows)
    late = flagged + settled.total() + desk_late
    figures = {
        series("flagged_late"): float(late),
        series("flagged_late_share"): late / len(rows) if rows else nan,
        series("accepted_late_total", lateness="desk"): desk_late,
        series("accepted_late_total", lateness="false"): settled.total(),
        series("min_seconds_to_flag"): min(seconds_to_flag(rows, at), default=inf),
    }
    for cause in FalseLateCause:
        figures[series("false_late_open", cause=cause)] = standing[cause]
        figures[series("false_late_settled_total", cause=cause)] = settled[cause]
        figures[series("false_late", cause=cause)] = standing[cause] + settled[cause]
    for within, hours in (("1h", 1), ("4h", 4), ("24h", 24)):
        figures[series("at_risk", within=within)] = sum(
            seconds <= hours * 3600 for seconds in seconds_to_flag(rows, at)
        )
    return figures


def is_open(row: Row[Any]) -> bool:
    return row.state not in {"synced", "closed"}


def is_flagged(row: Row[Any], at: datetime) -> bool:
    return row.accepted_at is None and row.flagged_at is not None and row.flagged_at <= at


def ended_in_time(row: Row[Any], at: datetime) -> bool:
    return row.ended_at is not None and (row.desk_flagged_at is None or row.desk_flagged_at > at)


def was_late(row: Row[Any]) -> bool:
    """Tell whether the portal showed it late when it acknowledged the ending."""
    return row.accepted_at is not None and (
        row.desk_flagged_at is not None or row.false_late_cause is not None
    )


def is_falsely_late(row: Row[Any], at: datetime) -> bool:
    return is_flagged(row, at) and ended_in_time(row, at)


def seconds_to_flag(rows: Iterable[Row[Any]], at: datetime) -> list[float]:
    """Give the time left of every ending in time that the portal will call late within a day."""
    return [
        (row.flagged_at - at).total_seconds()
        for row in rows
        if row.accepted_at is None
        and row.flagged_at is not None
        and at < row.flagged_at <= at + timedelta(days=1)
        and ended_in_time(row, at)
        and row.state != "closed"
    ]


async def _portal(session: AsyncSession, at: datetime) -> Figures:
    figures: Figures = {}
    health = {row.operation: row for row in await session.execute(text("SELECT * FROM portal_operations"))}
    for operation in Operation:
        row = health.get(operation)
        success, since = (row.last_success_at, row.failing_since) if row else (None, None)
        figures[series("portal_last_success_timestamp_seconds", operation=operation)] = _stamp(success)
        figures[series("portal_failing_since_timestamp_seconds", operation=operation)] = _stamp(since)
        failures = row.consecutive_failures if row else 0
        figures[series("portal_consecutive_failures", operation=operation)] = failures
    outages = await _outages(session)
    figures[series("portal_outage_open")] = sum(outage.ended_at is None for outage in outages)
    figures[series("portal_outages_total")] = len(outages)
    figures[series("portal_outage_seconds_total")] = sum(
        ((outage.ended_at or at) - outage.began_at).total_seconds() for outage in outages
    )
    return figures


def _units(rows: Iterable[Row[Any]], at: datetime) -> Figures:
    rows = list(rows)
    figures: Figures = {}
    for unit in {row.unit for row in rows}:
        own = [row for row in rows if row.unit == unit]
        unsynced = [row for row in own if is_open(row)]
        false = sum(is_falsely_late(row, at) or row.false_late_cause is not None for row in own)
        late = sum(is_flagged(row, at) for row in own) + sum(was_late(row) for row in own)
        figures[series("unit_unsynced", unit=unit)] = len(unsynced)
        figures[series("unit_oldest_unsynced_age_seconds", unit=unit)] = _oldest(unsynced, at)
        figures[series("unit_flagged_late", unit=unit)] = late
        figures[series("unit_false_late", unit=unit)] = false
        figures[series("unit_dossiers_received_total", unit=unit)] = len(own)
        figures[series("unit_dossiers_ended_total", unit=unit)] = sum(r.ended_at is not None for r in own)
        figures[series("unit_dossiers_accepted_total", unit=unit)] = sum(
            r.accepted_at is not None for r in own
        )
    return figures


def _oldest(rows: Iterable[Row[Any]], at: datetime) -> float:
    return max(((at - row.due_since).total_seconds() for row in rows), default=0.0)


def _stamp(at: datetime | None) -> float:
    return 0.0 if at is None else at.timestamp()
