"""Plays one scenario with one policy."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from random import Random
from typing import Final, Protocol

from services.simulation.case import Case
from services.simulation.line import Order
from services.simulation.pacing import Pacing
from services.simulation.policies.clairvoyant import KnowingOrder, KnowingPacing
from services.simulation.policies.deadline import FlagOrder
from services.simulation.policies.fifo import ArrivalOrder, FourthPower
from services.simulation.policies.freely import Freely
from services.simulation.policies.naive import NaivePusher
from services.simulation.policies.own_pace import worker_pacing
from services.simulation.portal import Portal, PortalTraits
from services.simulation.result import Result, measure
from services.simulation.round import WorkerTraits
from services.simulation.scenario import Scenario, seeded
from services.simulation.timeline import Timeline
from services.simulation.weather import Forecast
from services.simulation.worker import Worker

#: Whoever has not got through this long after the portal is up for good never will.
PATIENCE_SECONDS: Final = 90 * 86_400.0


class Policy(StrEnum):
    """Who delivers."""

    NAIVE = "naive"
    FIFO = "fifo"
    DEADLINE = "deadline"
    CLAIRVOYANT = "clairvoyant"


class Sender(Protocol):
    """What the desk tells."""

    def report(self, case: Case, seq: int) -> None:
        """Take in an entry that the desk has just written."""


def rehearse(scenario: Scenario, policy: Policy, seed: int) -> Result:
    """Play a scenario to its end; the same three arguments give the same result."""
    cases = scenario.cases(seed)
    forecast = scenario.forecast(cases, seed)
    timeline, portal = set_up(scenario, policy, cases, forecast, seed)
    last = max(case.reported_at[-1] for case in cases)
    timeline.run(max(last, forecast.last_end()) + PATIENCE_SECONDS)
    return measure(policy.value, scenario, cases, portal, forecast)


def set_up(
    scenario: Scenario, policy: Policy, cases: Sequence[Case], forecast: Forecast, seed: int
) -> tuple[Timeline, Portal]:
    """Set everything for a run that has not begun."""
    timeline = Timeline(cases[0].reported_at[0])
    portal = Portal(timeline, _traits(scenario, policy), forecast, cases, seeded(seed, "portal"))
    stage = _Stage(timeline, portal, forecast, seeded(seed, "chance"))
    _Desk(timeline, cases, _sender(policy, scenario, stage)).open()
    return timeline, portal


def _traits(scenario: Scenario, policy: Policy) -> PortalTraits:
    """Who knows everything also knows what came of a call without an answer."""
    knows = policy is Policy.CLAIRVOYANT
    return replace(scenario.portal, answer_loss=0.0) if knows else scenario.portal


@dataclass(frozen=True, slots=True)
class _Stage:
    timeline: Timeline
    portal: Portal
    forecast: Forecast
    chance: Random


class _Desk:
    """Writes every entry at its time."""

    def __init__(self, timeline: Timeline, cases: Sequence[Case], sender: Sender) -> None:
        self._timeline = timeline
        self._sender = sender
        self._events = sorted(
            ((at, case.number, seq, case) for case in cases for seq, at in enumerate(case.reported_at, 1)),
            reverse=True,
            key=lambda event: event[:3],
        )

    def open(self) -> None:
        """Set the next entry."""
        if self._events:
            self._timeline.at(self._events[-1][0], self._write)

    def _write(self) -> None:
        _, _, seq, case = self._events.pop()
        self._sender.report(case, seq)
        self.open()


def _sender(policy: Policy, scenario: Scenario, stage: _Stage) -> Sender:
    if policy is Policy.NAIVE:
        return NaivePusher(stage.timeline, stage.portal)
    traits, order, pacing = _parts(policy, scenario.worker, stage)
    return Worker(
        stage.timeline,
        stage.portal,
        traits,
        order=order,
        pacing=pacing,
        comparison=scenario.portal.comparison,
        chance=stage.chance,
        correction_seconds=scenario.correction_seconds,
    )


def _parts(policy: Policy, traits: WorkerTraits, stage: _Stage) -> tuple[WorkerTraits, Order, Pacing]:
    """Give what policies differ in: settings, who goes first, and when."""
    if policy is Policy.FIFO:
        return replace(traits, retry=FourthPower()), ArrivalOrder(), Freely(traits.dossiers_per_call)
    if policy is Policy.DEADLINE:
        pacing = worker_pacing(traits, stage.timeline, stage.chance.random)
        return traits, FlagOrder(stage.chance.random, pacing.reach), pacing
    # One call at work and one on its way keep the portal busy; what more is claimed is chosen too early.
    knowing = KnowingPacing(
        stage.forecast, stage.portal, size=traits.dossiers_per_call, patience=traits.call_seconds
    )
    return replace(traits, calls_in_flight=2), KnowingOrder(stage.portal), knowing
