"""When a dossier stood as late on the portal, given what the portal held at each moment."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from services.mock_portal.verdict import Case, Standing, VerdictRules, judge


@dataclass(frozen=True, slots=True)
class HeldState:
    """What the portal held of one dossier from `since` until the next arrival."""

    since: datetime
    case: Case


@dataclass(frozen=True, slots=True)
class FlagPeriod:
    since: datetime
    until: datetime | None
    """`None` while the dossier still stands as late."""


def flag_periods(states: Sequence[HeldState], *, now: datetime, rules: VerdictRules) -> list[FlagPeriod]:
    """Replay the arrivals: a dossier turns late by an arrival, or by waiting too long for one."""
    periods: list[FlagPeriod] = []
    late_since: datetime | None = None
    next_arrivals = [later.since for _, later in pairwise(states)] + [now]
    for state, next_arrival in zip(states, next_arrivals, strict=False):
        verdict = judge(state.case, as_of=state.since, rules=rules)
        if verdict.standing is Standing.LATE:
            late_since = late_since or state.since
            continue
        if late_since is not None:
            periods.append(FlagPeriod(late_since, state.since))
            late_since = None
        if verdict.late_after is not None and verdict.late_after < next_arrival:
            late_since = verdict.late_after
    if late_since is not None:
        periods.append(FlagPeriod(late_since, None))
    return periods
