"""How one dossier gets onto the portal: what to send next, and what an outcome means.

Pure functions over values. The worker and the simulation run the same ones.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from services.core.domain.dossier import ProgressEntry
from services.core.domain.outcome import (
    Accepted,
    AlreadyExists,
    AuthRefused,
    Failure,
    NotSent,
    Outcome,
    PortalRecord,
    Rejected,
    Throttled,
    Unknown,
    Unsendable,
    outcome_name,
)


class DeliveryState(StrEnum):
    """State of a delivery row."""

    SYNCED = "synced"  #: the portal has acknowledged everything there is
    DUE = "due"  #: something is to be sent
    LEASED = "leased"  #: a worker has it in hand
    UNKNOWN = "unknown"  #: a request may have arrived; ask before anything is sent again
    PARKED = "parked"  #: refused, or not provable; a person has to look
    CLOSED = "closed"  #: a person has given it up, with a reason; a changed dossier opens it again


class Operation(StrEnum):
    """What we ask of the portal."""

    LOGIN = "login"
    CREATE = "create"
    UPDATE = "update"
    PROGRESS = "progress"
    LOOK_UP = "look_up"


class ParkCause(StrEnum):
    """Why a person has to look."""

    REFUSED = "refused"  #: the portal refused it; its words are kept
    UNSENDABLE = "unsendable"  #: a required value is missing or too long, found before sending
    UNPROVABLE = "unprovable"  #: sent with unknown outcome, and the portal does not show what it has
    CONFLICT = "conflict"  #: the portal holds another history than ours
    CRASH_LOOP = "crash_loop"  #: worker after worker died while it had it in hand


@dataclass(frozen=True, slots=True)
class Cursor:
    """What the portal has acknowledged of a dossier."""

    on_portal: bool = False
    acked_version: int = 0
    acked_seq: int = 0


@dataclass(frozen=True, slots=True)
class Target:
    """What there is to acknowledge."""

    version: int
    seq: int


def next_operation(cursor: Cursor, target: Target) -> Operation | None:
    """Body before entries: a progress entry needs a dossier to attach to (portal-interface 5.5)."""
    if not cursor.on_portal:
        return Operation.CREATE
    if cursor.acked_version < target.version:
        return Operation.UPDATE
    if cursor.acked_seq < target.seq:
        return Operation.PROGRESS
    return None


def advance(cursor: Cursor, operation: Operation, *, version: int, seq: int) -> Cursor:
    """Move the cursor over what an accepted call carried."""
    match operation:
        case Operation.CREATE | Operation.UPDATE:
            return Cursor(True, version, cursor.acked_seq)
        case Operation.PROGRESS:
            return Cursor(cursor.on_portal, cursor.acked_version, seq)
        case Operation.LOGIN | Operation.LOOK_UP:
            return cursor
        case _:
            assert_never(operation)


def pass_over(cursor: Cursor, entries: Sequence[ProgressEntry]) -> Cursor:
    """Move the cursor over lines that stay at home, up to the next one that travels."""
    seq = cursor.acked_seq
    while seq < len(entries) and not entries[seq].travels:
        seq += 1
    return cursor if seq == cursor.acked_seq else replace(cursor, acked_seq=seq)


def company(most: int, *, attempt: int, suspect: bool) -> int:
    """Say how many dossiers may travel in one call with this one, itself included.

    A suspect comes from a call without an outcome and may be what the portal stumbled over. Its company is
    halved with every attempt, so that it soon travels alone and holds nobody up.
    """
    return max(1, most >> (attempt - 1)) if suspect else most


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waiting times in seconds: `base * factor ** attempt`, at most `cap`, with full jitter above `base`."""

    base: float = 1.0
    factor: float = 3.0
    cap: float = 900.0
    outage_cap: float = 30.0  #: cap where the portal is to blame: it may be back at any moment
    ask_after: float = 5.0  #: pause before an unknown outcome is asked about
    linger: float = 40.0  #: the same where we hung up; with a call of 20 s it is a minute since it was sent
    throttle_cap: float = 900.0  #: a longer Retry-After is not believed
    benefit: int = 8  #: attempts without an outcome before the dossier is to blame, and no more the portal

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """Wait after failed attempt number `attempt` (from 1); `jitter` is uniform in [0, 1)."""
        return self._delay(attempt, jitter, self.cap)

    def outage_delay(self, attempt: int, jitter: float) -> timedelta:
        """Wait after an attempt that says nothing about the dossier."""
        return self._delay(attempt, jitter, min(self.cap, self.outage_cap))

    def unknown_delay(self, attempt: int, jitter: float) -> timedelta:
        """Wait after an attempt without an outcome: that the portal flaps must not cost the due time."""
        doubt = attempt <= self.benefit
        return self.outage_delay(attempt, jitter) if doubt else self.delay(attempt, jitter)

    def patience(self, wanted: timedelta | None) -> timedelta:
        """Give the part of a Retry-After that is believed."""
        return min(wanted or timedelta(), timedelta(seconds=self.throttle_cap))

    def _delay(self, attempt: int, jitter: float, cap: float) -> timedelta:
        ceiling = max(self.base, min(cap, self.base * self.factor ** min(attempt - 1, 20)))
        return timedelta(seconds=self.base + (ceiling - self.base) * jitter)


