"""Today's picture: how much is left to do how long before the portal's flag, and how the portal has been."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.console import charts
from services.console.charts import Segment
from services.console.figures import Figures
from services.core.domain.false_late import OutageKind
from services.core.domain.wording import Bilingual
from services.core.persistence.console_views import ConsoleViewRepository, OutageRecord
from services.core.persistence.lateness_views import LatenessViewRepository, TimeLeft
from services.core.persistence.outage_log import OutageLog, Window

_HOUR: Final = 3600.0
_EDGES_SECONDS: Final = (0.0, _HOUR / 4, _HOUR, 4 * _HOUR, 24 * _HOUR, 72 * _HOUR)
_SLOTS: Final = (
    Bilingual("Cổng đã tính quá hạn", "late on the portal already"),
    Bilingual("dưới 15 phút", "less than 15 minutes"),
    Bilingual("15 phút đến 1 giờ", "15 minutes to 1 hour"),
    Bilingual("1 đến 4 giờ", "1 to 4 hours"),
    Bilingual("4 đến 24 giờ", "4 to 24 hours"),
    Bilingual("1 đến 3 ngày", "1 to 3 days"),
    Bilingual("trên 3 ngày", "more than 3 days"),
)

LATEST_OUTAGES: Final = 5
DAY: Final = timedelta(hours=24)
_WINDOWS_AT_MOST: Final = 500
_KINDS: Final = {OutageKind.UNREACHABLE: "act", OutageKind.REFUSED: "watch"}


@dataclass(frozen=True, slots=True)
class SlotFigure:
    """Unsent work with so much time left; `ended` dossiers would be falsely late, the others are in work."""

    label: Bilingual
    ended: int
    running: int
    bar: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class PortalDay:
    """The last 24 hours: windows without service, and their share of the day that the portal was there."""

    since: datetime
    hours: Sequence[datetime]
    windows: Sequence[Window]
    segments: Sequence[Segment]
    up_share: float


@dataclass(frozen=True, slots=True)
class Pictures:
    """What stands on the overview beside its figures; `None` is what could not be measured."""

    backlog: Sequence[SlotFigure] | None
    day: PortalDay | None
    outages: Sequence[OutageRecord] | None


async def draw_pictures(session: AsyncSession, figures: Figures) -> Pictures:
    """Read what the pictures need; what the figures could not be measured for is not asked for again."""
    has_queue = figures.oldest_unsynced_seconds is not None
    has_log = figures.outages is not None
    views = ConsoleViewRepository(session)
    return Pictures(
        backlog=await draw_backlog(session) if has_queue else None,
        day=await draw_portal_day(session, until=figures.taken_at) if has_log else None,
        outages=await views.outages(before=None, limit=LATEST_OUTAGES) if has_log else None,
    )


async def draw_backlog(session: AsyncSession) -> list[SlotFigure]:
    """Count unsent work by the time that is left."""
    return slots_of(await LatenessViewRepository(session).time_left(_EDGES_SECONDS))


async def draw_portal_day(session: AsyncSession, *, until: datetime) -> PortalDay:
    """Place the portal's windows in the 24 hours before an instant."""
    windows = await OutageLog(session).touching(until - DAY, until, limit=_WINDOWS_AT_MOST)
    return day_of(windows, until=until)


def slots_of(found: Sequence[TimeLeft]) -> list[SlotFigure]:
    """Give all slots, also the empty ones; the longest bar is that of the fullest slot."""
    numbers = {(row.slot, row.ended): row.number for row in found}
    pairs = [(numbers.get((slot, True), 0), numbers.get((slot, False), 0)) for slot in range(len(_SLOTS))]
    fullest = max(ended + running for ended, running in pairs)
    return [
        SlotFigure(
            label,
            ended,
            running,
            charts.bar([("act" if not n else "watch", ended), ("calm", running)], of=fullest),
        )
        for n, (label, (ended, running)) in enumerate(zip(_SLOTS, pairs, strict=True))
    ]


def day_of(windows: Sequence[Window], *, until: datetime) -> PortalDay:
    """Draw windows that touch the day; those in which nothing got an answer lie above refusals."""
    since = until - DAY
    in_order = sorted(windows, key=lambda window: window.kind is OutageKind.UNREACHABLE)
    spans = [(_KINDS[window.kind], window.began_at, window.ended_at) for window in in_order]
    away = _covered([(max(begin, since), min(end or until, until)) for _, begin, end in spans])
    return PortalDay(
        since=since,
        hours=[since + DAY * n / 4 for n in range(5)],
        windows=windows,
        segments=charts.strip(spans, since=since, until=until),
        up_share=1 - away / DAY,
    )


def _covered(spans: Sequence[tuple[datetime, datetime]]) -> timedelta:
    """Add up spans without counting twice where they overlap."""
    total, reached = timedelta(), None
    for begin, end in sorted(spans):
        start = begin if reached is None else max(begin, reached)
        total += max(end - start, timedelta())
        reached = end if reached is None else max(reached, end)
    return total
