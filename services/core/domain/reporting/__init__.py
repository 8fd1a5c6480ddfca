"""The report of published figures: what each figure is called, what it counts, and its lines."""

from services.core.domain.reporting.figure import Counted, Figure, Section
from services.core.domain.reporting.line import FigureLine
from services.core.domain.reporting.list import FIGURES, figure_of_step

__all__ = ["FIGURES", "Counted", "Figure", "FigureLine", "Section", "figure_of_step"]
