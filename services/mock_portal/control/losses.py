"""Make the portal lose what it has acknowledged, as after a restore of its own."""

from typing import Annotated

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, Field

from services.mock_portal.control.access import PortalDep

router = APIRouter(prefix="/_control", tags=["losses"])

Code = Annotated[str, Field(max_length=100)]


class Losses(BaseModel):
    """`dossiers` are lost whole; of those in `entries` the portal keeps so many first entries."""

    dossiers: list[Code] = []
    entries: dict[Code, Annotated[int, Field(ge=0)]] = {}


@router.post("/losses", status_code=204, responses={404: {"description": "A dossier is not held"}})
async def lose(losses: Losses, portal: PortalDep) -> None:
    """Forget dossiers and entries; the ledger still shows that they came. All or nothing."""
    missing = [code for code in (*losses.dossiers, *losses.entries) if code not in portal.store]
    if missing or losses.entries.keys() & set(losses.dossiers):
        raise HTTPException(404, f"not held, or named twice: {missing[:10]}")
    portal.store.lose(losses.dossiers)
    for code, kept in losses.entries.items():
        portal.store.lose_entries(code, kept=kept)
    portal.changes.announce()
