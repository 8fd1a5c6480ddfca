"""How one dossier gets onto the portal: what to send next, and what an outcome means.

Pure functions over values. The worker and the simulation run the same ones.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Final, assert_never

from services.core.domain.dossier import ProgressEntry, Status


class DeliveryState(StrEnum):
    """State of a delivery row."""

    SYNCED = "synced"  #: the portal has acknowledged everything there is
    DUE = "due"  #: something is to be sent
    LEASED = "leased"  #: a worker has it in hand
    UNKNOWN = "unknown"  #: a request may have arrived; ask before anything is sent again
    PARKED = "parked"  #: refused, or not provable; a person has to look


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


@dataclass(frozen=True, slots=True)
class Accepted:
    """The portal said so, in its own words."""

    receipt: str


@dataclass(frozen=True, slots=True)
class Rejected:
    """The portal understood and refused; sending the same again cannot succeed."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class AlreadyExists:
    """A create met a dossier that is there; nothing was stored, and an update is the way on."""

    message: str


@dataclass(frozen=True, slots=True)
class Throttled:
    """The portal asked for patience; nothing was stored."""

    retry_after: timedelta | None


@dataclass(frozen=True, slots=True)
class AuthRefused:
    """Our login was refused; the dossiers are not to blame."""

    message: str


@dataclass(frozen=True, slots=True)
class NotSent:
    """Certainly not arrived: no connection, or given up before the first byte left."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """May have arrived: time-out, reset, 5xx, cut or unreadable answer."""

    reason: str


#: What both a push and a look-up can come to instead of an answer.
Failure = Rejected | Throttled | AuthRefused | NotSent | Unknown
Outcome = Accepted | AlreadyExists | Failure


@dataclass(frozen=True, slots=True)
class PortalEntry:
    """A progress entry as the portal shows it; its only key is time (to the second) and status."""

    at: datetime
    status: Status


@dataclass(frozen=True, slots=True)
class PortalRecord:
    """What the portal shows of one dossier; `entries` is `None` if it shows no history at all."""

    code: str
    entries: tuple[PortalEntry, ...] | None


@dataclass(frozen=True, slots=True)
class Found:
    """Answer to a look-up: the record, or proof that there is none."""

    record: PortalRecord | None


LookUpOutcome = Found | Failure


def reached_portal(outcome: Outcome | LookUpOutcome) -> bool:
    """Tell whether the portal itself answered; a refusal is proof that the line is good."""
    return not isinstance(outcome, NotSent | Unknown)


def outcome_name(outcome: Outcome | LookUpOutcome) -> str:
    """Name an outcome for the record and for metrics: `accepted`, `not_sent`, ..."""
    return _NAMES[type(outcome)]


_NAMES: Final = {
    Accepted: "accepted",
    AlreadyExists: "already_exists",
    Rejected: "rejected",
    Throttled: "throttled",
    AuthRefused: "auth",
    NotSent: "not_sent",
    Unknown: "unknown",
    Found: "found",
}


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
            return replace(cursor, on_portal=True, acked_version=version)
        case Operation.PROGRESS:
            return replace(cursor, acked_seq=seq)
        case Operation.LOGIN | Operation.LOOK_UP:
            return cursor
        case _:
            assert_never(operation)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """Waiting times in seconds: `base * factor ** attempt`, at most `cap`, with full jitter above `base`."""

    base: float = 1.0
    factor: float = 3.0
    cap: float = 900.0
    ask_after: float = 5.0  #: pause before an unknown outcome is asked about
    throttle_cap: float = 900.0  #: a longer Retry-After is not believed

    def delay(self, attempt: int, jitter: float) -> timedelta:
        """Wait after failed attempt number `attempt` (from 1); `jitter` is uniform in [0, 1)."""
        ceiling = min(self.cap, self.base * self.factor ** min(attempt - 1, 20))
        return timedelta(seconds=self.base + (ceiling - self.base) * jitter)


@dataclass(frozen=True, slots=True)
class Proceed:
    """The call is on the portal: move the cursor, go on with what is left."""

    receipt: str


@dataclass(frozen=True, slots=True)
class SwitchToUpdate:
    """The portal knows the dossier: remember that, and send the body as an update."""


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


Step = Proceed | SwitchToUpdate | RetryIn | AskIn | Park


def next_step(outcome: Outcome, *, attempt: int, policy: RetryPolicy, jitter: float) -> Step:
    """Decide for one dossier after a call; there is no limit to the number of attempts."""
    match outcome:
        case Accepted(receipt):
            return Proceed(receipt)
        case AlreadyExists():
            return SwitchToUpdate()
        case Rejected(code, message):
            return Park(ParkCause.REFUSED, f"{code}: {message}")
        case Throttled(retry_after):
            asked = min(retry_after or timedelta(), timedelta(seconds=policy.throttle_cap))
            return RetryIn(max(asked, policy.delay(attempt, jitter)), "throttled")
        case AuthRefused(message):
            return RetryIn(policy.delay(attempt, jitter), f"auth: {message}")
        case NotSent(reason):
            return RetryIn(policy.delay(attempt, jitter), f"not_sent: {reason}")
        case Unknown(reason):
            return AskIn(timedelta(seconds=policy.ask_after), f"unknown: {reason}")
        case _:
            assert_never(outcome)


def ask_again(failure: Failure, *, attempt: int, policy: RetryPolicy, jitter: float) -> AskIn:
    """Wait after a look-up without an answer; the question stays open, nothing is sent meanwhile."""
    wait = policy.delay(attempt, jitter)
    if isinstance(failure, Throttled) and failure.retry_after is not None:
        wait = max(wait, min(failure.retry_after, timedelta(seconds=policy.throttle_cap)))
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
            return Park(
                ParkCause.CONFLICT, "acknowledged earlier, but the portal does not know the dossier now"
            )
        return Cursor()
    if record.entries is None:
        return _without_proof(cursor, entries)
    shown = Counter((_to_the_second(entry.at), entry.status) for entry in record.entries)
    stored = 0
    for entry in entries:
        key = (_to_the_second(entry.occurred_at), entry.status)
        if shown[key] == 0:
            break
        shown[key] -= 1
        stored += 1
    strangers = shown.total() if not born_on_portal else 0
    if strangers or stored < cursor.acked_seq:
        return Park(
            ParkCause.CONFLICT, f"portal shows {len(record.entries)} entries, {stored} of them ours in order"
        )
    return replace(cursor, on_portal=True, acked_seq=stored)


def _without_proof(cursor: Cursor, entries: Sequence[ProgressEntry]) -> Cursor | Park:
    """Without a history to compare with, only a dossier with no entry sent yet can be decided."""
    if cursor.on_portal and cursor.acked_seq < len(entries):
        return Park(ParkCause.UNPROVABLE, "the portal does not show the entries that it holds")
    return replace(cursor, on_portal=True)


def _to_the_second(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(microsecond=0)
