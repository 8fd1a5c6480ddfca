"""The portal as a whole: is it there, what does it hold, how is it set, start over."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.mock_portal.clock import ClockMode
from services.mock_portal.control.access import PortalDep

router = APIRouter(prefix="/_control", tags=["state"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Switches(BaseModel):
    """The settings that decide on behaviour the facts leave open."""

    session_seconds: float
    session_error_code: str
    error_code_drift: bool
    accept_any_procedure: bool
    accept_province_variants: bool
    scalars_must_be_strings: bool
    require_later_fields: bool
    refuse_existing_dossier: bool
    deduplicate_progress: bool
    refused_call_keeps_earlier_items: bool
    max_items_per_call: int | None
    lookup_shows_progress: bool
    offers_holdings: bool
    verdict_compare: str
    verdict_end_from_body: bool
    verdict_second_request_only_while_open: bool
    verdict_repeated_closing: str


class State(BaseModel):
    """`waits` counts the testers who wait at `/ledger/wait`."""

    now: datetime
    clock: ClockMode
    dossiers: int
    entries: int
    sessions: int
    procedures: int
    running_faults: int
    waits: int
    switches: Switches


@router.get("/health")
async def report_health() -> Health:
    """Answer while the process does, whatever faults are ordered."""
    return Health()


@router.get("/state")
async def read_state(portal: PortalDep) -> State:
    return State(
        now=portal.clock.now(),
        clock=portal.clock.mode,
        dossiers=len(portal.store),
        entries=portal.store.counts.entries,
        sessions=len(portal.sessions),
        procedures=len(portal.catalogue.procedures),
        running_faults=len(portal.faults.active()),
        waits=portal.store.waits,
        switches=_switches(portal),
    )


@router.post("/reset", status_code=204)
async def reset(portal: PortalDep) -> None:
    """Forget everything received and ordered, as after a start."""
    portal.reset()


def _switches(portal: PortalDep) -> Switches:
    settings, rules = portal.settings, portal.settings.verdict_rules
    return Switches(
        session_seconds=settings.session_seconds,
        session_error_code=settings.session_error_code,
        error_code_drift=settings.error_code_drift,
        accept_any_procedure=settings.accept_any_procedure,
        accept_province_variants=settings.accept_province_variants,
        scalars_must_be_strings=settings.scalars_must_be_strings,
        require_later_fields=settings.require_later_fields,
        refuse_existing_dossier=settings.refuse_existing_dossier,
        deduplicate_progress=settings.deduplicate_progress,
        refused_call_keeps_earlier_items=settings.refused_call_keeps_earlier_items,
        max_items_per_call=settings.max_items_per_call,
        lookup_shows_progress=settings.lookup_shows_progress,
        offers_holdings=settings.offers_holdings,
        verdict_compare=rules.compare,
        verdict_end_from_body=rules.end_from_body,
        verdict_second_request_only_while_open=rules.second_request_only_while_open,
        verdict_repeated_closing=rules.repeated_closing,
    )
