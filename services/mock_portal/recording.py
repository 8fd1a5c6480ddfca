"""Traffic taken down to be played again, with citizens' data masked."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue
from starlette.types import ASGIApp, Message

from services.mock_kit.latency import Latency
from services.mock_kit.moments import ClockMoment
from services.mock_portal.capacity import Capacity
from services.mock_portal.fault_rule import FaultBoard
from services.mock_portal.ledger import LOGIN, UNKNOWN_SERVICE, Call, Outcome
from services.mock_portal.maintenance import Maintenance
from services.mock_portal.masking import Mask
from services.mock_portal.portal import Portal

MAX_CALLS: Final = 100_000
_SHOWN_DIFFERENCES: Final = 100
_TURN_CALLS: Final = 100


class RecordedCall(BaseModel):
    """A call without session, as it arrived and as it was answered."""

    model_config = ConfigDict(extra="forbid")

    arrived_at: ClockMoment
    service: Annotated[str, Field(max_length=100)]
    unit: Annotated[str, Field(max_length=500)] = ""
    body: dict[str, JsonValue]
    outcome: Outcome
    message: str = ""


class Recording(BaseModel):
    model_config = ConfigDict(extra="forbid")

    format: Literal["lienthong-mock-recording"] = "lienthong-mock-recording"
    calls: Annotated[list[RecordedCall], Field(max_length=MAX_CALLS)]


class Difference(BaseModel):
    """A call that was answered otherwise than it was recorded; `place` counts from 1."""

    place: int
    service: str
    recorded: Outcome
    replayed: Outcome
    message: str


class ReplayReport(BaseModel):
    replayed: int
    same: int
    differences: list[Difference]


def take_down(portal: Portal, *, after: int = 0) -> Recording:
    """Give the calls with a number above `after` that name a known service in their body."""
    mask = Mask()
    known = (call for call in portal.ledger.calls(after) if call.service not in {LOGIN, UNKNOWN_SERVICE})
    recorded = (_recorded(call, mask, body) for call in known if "service" in (body := call.body()))
    return Recording(calls=list(islice(recorded, MAX_CALLS)))


async def play_again(
    portal: Portal, endpoint: ASGIApp, recording: Recording, *, keep_times: bool
) -> ReplayReport:
    """Send every call to the portal's own address, in order, past all faults, times and limits.

    With `keep_times` the clock stands at each call's recorded arrival, and stays at the last one.
    """
    differences: list[Difference] = []
    for place, recorded in enumerate(recording.calls, start=1):
        if keep_times:
            portal.clock.freeze(recorded.arrived_at)
        session = portal.sessions.open(portal.clock.now())
        call = await _send(portal, endpoint, {**recorded.body, "session": session})
        portal.sessions.end(session)
        if call.outcome is not recorded.outcome:
            differences.append(_difference(place, recorded, call))
        if place % _TURN_CALLS == 0:
            await asyncio.sleep(0)
    return ReplayReport(
        replayed=len(recording.calls),
        same=len(recording.calls) - len(differences),
        differences=differences[:_SHOWN_DIFFERENCES],
    )


def _recorded(call: Call, mask: Mask, body: dict[str, Any]) -> RecordedCall:
    return RecordedCall(
        arrived_at=call.arrived_at,
        service=call.service,
        unit=call.unit,
        body=mask.body(body),
        outcome=call.outcome,
        message=call.message,
    )


def _difference(place: int, recorded: RecordedCall, call: Call) -> Difference:
    return Difference(
        place=place,
        service=recorded.service,
        recorded=recorded.outcome,
        replayed=call.outcome,
        message=call.message,
    )


async def _send(portal: Portal, endpoint: ASGIApp, body: dict[str, Any]) -> Call:
    raw = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    async def receive() -> Message:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(_message: Message) -> None:
        """Let the answer go: the ledger has what counts of it."""

    dstcode = (b"dstcode", portal.settings.dstcode.encode("latin-1", "replace"))
    scope = {"type": "http", "method": "POST", "headers": [dstcode], "query_string": b""}
    with _undisturbed(portal):
        await endpoint(scope, receive, send)
    return portal.ledger.latest(1)[0]


@contextmanager
def _undisturbed(portal: Portal) -> Iterator[None]:
    """Put all that was ordered aside; without it a call is dealt with in one go, so nobody else notices."""
    ordered = portal.faults, portal.latency, portal.capacity, portal.maintenance
    portal.faults, portal.latency = FaultBoard(), Latency(seed=0)
    portal.capacity, portal.maintenance = Capacity(), Maintenance()
    try:
        yield
    finally:
        portal.faults, portal.latency, portal.capacity, portal.maintenance = ordered
