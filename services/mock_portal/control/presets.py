"""Presets in the tester's hand."""

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel

from services.mock_portal.control.access import PortalDep
from services.mock_portal.presets import UnknownPreset, all_presets, apply_preset, find_preset

router = APIRouter(prefix="/_control/presets", tags=["presets"])


class PresetOut(BaseModel):
    name: str
    vi: str
    en: str


class PresetApplied(BaseModel):
    name: str
    rules: int


@router.get("")
async def list_presets() -> list[PresetOut]:
    return [PresetOut(name=preset.name, vi=preset.vi, en=preset.en) for preset in all_presets()]


@router.post("/{name}", responses={404: {"description": "No such preset"}})
async def use_preset(name: str, portal: PortalDep) -> PresetApplied:
    """Replace all ordered faults, times and limits by those of the preset; what is held stays."""
    try:
        preset = find_preset(name)
    except UnknownPreset as unknown:
        raise HTTPException(404, "no such preset; see GET /_control/presets") from unknown
    apply_preset(portal, preset)
    return PresetApplied(name=name, rules=len(portal.faults.active()))
