"""Writing a portal's state down, and bringing a portal back to it."""

import json
from dataclasses import fields, replace
from typing import Any, Final

from pydantic import JsonValue, TypeAdapter, ValidationError

from services.mock_kit.clock import ClockMode
from services.mock_portal.kept_state import (
    KeptBody,
    KeptCall,
    KeptClock,
    KeptCounts,
    KeptDossier,
    KeptEntry,
    KeptState,
    KeptWithdrawal,
)
from services.mock_portal.ledger import Call, Ledger
from services.mock_portal.orders.conditions import conditions_of
from services.mock_portal.portal import Portal
from services.mock_portal.settings import PortalSettings
from services.mock_portal.store import Body, Dossier, Entry, shared
from services.mock_portal.withdrawals import Withdrawal

FIXED_SWITCHES: Final = frozenset({"seed", "catalogue_path"})
"""What is settled at the start."""
_SETTINGS: Final = TypeAdapter(PortalSettings)


def write_down(portal: Portal) -> KeptState:
    """Give the whole state; catalogues are not part of it."""
    portal.take_back_due()
    counts = portal.store.counts
    return KeptState(
        format="lienthong-mock-portal",
        version=1,
        clock=KeptClock(
            mode=portal.clock.mode,
            at=portal.clock.now() if portal.clock.mode is ClockMode.FROZEN else None,
            offset_seconds=portal.clock.offset.total_seconds(),
        ),
        switches=changed_switches(portal),
        conditions=conditions_of(portal),
        sessions=portal.sessions.expiries(),
        calls=_calls(portal.ledger),
        dossiers=[_dossier(dossier) for dossier in portal.store.page(0, len(portal.store))],
        counts=KeptCounts(**{name: getattr(counts, name) for name in KeptCounts.model_fields}),
        ratings=portal.ratings,
        withdrawals=[
            KeptWithdrawal(due_at=w.due_at, call=w.call_number, codes=list(w.codes))
            for w in portal.withdrawals.pending
        ],
    )


def bring_back(portal: Portal, state: KeptState) -> None:
    """Put the portal into this state; everything it held or was told before is forgotten.

    Raises `ValueError` when a switch is unknown or its value wrong; then nothing has changed.
    """
    settings = switched(portal.initial_settings, state.switches)
    portal.reset()
    portal.adopt(settings)
    state.clock.set(portal.clock)
    state.conditions.impose_on(portal)
    for token, expiry in state.sessions.items():
        portal.sessions.restore(token, expiry)
    calls = [_call_back(portal.ledger, kept) for kept in state.calls]
    for kept in state.dossiers:
        portal.store.put(_dossier_back(kept, calls))
    for name in KeptCounts.model_fields:
        setattr(portal.store.counts, name, getattr(state.counts, name))
    portal.ratings.update(state.ratings)
    for withdrawal in state.withdrawals:
        portal.withdrawals.put(Withdrawal(withdrawal.due_at, withdrawal.call, tuple(withdrawal.codes)))
    portal.changes.announce()


def switched(settings: PortalSettings, changes: dict[str, JsonValue]) -> PortalSettings:
    """Give the settings with some of them changed.

    Raises `ValueError` that names the switch and what is wrong with it.
    """
    known = {field.name for field in fields(PortalSettings)} - FIXED_SWITCHES
    for name in changes:
        if name not in known:
            raise ValueError(f"{name}: no such switch; there are {', '.join(sorted(known))}")
    now = {name: value for name, value in as_json(settings).items() if name in known}
    rules = changes.get("verdict_rules")
    if isinstance(rules, dict):
        changes = {**changes, "verdict_rules": {**now["verdict_rules"], **rules}}
    try:
        checked = _SETTINGS.validate_python({**now, **changes})
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{where}: {first['msg']}") from error
    return replace(settings, **{name: getattr(checked, name) for name in changes})


def as_json(settings: PortalSettings) -> dict[str, Any]:
    written: dict[str, Any] = _SETTINGS.dump_python(settings, mode="json")
    return written


def changed_switches(portal: Portal) -> dict[str, JsonValue]:
    at_start, now = as_json(portal.initial_settings), as_json(portal.settings)
    return {name: value for name, value in now.items() if value != at_start[name]}


def _calls(ledger: Ledger) -> list[KeptCall]:
    kept = [_call(call) for call in ledger.calls()]
    for code, call, index in ledger.trail():
        kept[call.number - 1].items.append((index, code))
    return kept


def _call(call: Call) -> KeptCall:
    return KeptCall(
        arrived_at=call.arrived_at,
        service=call.service,
        unit=call.unit,
        outcome=call.outcome,
        fault=call.fault,
        error_code=call.error_code,
        message=call.message,
        withdrawn_at=call.withdrawn_at,
        body=call.body() or None,
    )


def _call_back(ledger: Ledger, kept: KeptCall) -> Call:
    call = ledger.open_call(shared(kept.service), arrived_at=kept.arrived_at, unit=shared(kept.unit))
    call.outcome, call.fault, call.error_code = kept.outcome, kept.fault, kept.error_code
    call.message, call.withdrawn_at = shared(kept.message), kept.withdrawn_at
    if kept.body:
        ledger.keep_body(call, json.dumps(kept.body, ensure_ascii=False).encode("utf-8", "replace"))
    for index, code in kept.items:
        ledger.note_item(call, index, code)
    ledger.close_call(call)
    return call


def _dossier(dossier: Dossier) -> KeptDossier:
    return KeptDossier(
        code=dossier.code,
        bodies=[
            KeptBody(
                call=body.call.number,
                procedure=body.procedure,
                status=body.status,
                received=body.received,
                due=body.due,
                ended=body.ended,
                unit=body.unit,
                handler=body.handler,
                facts=body.facts,
                supplements=list(body.supplements),
            )
            for body in dossier.bodies
        ],
        entries=[
            KeptEntry(
                call=entry.call.number,
                occurred=entry.occurred,
                status=entry.status,
                officer=entry.officer,
                text=entry.text,
            )
            for entry in dossier.entries
        ],
    )


def _dossier_back(kept: KeptDossier, calls: list[Call]) -> Dossier:
    bodies = [
        Body(
            call=calls[body.call - 1],
            procedure=shared(body.procedure),
            status=shared(body.status),
            received=body.received,
            due=body.due,
            ended=body.ended,
            unit=shared(body.unit or calls[body.call - 1].unit),
            handler=shared(body.handler),
            facts=body.facts,
            supplements=tuple(body.supplements),
        )
        for body in kept.bodies
    ]
    entries = [
        Entry(
            call=calls[entry.call - 1],
            occurred=entry.occurred,
            status=shared(entry.status),
            officer=shared(entry.officer),
            text=entry.text,
        )
        for entry in kept.entries
    ]
    return Dossier(kept.code, bodies, entries, max((entry.occurred for entry in entries), default=""))
