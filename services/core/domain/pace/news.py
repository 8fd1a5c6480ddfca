"""What calls mean for the gates that all workers share."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from services.core.domain.delivery import Operation
from services.core.domain.outcome import AuthRefused, LookUpOutcome, Outcome, Throttled, was_missed
from services.core.domain.pace.gate import Gate, GatePolicy, answered, held, probed, tripped
from services.core.domain.pace.leave import GatesByOperation


@dataclass(frozen=True, slots=True)
class News:
    """A call that concerns the gates; `trips` if the process that made it has seen enough."""

    operation: Operation
    outcome: Outcome | LookUpOutcome
    trips: bool
    was_probe: bool


def heed(
    gates: GatesByOperation,
    news: Iterable[News],
    now: datetime,
    policy: GatePolicy,
    *,
    jitter: Callable[[], float],
    urgent: bool = False,
) -> dict[Operation, Gate]:
    """Give the gates after some calls. One probe speaks for all open gates; `urgent` as in `probed`."""
    after = dict(gates)
    for one in news:
        good = not was_missed(one.outcome)
        if isinstance(one.outcome, AuthRefused):
            after[Operation.LOGIN] = held(after[Operation.LOGIN], now, policy, wanted=None)
        gate = _heed(after[one.operation], one, now, policy, jitter, urgent=urgent)
        after[one.operation] = gate
        for other, its in after.items() if one.was_probe else ():
            if other is not one.operation and its.is_open:
                after[other] = answered(its, now) if good else _not_before(its, gate)
    return after


def put_back(
    gates: GatesByOperation, probes: Iterable[Operation], now: datetime, policy: GatePolicy, *, made: bool
) -> dict[Operation, Gate]:
    """Give back the probes that were taken and not used: one was `made` for all, or no dossier wanted any."""
    after = dict(gates)
    for operation in probes:
        gate = gates[operation]
        if gate.probe_until is not None:
            later = gate.open_until if made else now + timedelta(seconds=policy.open_seconds)
            after[operation] = replace(gate, probe_until=None, open_until=later)
    return after


def _heed(
    gate: Gate, news: News, now: datetime, policy: GatePolicy, jitter: Callable[[], float], *, urgent: bool
) -> Gate:
    if isinstance(news.outcome, Throttled):
        gate = held(gate, now, policy, wanted=news.outcome.retry_after)
    if news.was_probe:
        good = not was_missed(news.outcome)
        return probed(gate, now, policy, good=good, jitter=jitter(), urgent=urgent)
    return tripped(gate, now, policy, jitter=jitter()) if news.trips else gate


def _not_before(gate: Gate, other: Gate) -> Gate:
    """Let an open gate wait as long as one whose probe has just failed."""
    if gate.open_until is None or other.open_until is None or gate.open_until >= other.open_until:
        return gate
    return replace(gate, open_until=other.open_until)
