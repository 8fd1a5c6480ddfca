"""How many dossiers the portal will falsely show late within a day, at its present pace.

- `outlook`: what is known now: who waits, who will, and how fast the portal takes them.
- `habit`: how long before their flag desks report endings.
- `pace`: what the portal takes per minute, from what it has taken of late.
- `reference`: which past hours stand for the coming ones, for dossiers not yet received.
- `lateness`: the day to come, played in steps.
"""

from services.core.domain.forecast.habit import HABIT_BOUNDS, ReportingHabit, reporting_habit
from services.core.domain.forecast.lateness import Forecast, forecast
from services.core.domain.forecast.outlook import GRID, Coming, Group, Outlook
from services.core.domain.forecast.pace import TakenLately, pace_now
from services.core.domain.forecast.reference import Hours, reference_hours

__all__ = [
    "GRID",
    "HABIT_BOUNDS",
    "Coming",
    "Forecast",
    "Group",
    "Hours",
    "Outlook",
    "ReportingHabit",
    "TakenLately",
    "forecast",
    "pace_now",
    "reference_hours",
    "reporting_habit",
]
