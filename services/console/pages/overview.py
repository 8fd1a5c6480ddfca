"""Today's picture: whether anybody is going to be late because of us, and what to do about it."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from services.console import charts
from services.console.concerns import answer_of, concerns_of, level_of_cause
from services.console.failures import DatabaseAway
from services.console.figures import NEEDED, figures_of
from services.console.picture import draw_pictures
from services.console.reading import RuntimeDep, reading
from services.console.rendering import render
from services.core.persistence.measurements import take_snapshot

router = APIRouter()


@router.get("/")
async def show_overview(request: Request, runtime: RuntimeDep) -> Response:
    """Show what is going on, in the figures of the metrics service."""
    snapshot = await take_snapshot(
        runtime.sessions,
        with_units=False,
        statement_seconds=runtime.statement_seconds,
        comparison=runtime.comparison,
        only={"clock", *NEEDED},
    )
    if snapshot.taken_at is None:
        raise DatabaseAway
    figures = figures_of(snapshot, taken_at=snapshot.taken_at)
    async with reading(runtime.sessions) as session:
        pictures = await draw_pictures(session, figures)
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
        backlog=pictures.backlog,
        day=pictures.day,
        outages=pictures.outages,
    )
