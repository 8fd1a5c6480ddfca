"""Why the portal calls a dossier late that the desk finished on time."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.core.domain.delivery import DeliveryState, ParkCause

#: The worker calls the portal within seconds of work turning up. So a call that fails a minute after the work
#: came proves that the portal was down all along; one that fails an hour later proves that we were.
UNSEEN_AT_MOST: Final = timedelta(minutes=1)


class FalseLateCause(StrEnum):
    """What kept the ending of a dossier from the portal until the portal counted it as late."""

    NOT_YET_SENT = "not_yet_sent"  #: there was time and a way, and we did not use them
    OUTCOME_UNKNOWN = "outcome_unknown"  #: it may have arrived, which is not proven
    REJECTED = "rejected"  #: the portal, or our check for it, refused the dossier
    PORTAL_DOWN = "portal_down"  #: one outage from the report to the flag: no chance was given
    SENT_AFTER_DUE = "sent_after_due"  #: the desk told us when the portal already said late
    GIVEN_UP = "given_up"  #: a person closed the delivery; the reason is on record
    RULE_MISMATCH = "rule_mismatch"  #: acknowledged in time, and late by the portal's reckoning all the same


class OutageKind(StrEnum):
    """How the portal was not to be had. Only the first kind excuses a dossier (decision 0011)."""

    UNREACHABLE = "unreachable"  #: no call got an answer: an `Outage`
    REFUSED = "refused"  #: every answer refused service: a login turned down, patience asked for


@dataclass(frozen=True, slots=True)
class Outage:
    """A time without a single answer; `began_at` is the start of the first failed call.

    A time in which the portal answered and refused service is none: whoever answers may let the next call
    pass, and a refused login may be our own fault. `id` is that of the log.
    """

    last_success_at: datetime | None
    began_at: datetime
    ended_at: datetime | None
    id: int = 0

    @property
    def since(self) -> datetime:
        """When it is held to have begun: at the last good call, but not long before the first failed one."""
        earliest = self.began_at - UNSEEN_AT_MOST
        return earliest if self.last_success_at is None else max(self.last_success_at, earliest)

    def covers(self, start: datetime, end: datetime) -> bool:
        """Say whether no call could have succeeded from `start` until `end`."""
        return self.since <= start and (self.ended_at is None or end <= self.ended_at)

    def touches(self, start: datetime, end: datetime) -> bool:
        """Say whether some of it fell between `start` and `end`."""
        return self.since < end and (self.ended_at is None or start < self.ended_at)


def cause_of(
    state: DeliveryState,
    park_cause: ParkCause | None,
    *,
    reported_at: datetime,
    flagged_at: datetime,
    accepted_at: datetime | None,
    outages: Iterable[Outage],
) -> FalseLateCause:
    """Name the cause for a dossier that ended on time by the desk's clock.

    `state` and `park_cause` are those before the settlement when it is being settled. `flagged_at` is when
    the portal began to call it late, `reported_at` when its ending reached us, and `accepted_at` when the
    portal acknowledged that.
    """
    if accepted_at is not None and accepted_at < flagged_at:
        return FalseLateCause.RULE_MISMATCH
    if reported_at >= flagged_at:
        return FalseLateCause.SENT_AFTER_DUE
    if any(outage.covers(reported_at, flagged_at) for outage in outages):
        return FalseLateCause.PORTAL_DOWN
    return cause_by_state(state, park_cause)


def cause_by_state(state: DeliveryState, park_cause: ParkCause | None) -> FalseLateCause:
    """Name the cause for a dossier that reached us in time while the portal could be reached."""
    match state, park_cause:
        case DeliveryState.SYNCED, _:
            return FalseLateCause.RULE_MISMATCH
        case DeliveryState.CLOSED, _:
            return FalseLateCause.GIVEN_UP
        case DeliveryState.PARKED, ParkCause.REFUSED | ParkCause.UNSENDABLE:
            return FalseLateCause.REJECTED
        # In a conflict the portal shows something else than we believe to have sent.
        case ((DeliveryState.UNKNOWN | DeliveryState.PARKED), _):
            return FalseLateCause.OUTCOME_UNKNOWN
        case _:
            return FalseLateCause.NOT_YET_SENT