@dataclass(frozen=True, slots=True)
class Proceed:
    """The call is on the portal: move the cursor, go on with what is left."""

    receipt: str


@dataclass(frozen=True, slots=True)
class RetryIn:
    """Nothing arrived: send again later."""

    delay: timedelta
    cause: str


@dataclass(frozen=True, slots=True)
class AskIn:
    """It may have arrived: look up first."""

    delay: timedelta
    cause: str


@dataclass(frozen=True, slots=True)
class Park:
    """Give it to a person."""

    cause: ParkCause
    detail: str


Step = Proceed | RetryIn | AskIn | Park


def next_step(outcome: Outcome, *, alone: bool, attempt: int, policy: RetryPolicy, jitter: float) -> Step:
    """Decide for one dossier after a call; there is no limit to the number of attempts.

    `alone` if the call carried no other dossier: the portal has one code for a whole call, so only then does
    a refusal certainly mean this one.
    """
    match outcome:
        case Accepted(receipt):
            return Proceed(receipt)
        case AlreadyExists():
            # What is there may be ours or somebody else's, with entries or without: only a look-up tells.
            return AskIn(policy.delay(attempt, jitter), "already exists")
        case Unsendable(reason):
            return Park(ParkCause.UNSENDABLE, reason)
        case Rejected(code, message):
            if alone:
                return Park(ParkCause.REFUSED, f"{code}: {message}")
            return AskIn(policy.delay(attempt, jitter), f"refused in company: {code}")
        case Throttled(retry_after):
            return RetryIn(
                max(policy.patience(retry_after), policy.outage_delay(attempt, jitter)), "throttled"
            )
        case AuthRefused(reason) | NotSent(reason):
            return RetryIn(policy.outage_delay(attempt, jitter), f"{outcome_name(outcome)}: {reason}")
        case Unknown(reason, lingering):
            pause = timedelta(seconds=policy.linger if lingering else policy.ask_after)
            return AskIn(max(pause, policy.unknown_delay(attempt, jitter)), f"unknown: {reason}")
        case _:
            assert_never(outcome)


def ask_again(failure: Failure, *, attempt: int, policy: RetryPolicy, jitter: float) -> AskIn:
    """Wait after a look-up without an answer; the question stays open, nothing is sent meanwhile."""
    wait = policy.outage_delay(attempt, jitter)
    if isinstance(failure, Throttled):
        wait = max(wait, policy.patience(failure.retry_after))
    return AskIn(wait, f"look-up: {outcome_name(failure)}")


def resolve(
    record: PortalRecord | None,
    cursor: Cursor,
    entries: Sequence[ProgressEntry],
    *,
    born_on_portal: bool,
) -> Cursor | Park:
    """Set the cursor by what the portal shows after an unknown outcome.

    `entries` are all entries of the dossier in order. The body is sent again as an update whenever in doubt,
    because a repeated update does no harm (portal-interface 5.5). Entries have no key, so those that the
    portal shows must be a beginning of ours; anything else goes to a person. Only a dossier born on the
    portal may carry entries of the portal's own.
    """
    if record is None:
        if cursor.on_portal:
            return Park(ParkCause.CONFLICT, "the portal should know the dossier, and says that it does not")
        return Cursor()
    if record.entries is None:
        return _without_proof(cursor, entries)
    shown = Counter((_to_the_second(entry.at), entry.status) for entry in record.entries)
    stored = 0
    for entry in entries:
        key = (_to_the_second(entry.occurred_at), entry.status)
        if entry.travels and shown[key] == 0:
            break
        if entry.travels:
            shown[key] -= 1
        stored = entry.seq
    strangers = shown.total() if not born_on_portal else 0
    if strangers or stored < cursor.acked_seq:
        return Park(
            ParkCause.CONFLICT, f"portal shows {len(record.entries)} entries, ours in order up to {stored}"
        )
    return replace(cursor, on_portal=True, acked_seq=stored)


def _without_proof(cursor: Cursor, entries: Sequence[ProgressEntry]) -> Cursor | Park:
    """Without a history to compare with, only a dossier of which no entry was sent yet can be decided.

    Entries follow the acknowledgement of a body, so none was before the first one.
    """
    if cursor.acked_version > 0 and cursor.acked_seq < len(entries):
        return Park(ParkCause.UNPROVABLE, "the portal does not show the entries that it holds")
    return replace(cursor, on_portal=True)


def _to_the_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
