"""How a call is received: admission, faults, ledger, answer; the same for every wire style."""

import math
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from services.mock_kit.exchange import HTML_TYPE, Exchange, Headers, Reply
from services.mock_kit.moments import HANOI
from services.mock_portal.fault_effects import (
    INSTEAD_OF_ANSWER,
    ON_THE_ANSWER,
    Effect,
    http_date_in,
    spoil,
    too_many,
    withdrawal_of,
)
from services.mock_portal.fault_rule import ActiveFault, CallTraits, FaultShape
from services.mock_portal.ledger import LOGIN, Call, Outcome
from services.mock_portal.maintenance import MaintenanceWindow
from services.mock_portal.portal import Portal


class Incoming(Protocol):
    """A call as it was read, whatever its style."""

    operation: str
    raw: bytes
    """The body to keep, empty if there is nothing readable."""

    @property
    def unit(self) -> str: ...

    def items(self) -> list[tuple[int, str]]:
        """Index and dossier code of every element that carries one."""

    def codes(self) -> list[str]:
        """Every dossier the call is about."""

    def procedures(self) -> list[str]:
        """Every procedure that the call names."""


Process = Callable[[Call, ActiveFault | None], Awaitable[Reply]]
"""Looks at the call, stores what it brings, sets the call's outcome, and gives the answer.

What stores must not wait for anything: a call is entered, stored and closed in one go. Long reports may let
other calls in between.
"""


@dataclass(frozen=True, slots=True)
class _Full:
    """The capacity is used up; come again in so many seconds."""

    seconds: float


async def receive_call(
    portal: Portal,
    exchange: Exchange,
    incoming: Incoming,
    process: Process,
    *,
    instead_of_answer: Mapping[FaultShape, Effect] = INSTEAD_OF_ANSWER,
) -> None:
    portal.take_back_due()
    portal.in_flight += 1
    try:
        await _receive(portal, exchange, incoming, process, instead_of_answer)
    finally:
        portal.in_flight -= 1
        portal.changes.announce()


async def _receive(
    portal: Portal,
    exchange: Exchange,
    incoming: Incoming,
    process: Process,
    instead_of_answer: Mapping[FaultShape, Effect],
) -> None:
    strike = portal.faults.strike(_traits(portal, incoming).covered_by, portal.clock.now)
    await strike.slow_down("request")
    fault = strike.fault
    if fault is not None and (effect := instead_of_answer.get(fault.rule.shape)):
        _turn_away(portal, incoming, fault.rule.shape.value)
        await effect(portal, exchange, fault)
        return
    if obstacle := await _obstacle(portal, len(incoming.items())):
        _turn_away(portal, incoming, "capacity" if isinstance(obstacle, _Full) else "maintenance")
        await _send_away(portal, exchange, obstacle)
        return
    call = _enter(portal, incoming, fault.rule.shape.value if fault else None)
    reply = await _processed(portal, call, incoming, fault, process)
    portal.changes.announce()
    await portal.pause(portal.latency.draw_seconds(portal.clock.now))
    await strike.slow_down("answer")
    if fault is not None and (trick := ON_THE_ANSWER.get(fault.rule.shape)):
        await trick(portal, exchange, fault, reply)
    else:
        await exchange.reply(reply)


async def _obstacle(portal: Portal, dossiers: int) -> MaintenanceWindow | _Full | None:
    if portal.maintenance.windows and (window := portal.maintenance.at(portal.clock.now())):
        return window
    admission = portal.capacity.admit(dossiers, portal.clock.now)
    if admission.refused:
        return _Full(admission.seconds)
    await portal.pause(admission.seconds)
    return None


async def _send_away(portal: Portal, exchange: Exchange, obstacle: MaintenanceWindow | _Full) -> None:
    if isinstance(obstacle, _Full):
        limits = portal.capacity.limits
        await too_many(exchange, _retry_after(limits.announce if limits else "none", obstacle.seconds))
        return
    seconds = (obstacle.ends_at - portal.clock.now()).total_seconds()
    retry_after = _retry_after(obstacle.announce, seconds)
    headers: Headers = (
        (HTML_TYPE,) if retry_after is None else (HTML_TYPE, (b"retry-after", retry_after.encode()))
    )
    await exchange.answer(503, _maintenance_page(obstacle.ends_at), headers=headers)


def _retry_after(announce: str, seconds: float) -> str | None:
    if announce == "none":
        return None
    return http_date_in(seconds) if announce == "http_date" else str(max(1, math.ceil(seconds)))


def _maintenance_page(ends_at: datetime) -> bytes:
    until = ends_at.astimezone(HANOI).strftime("%H:%M ngày %d/%m/%Y")
    return (
        "<!DOCTYPE html><html><head><title>Bảo trì</title></head>"
        f"<body><h1>Hệ thống bảo trì đến {until}</h1></body></html>"
    ).encode()


def _traits(portal: Portal, incoming: Incoming) -> CallTraits:
    def procedures() -> Iterable[str]:
        yield from incoming.procedures()
        for code in incoming.codes():
            if dossier := portal.store.find(code):
                yield dossier.body.procedure

    return CallTraits(incoming.operation, incoming.unit, incoming.codes, procedures)


def _turn_away(portal: Portal, incoming: Incoming, by: str) -> None:
    portal.ledger.close_call(_enter(portal, incoming, by))
    portal.changes.announce()


def _enter(portal: Portal, incoming: Incoming, fault: str | None) -> Call:
    ledger = portal.ledger
    call = ledger.open_call(incoming.operation, arrived_at=portal.clock.now(), unit=incoming.unit)
    call.fault = fault
    # What a log-in holds is a password, and of no use to a tester.
    if incoming.raw and incoming.operation != LOGIN:
        ledger.keep_body(call, incoming.raw)
    for index, code in incoming.items():
        ledger.note_item(call, index, code)
    return call


async def _processed(
    portal: Portal, call: Call, incoming: Incoming, fault: ActiveFault | None, process: Process
) -> Reply:
    if fault is None:
        reply = await process(call, None)
        portal.ledger.close_call(call)
        return reply
    if fault.rule.shape is FaultShape.STORED_TWICE:
        with portal.store.storing_twice():
            reply = await process(call, fault)
    else:
        reply = await process(call, fault)
    portal.ledger.close_call(call)
    codes = incoming.codes()
    if call.outcome is Outcome.ACCEPTED and (withdrawal := withdrawal_of(portal, fault, call, codes)):
        portal.withdrawals.put(withdrawal)
    return spoil(fault, codes, reply)
