"""Bring the counts and points of index 766 up to date with what has changed since."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.indicator import IndexReport, index_of
from services.core.domain.indicator.month import MonthEntry, Standing, month_entries
from services.core.domain.indicator.published import TOTAL
from services.core.persistence.index_upkeep import IndexUpkeepRepository, MonthKey
from services.core.persistence.index_views import IndexViewRepository
from services.core.persistence.shipments import Unreadable, load_bodies

log = structlog.get_logger()

#: Dossiers compared in turn, and dossiers read again, in one go.
SLICE: Final = 5_000
MOST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Refreshed:
    """How many dossiers were counted anew; `is_complete` once there is none left that changed before.

    `came_round` says that with this the last of all dossiers was compared.
    """

    dossiers: int
    is_complete: bool
    came_round: bool


async def refresh_index766(session: AsyncSession, *, slice_size: int = SLICE) -> Refreshed | None:
    """Do one piece of the work; `None` if another process is at it. Harmless to run at any time."""
    upkeep = IndexUpkeepRepository(session)
    mark = await upkeep.lead()
    if mark is None:
        return None
    newest = await upkeep.newest_attempt()
    next_slice = await upkeep.slice_after(mark.looked_up_to, size=slice_size)
    stale = await upkeep.find_stale(next_slice, attempts_before=mark.attempts_before, most=MOST)
    touched = await upkeep.replace([one.dossier_id for one in stale], await _entries(session, stale))
    if mark.refreshed_at is not None:
        touched |= await upkeep.late_since(mark.refreshed_at)
    if touched:
        await _score(session, upkeep, touched)
    is_complete, came_round = len(stale) < MOST, len(next_slice) < slice_size
    if is_complete:
        mark = replace(
            mark,
            attempts_before=mark.attempts_seen,
            attempts_seen=newest,
            looked_up_to=None if came_round else next_slice[-1],
        )
    await upkeep.finish(mark)
    return Refreshed(len(stale), is_complete, is_complete and came_round)


async def _entries(session: AsyncSession, stale: Iterable[Standing]) -> list[MonthEntry]:
    standings = {one.dossier_id: one for one in stale}
    entries: list[MonthEntry] = []
    unreadable = 0
    for dossier_id, body in (await load_bodies(session, list(standings))).items():
        if isinstance(body, Unreadable):
            unreadable += 1
        else:
            entries += month_entries(body, standings[dossier_id])
    if unreadable:
        log.warning("index766.unreadable", dossiers=unreadable)
    return entries


async def _score(session: AsyncSession, upkeep: IndexUpkeepRepository, touched: set[MonthKey]) -> None:
    """Count months anew, and score them with those of all units above."""
    keys = await upkeep.recount(touched)
    views = IndexViewRepository(session)
    catalogue, provinces = await views.catalogue(), await views.provinces(unit for unit, _ in keys)
    points: dict[MonthKey, dict[str, Decimal]] = {}
    for key, counts in (await views.count(keys)).items():
        is_province = provinces[key[0]]
        report = index_of(counts, catalogue, is_province=is_province)
        points[key] = _kept(report, is_province=is_province)
    await upkeep.keep_points(points)


def _kept(report: IndexReport, *, is_province: bool) -> dict[str, Decimal]:
    kept = {TOTAL: report.total.points}
    if is_province:
        kept |= {line.indicator.code: line.points for line in report.lines if line.points is not None}
    return kept
