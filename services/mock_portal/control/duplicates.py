"""Which dossiers hold the same thing more than once."""

import asyncio
from collections import Counter
from dataclasses import fields
from itertools import pairwise
from typing import Annotated, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.mock_portal.control.access import PortalDep
from services.mock_portal.store import Body, Dossier

router = APIRouter(prefix="/_control/ledger", tags=["ledger"])

_TURN_DOSSIERS: Final = 500
_COMPARED: Final = tuple(field.name for field in fields(Body) if field.name != "call")


class RepeatedEntry(BaseModel):
    occurred: str
    status: str
    text: str
    times: int


class DuplicateRow(BaseModel):
    """`repeated_bodies` say the same as the one before them; `calls` brought what is repeated."""

    code: str
    unit: str
    repeated_bodies: int
    repeated_entries: list[RepeatedEntry]
    calls: list[int]


class DuplicatePage(BaseModel):
    rows: list[DuplicateRow]
    next_offset: int | None


@router.get("/duplicates")
async def list_duplicates(
    portal: PortalDep,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> DuplicatePage:
    """List dossiers that hold a body or an entry more than once, in order of arrival."""
    rows: list[DuplicateRow] = []
    while page := list(portal.store.page(offset, _TURN_DOSSIERS)):
        for dossier in page:
            if len(rows) == limit:
                return DuplicatePage(rows=rows, next_offset=offset)
            if row := _duplicates_of(dossier):
                rows.append(row)
            offset += 1
        await asyncio.sleep(0)
    return DuplicatePage(rows=rows, next_offset=None)


def _duplicates_of(dossier: Dossier) -> DuplicateRow | None:
    bodies = [later for earlier, later in pairwise(dossier.bodies) if _says_the_same(earlier, later)]
    times = Counter((entry.occurred, entry.status, entry.text) for entry in dossier.entries)
    repeated = {key: count for key, count in times.items() if count > 1}
    if not bodies and not repeated:
        return None
    entries = [entry for entry in dossier.entries if (entry.occurred, entry.status, entry.text) in repeated]
    return DuplicateRow(
        code=dossier.code,
        unit=dossier.unit,
        repeated_bodies=len(bodies),
        repeated_entries=[
            RepeatedEntry(occurred=occurred, status=status, text=text, times=count)
            for (occurred, status, text), count in repeated.items()
        ],
        calls=sorted({b.call.number for b in bodies} | {e.call.number for e in entries}),
    )


def _says_the_same(earlier: Body, later: Body) -> bool:
    return all(getattr(earlier, name) == getattr(later, name) for name in _COMPARED)
