"""Report all published figures, from what is stored and nothing else."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.figure_sources import SOURCES, FigureScope
from services.core.domain.reporting import FigureLine, Section

_ORDER = {section: place for place, section in enumerate(Section)}


async def report_figures(session: AsyncSession, *, scope: FigureScope) -> list[FigureLine]:
    """Give the lines of the report, chapter by chapter; raises `GroupingNotKept`.

    They fit together if the transaction sees one state (`persistence.one_state`).
    """
    lines = [line for source in SOURCES for line in await source(session, scope)]
    return sorted(lines, key=lambda line: _ORDER[line.figure.section])
