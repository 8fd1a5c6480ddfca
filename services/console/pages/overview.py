"""Today's picture: whether anybody is going to be late because of us, and what to do about it."""

from typing import Final

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console import charts
from services.console.concerns import answer_of, concerns_of, level_of_cause
from services.console.failures import DatabaseAway
from services.console.figures import Figures, figures_of
from services.console.picture import draw_backlog, draw_portal_day
from services.console.reading import Runtime, RuntimeDep, reading
from services.console.rendering import render
from services.core.persistence.console_views import ConsoleViewRepository
from services.core.persistence.measurements import take_snapshot

router = APIRouter()

LATEST_OUTAGES: Final = 5


@router.get("/")
async def show_overview(request: Request, runtime: RuntimeDep) -> Response:
    """Show what is going on, in the figures of the metrics service."""
    snapshot = await take_snapshot(
        runtime.sessions, with_units=False, statement_seconds=runtime.statement_seconds
    )
    if snapshot.taken_at is None:
        raise DatabaseAway
    figures = figures_of(snapshot, taken_at=snapshot.taken_at)
    most = max((figure.standing or 0 for figure in figures.causes), default=0)
    return render(
        request,
        "overview.html",
        figures=figures,
        answer=answer_of(figures),
        concerns=concerns_of(figures),
        level_of_cause=level_of_cause,
        bars={
            figure.cause: charts.bar([(level_of_cause(figure), figure.standing or 0)], of=most)
            for figure in figures.causes
        },
        **await _pictures(runtime, figures),
    )


async def _pictures(runtime: Runtime, figures: Figures) -> dict[str, object]:
    """Read what the pictures need; what the figures could not be measured for is `None` here, too."""
    has_queue = figures.oldest_unsynced_seconds is not None
    has_log = figures.outages is not None
    async with reading(runtime.sessions) as session:
        views = ConsoleViewRepository(session)
        return {
            "backlog": await draw_backlog(session) if has_queue else None,
            "day": await draw_portal_day(session, until=figures.taken_at) if has_log else None,
            "outages": await views.outages(before=None, limit=LATEST_OUTAGES) if has_log else None,
        }
