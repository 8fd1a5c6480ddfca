"""What arrived, as the tester sees it."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query
from pydantic import BaseModel

from services.mock_portal.control.access import PortalDep
from services.mock_portal.ledger import LOGIN, LedgerItem, Outcome
from services.mock_portal.portal import Portal
from services.mock_portal.store import Dossier, Entry

router = APIRouter(prefix="/_control/ledger", tags=["ledger"])


class ReceivedItem(BaseModel):
    """One element of one call's `data`, as it came; `arrived_at` is by the portal's clock."""

    call: int
    arrived_at: datetime
    service: str
    outcome: Outcome
    fault: str | None
    error_code: int | str | None
    message: str
    withdrawn_at: datetime | None
    item: object


class StoredEntry(BaseModel):
    call: int
    arrived_at: datetime
    occurred: str
    status: str
    officer: str
    text: str


class DossierLedger(BaseModel):
    """`received` has everything that came in, refused calls too; `progress` only what is stored."""

    code: str
    stored: bool
    received: list[ReceivedItem]
    progress: list[StoredEntry]


class LedgerSummary(BaseModel):
    """`duplicate_*` and `out_of_order_entries` count what was stored so, not what was refused."""

    dossiers: int
    entries: int
    duplicate_dossiers: int
    duplicate_entries: int
    out_of_order_entries: int
    logins: int
    calls: dict[str, dict[str, int]]
    struck: dict[str, int]


class CodeRow(BaseModel):
    code: str
    bodies: int
    entries: int


class CodePage(BaseModel):
    rows: list[CodeRow]
    next_offset: int | None


class Arrivals(BaseModel):
    reached: bool
    dossiers: int
    entries: int


@router.get("", responses={404: {"description": "Nothing received about this dossier"}})
async def read_dossier(mahoso: Annotated[str, Query(max_length=100)], portal: PortalDep) -> DossierLedger:
    """Show everything received about one dossier, in order of arrival."""
    received = [_received(entry) for entry in portal.ledger.items_of(mahoso)]
    if not received:
        raise HTTPException(404, "nothing received about this dossier")
    dossier = portal.store.find(mahoso)
    progress = [] if dossier is None else [_stored(entry) for entry in dossier.entries]
    return DossierLedger(code=mahoso, stored=dossier is not None, received=received, progress=progress)


@router.get("/summary")
async def summarise(portal: PortalDep) -> LedgerSummary:
    return _summary_of(portal)


@router.get("/codes")
async def list_codes(
    portal: PortalDep,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> CodePage:
    """List stored dossiers in order of arrival."""
    rows = [_row(dossier) for dossier in portal.store.page(offset, limit)]
    following = offset + len(rows)
    return CodePage(rows=rows, next_offset=following if following < len(portal.store) else None)


@router.get("/wait")
async def wait_for_arrivals(
    portal: PortalDep,
    dossiers: Annotated[int, Query(ge=0)] = 0,
    entries: Annotated[int, Query(ge=0)] = 0,
    timeout: Annotated[float, Query(gt=0, le=300)] = 30,  # noqa: ASYNC109 - it is the caller's, in the URL
) -> Arrivals:
    """Answer once so many dossiers and entries are stored, or with `reached` false at the time limit."""
    store = portal.store
    reached = await portal.changes.wait_until(
        lambda: len(store) >= dossiers and store.counts.entries >= entries, timeout_seconds=timeout
    )
    return Arrivals(reached=reached, dossiers=len(store), entries=store.counts.entries)


def _summary_of(portal: Portal) -> LedgerSummary:
    counts, calls = portal.store.counts, portal.ledger.call_counts()
    return LedgerSummary(
        dossiers=len(portal.store),
        entries=counts.entries,
        duplicate_dossiers=counts.duplicate_dossiers,
        duplicate_entries=counts.duplicate_entries,
        out_of_order_entries=counts.out_of_order_entries,
        logins=calls.get(LOGIN, {}).get(Outcome.ACCEPTED, 0),
        calls=calls,
        struck=portal.ledger.struck_counts(),
    )


def _received(received: LedgerItem) -> ReceivedItem:
    call = received.call
    return ReceivedItem(
        call=call.number,
        arrived_at=call.arrived_at,
        service=call.service,
        outcome=call.outcome,
        fault=call.fault,
        error_code=call.error_code,
        message=call.message,
        withdrawn_at=call.withdrawn_at,
        item=received.item,
    )


def _stored(entry: Entry) -> StoredEntry:
    return StoredEntry(
        call=entry.call.number,
        arrived_at=entry.call.arrived_at,
        occurred=entry.occurred,
        status=entry.status,
        officer=entry.officer,
        text=entry.text,
    )


def _row(dossier: Dossier) -> CodeRow:
    return CodeRow(code=dossier.code, bodies=len(dossier.bodies), entries=len(dossier.entries))
