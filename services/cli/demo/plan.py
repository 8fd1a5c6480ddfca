"""Ten thousand dossiers whose due times fall around now, and when the officers finish each."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from services.cli.demo.weather import Storm
from services.core.domain.deadline import OpeningHours, ProcessingTime, WorkingCalendar, due_time

#: Shares of the plan: finished after the due time, and finished in the last minute before it.
LATE_SHARE: Final = 0.03
TIGHT_SHARE: Final = 0.35
SUPPLEMENT_SHARE: Final = 0.04
#: Of those due in an outage: finished in it, when it is too late already.
UNLUCKY_SHARE: Final = 0.01

#: What is finished less than this before its due time leaves the worker no fair chance.
MARGIN: Final = timedelta(seconds=8)
_LAST_MINUTE: Final = timedelta(seconds=50)
_OLDEST: Final = timedelta(days=59)
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Offer:
    """A procedure of the catalogue, with the time that it may take."""

    code: str
    name: str
    fee_vnd: int
    processing: ProcessingTime


@dataclass(frozen=True, slots=True)
class PlannedDossier:
    """One dossier of the story; `supplement` is when papers were asked for and brought."""

    number: int
    unit_code: str
    offer: Offer
    received_at: datetime
    due_at: datetime
    finish_at: datetime
    supplement: tuple[datetime, datetime] | None


@dataclass(frozen=True, slots=True)
class Phase:
    """Time in which officers finish dossiers."""

    start: datetime
    end: datetime

    def full_minutes(self) -> Iterator[datetime]:
        """Give the promised minutes that can be met or missed in the phase or right after it."""
        minute = (self.start + timedelta(seconds=20)).replace(second=0, microsecond=0) + _MINUTE
        while minute < self.end + _LAST_MINUTE:
            yield minute
            minute += _MINUTE


class Planner:
    """Draws dossiers from a seeded chance, for units that are open at all hours.

    Offices that are open by day only would have no due time at the hour at which somebody tries the demo.
    """

    def __init__(
        self,
        chance: random.Random,
        *,
        units: Sequence[str],
        offers: Sequence[Offer],
        calendar: WorkingCalendar,
        hours: OpeningHours,
    ) -> None:
        self._chance = chance
        self._units = units
        self._offers = offers
        self._calendar = calendar
        self._hours = hours

    def plan(
        self, count: int, *, now: datetime, phase: Phase, storms: Sequence[Storm]
    ) -> list[PlannedDossier]:
        """Plan dossiers received before `now` and finished in the phase, in the order of finishing."""
        minutes = list(phase.full_minutes())
        planned = [self._one(n, now=now, phase=phase, minutes=minutes, storms=storms) for n in range(count)]
        return sorted(planned, key=lambda dossier: dossier.finish_at)

    def _one(
        self,
        number: int,
        *,
        now: datetime,
        phase: Phase,
        minutes: Sequence[datetime],
        storms: Sequence[Storm],
    ) -> PlannedDossier:
        chance = self._chance
        draw = chance.random()
        offer = chance.choice(self._offers)
        finish_at = phase.start + (phase.end - phase.start) * chance.random()
        if draw < LATE_SHARE:
            received_at = self._received_for(_full_minute(now - timedelta(days=3) * chance.random()), offer)
        elif draw < LATE_SHARE + TIGHT_SHARE and minutes:
            minute = chance.choice(minutes)
            received_at = self._received_for(minute, offer)
            finish_at = self._shortly_before(minute, phase, storms)
        else:
            received_at = self._received_lately(now, offer)
        return PlannedDossier(
            number=number,
            unit_code=chance.choice(self._units),
            offer=offer,
            received_at=received_at,
            due_at=self._due(received_at, offer),
            finish_at=finish_at,
            supplement=self._supplement(received_at, now) if draw > 1 - SUPPLEMENT_SHARE else None,
        )

    def _due(self, received_at: datetime, offer: Offer) -> datetime:
        return due_time(received_at, offer.processing, self._calendar, self._hours)

    def _received_for(self, due_at: datetime, offer: Offer) -> datetime:
        """Find the reception that leads to a due time: the same minute, some working days or hours before."""
        step = timedelta(hours=1) if offer.processing.unit == "hour" else timedelta(days=1)
        received_at = due_at - step * offer.processing.value
        while self._due(received_at, offer) > due_at:
            received_at -= step
        return received_at

    def _received_lately(self, now: datetime, offer: Offer) -> datetime:
        """Pick a reception after which the due time has not come yet."""
        latest = now - timedelta(minutes=15)
        earliest = self._received_for(_full_minute(now + timedelta(hours=1)), offer)
        span = max(latest - earliest, timedelta())
        return _full_minute(earliest + span * self._chance.random())

    def _shortly_before(self, minute: datetime, phase: Phase, storms: Sequence[Storm]) -> datetime:
        """Pick a finish in the last minute that is either in good time, or beyond saving from the start."""
        earliest, latest = max(phase.start, minute - _LAST_MINUTE), min(phase.end, minute - MARGIN)
        for storm in storms:
            unlucky = storm.is_outage() and storm.begins_at < minute < storm.ends_at
            if unlucky and self._chance.random() > UNLUCKY_SHARE:
                latest = min(latest, storm.begins_at - MARGIN)
            elif unlucky:
                earliest = max(earliest, storm.begins_at + timedelta(seconds=1))
        earliest = min(earliest, latest)
        return earliest + (latest - earliest) * self._chance.random()

    def _supplement(self, received_at: datetime, now: datetime) -> tuple[datetime, datetime]:
        asked_at = received_at + (now - received_at) * 0.4
        return asked_at, asked_at + (now - received_at) * 0.3


def _full_minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
