"""The circuit breaker of one portal operation. All workers share one row of it, and so one probe."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class GatePolicy:
    """Times in seconds. A probe that stays away for `probe_seconds` is held to have died with its worker.

    One good probe closes a gate: the slow start behind it (`limit`) is a longer trial, and brings across what
    is most urgent meanwhile.
    """

    open_seconds: float = 5.0
    open_cap_seconds: float = 15.0
    calm_seconds: float = 60.0  #: closed for so long, the next opening counts as the first one
    probe_seconds: float = 30.0
    probes_to_close: int = 1  #: good ones in a row
    #: While a flag that can be averted falls within, bad probes wait no longer ...
    urgent_seconds: float = 900.0
    urgent_share: float = (
        0.25  #: ... but for this part of the cap, which is what the portal can be asked for,
    )
    urgent_openings: int = 1000  #: and so many times in succession at most: over an hour of quick probes.
    hold_seconds: float = 2.0  #: patience with a portal that asks for it and does not say how long
    hold_cap_seconds: float = 900.0  #: a longer Retry-After is not believed


@dataclass(frozen=True, slots=True)
class Gate:
    """Closed lets calls through; `open_until` set means open, and from then on one probe at a time passes.

    `held_until` is the portal's own request for patience, which is no fault. `openings` counts those in short
    succession.
    """

    open_until: datetime | None = None
    held_until: datetime | None = None
    probe_until: datetime | None = None
    closed_at: datetime | None = None
    openings: int = 0
    good_probes: int = 0

    @property
    def is_open(self) -> bool:
        """Tell whether only probes pass."""
        return self.open_until is not None


def may_call(gate: Gate, now: datetime) -> bool:
    """Tell whether ordinary calls may be made."""
    return not gate.is_open and (gate.held_until is None or gate.held_until <= now)


def needs_probe(gate: Gate, now: datetime) -> bool:
    """Tell whether somebody should try one call; whoever does must take the probe first."""
    if gate.open_until is None or gate.open_until > now:
        return False
    return gate.probe_until is None or gate.probe_until <= now


def tripped(gate: Gate, now: datetime, policy: GatePolicy, *, jitter: float) -> Gate:
    """Open a gate. One that is open already stays so: calls that were under way tell nothing new."""
    if gate.is_open:
        return gate
    return _opened(gate, now, policy, jitter, urgent=False)


def probed(
    gate: Gate, now: datetime, policy: GatePolicy, *, good: bool, jitter: float, urgent: bool = False
) -> Gate:
    """Take in the outcome of a probe: good ones follow each other at once, a bad one opens for longer.

    While it is `urgent`, a pause between two outages may be the last chance of some dossier, so that the next
    probe comes as soon as after the first opening. Without bounds, such probes were more than all other calls
    together where outages take hours (`hoa-binh-2024`: 2.3 calls per needed one).
    """
    if not gate.is_open:
        return gate
    if not good:
        return _opened(gate, now, policy, jitter, urgent=urgent)
    if gate.good_probes + 1 < policy.probes_to_close:
        return replace(gate, open_until=now, probe_until=None, good_probes=gate.good_probes + 1)
    return replace(gate, open_until=None, probe_until=None, good_probes=0, closed_at=now)


def answered(gate: Gate, now: datetime) -> Gate:
    """Take in a good probe of another operation: an open gate need not wait longer for its own."""
    if gate.open_until is None or gate.open_until <= now or gate.good_probes:
        return gate
    return replace(gate, open_until=now)


def is_urgent(flag: datetime | None, now: datetime, policy: GatePolicy) -> bool:
    """Tell whether the earliest flag that can still be averted falls soon; `None` if there is none."""
    return flag is not None and flag <= now + timedelta(seconds=policy.urgent_seconds)


def held(gate: Gate, now: datetime, policy: GatePolicy, *, wanted: timedelta | None) -> Gate:
    """Do as the portal asks, within reason; of several requests the longest counts."""
    patience = timedelta(seconds=policy.hold_seconds) if wanted is None else wanted
    until = now + min(max(patience, timedelta()), timedelta(seconds=policy.hold_cap_seconds))
    return replace(gate, held_until=until if gate.held_until is None else max(until, gate.held_until))


def _opened(gate: Gate, now: datetime, policy: GatePolicy, jitter: float, *, urgent: bool) -> Gate:
    calm = gate.closed_at is None or now - gate.closed_at >= timedelta(seconds=policy.calm_seconds)
    openings = 1 if calm and not gate.is_open else gate.openings + 1
    quick = urgent and openings <= policy.urgent_openings
    patient = policy.open_seconds * 2.0 ** min(openings - 1, 10)
    hasty = max(policy.open_seconds, policy.urgent_share * policy.open_cap_seconds)
    seconds = min(policy.open_cap_seconds, hasty if quick else patient)
    # Jitter only shortens, so that the cap is what an operator may count on.
    wait = timedelta(seconds=seconds * (1.0 - 0.2 * jitter))
    return replace(gate, open_until=now + wait, probe_until=None, openings=openings, good_probes=0)
