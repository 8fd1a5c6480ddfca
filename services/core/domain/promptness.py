"""How soon the portal is to know of an ending, and when it was not there to be told."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.core.domain.false_late import Outage

#: The objective: 99 % of endings are acknowledged this soon after their report while the portal is up.
PROMISED_LAG: Final = timedelta(minutes=5)


class PortalThen(StrEnum):
    """Whether a slow acknowledgement had its chance."""

    UP = "up"
    DOWN = "down"  #: there was an outage at some time in the promised minutes


def portal_during(reported_at: datetime, outages: Iterable[Outage]) -> PortalThen:
    """Say how the portal was in the promised minutes after a report."""
    promised_at = reported_at + PROMISED_LAG
    down = any(outage.touches(reported_at, promised_at) for outage in outages)
    return PortalThen.DOWN if down else PortalThen.UP
