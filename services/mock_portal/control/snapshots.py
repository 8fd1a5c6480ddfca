"""The whole state in the tester's hand: exported, imported, and kept under a name."""

import zlib
from typing import Annotated, Final

from fastapi import APIRouter, HTTPException, Path
from pydantic import BaseModel

from services.mock_portal.control.access import PortalDep
from services.mock_portal.keeping import bring_back, write_down
from services.mock_portal.kept_state import KeptState
from services.mock_portal.portal import Portal

router = APIRouter(prefix="/_control", tags=["state"])

MAX_SNAPSHOTS: Final = 50

SnapshotName = Annotated[str, Path(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]


class SnapshotOut(BaseModel):
    name: str
    packed_bytes: int


class Brought(BaseModel):
    """What the portal holds now."""

    calls: int
    dossiers: int
    entries: int


@router.get("/state/export", response_model_exclude_defaults=True)
async def export_state(portal: PortalDep) -> KeptState:
    """Give everything but the catalogues as one JSON document; personal data stand in it as they came."""
    return write_down(portal)


@router.put("/state/import", responses={422: {"description": "Not a state, or an unknown switch"}})
async def import_state(state: KeptState, portal: PortalDep) -> Brought:
    """Put the portal into an exported state; what it held is forgotten."""
    return _bring(portal, state)


@router.get("/snapshots")
async def list_snapshots(portal: PortalDep) -> list[SnapshotOut]:
    return [SnapshotOut(name=name, packed_bytes=len(packed)) for name, packed in portal.snapshots.items()]


@router.put("/snapshots/{name}", responses={409: {"description": "Too many snapshots"}})
async def take_snapshot(name: SnapshotName, portal: PortalDep) -> SnapshotOut:
    """Keep the state under a name until the process ends; a reset does not touch it."""
    if name not in portal.snapshots and len(portal.snapshots) >= MAX_SNAPSHOTS:
        raise HTTPException(409, f"{MAX_SNAPSHOTS} snapshots are kept already; delete some first")
    packed = zlib.compress(write_down(portal).model_dump_json(exclude_defaults=True).encode(), 1)
    portal.snapshots[name] = packed
    return SnapshotOut(name=name, packed_bytes=len(packed))


@router.post("/snapshots/{name}/restore", responses={404: {"description": "No such snapshot"}})
async def restore_snapshot(name: SnapshotName, portal: PortalDep) -> Brought:
    return _bring(portal, KeptState.model_validate_json(zlib.decompress(_packed(portal, name))))


@router.delete("/snapshots/{name}", status_code=204, responses={404: {"description": "No such snapshot"}})
async def forget_snapshot(name: SnapshotName, portal: PortalDep) -> None:
    _packed(portal, name)
    del portal.snapshots[name]


def _packed(portal: Portal, name: str) -> bytes:
    packed = portal.snapshots.get(name)
    if packed is None:
        raise HTTPException(404, "no snapshot of this name")
    return packed


def _bring(portal: Portal, state: KeptState) -> Brought:
    try:
        bring_back(portal, state)
    except ValueError as error:
        raise HTTPException(422, str(error)) from error
    return Brought(calls=len(portal.ledger), dossiers=len(portal.store), entries=portal.store.counts.entries)
