"""Both clocks of a dossier: for how long each side let it run, and from when it calls it late."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.console import charts
from services.console.charts import Segment
from services.core.application.inspect_dossier import InspectedDossier


@dataclass(frozen=True, slots=True)
class Clock:
    """One side's clock; `seconds_left` until it says late is negative once it has, `None` for never."""

    bar: Sequence[Segment]
    stopped_at: datetime | None
    seconds_left: float | None


@dataclass(frozen=True, slots=True)
class Clocks:
    """Both on one scale of time; the portal's stops when it learns of the end."""

    since: datetime
    until: datetime
    desk: Clock
    portal: Clock


def clocks_of(dossier: InspectedDossier) -> Clocks:
    """Draw both from the reception to now, or to the due time if that comes later."""
    record = dossier.delivery.record
    since = dossier.headline.received_at or min(step.occurred_at for step in dossier.steps)
    known = [record.read_at, record.due_at, record.portal_due_at, record.flagged_at, record.ended_at]
    until = max([at for at in known if at is not None] + [since + timedelta(minutes=1)])

    def clock(flagged_at: datetime | None, due_at: datetime | None, stopped_at: datetime | None) -> Clock:
        end = stopped_at or record.read_at
        late_from = flagged_at if flagged_at is not None and flagged_at <= end else None
        spans = [("good", since, late_from or end)]
        spans += [] if late_from is None else [("act", late_from, end)]
        spans += [] if due_at is None else [("mark", due_at - (until - since) / 150, due_at)]
        left = None if flagged_at is None else (flagged_at - record.read_at).total_seconds()
        return Clock(charts.strip(spans, since=since, until=until), stopped_at, left)

    return Clocks(
        since=since,
        until=until,
        desk=clock(record.desk_flagged_at, record.due_at, record.ended_at),
        portal=clock(record.flagged_at, record.portal_due_at or record.due_at, record.accepted_at),
    )
