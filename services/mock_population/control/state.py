"""The database as a whole: is it there, whom does it know, how is it set, start over."""

from datetime import datetime
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel

from services.mock_kit.clock import ClockMode
from services.mock_population.control.access import DatabaseDep

router = APIRouter(prefix="/_control", tags=["state"])


class Health(BaseModel):
    status: Literal["ok"] = "ok"


class Switches(BaseModel):
    """The settings that decide on behaviour the facts leave open."""

    seed: int
    accounts: list[str]
    service_url: str | None
    timestamp_tolerance_seconds: float
    token_seconds: float
    enforce_order: bool
    refuse_repeated_request_ids: bool
    accept_dashed_birth_dates: bool
    not_found_as: str
    name_in_one_part: bool
    prefix_drift: bool
    wrapper_details: bool


class State(BaseModel):
    now: datetime
    clock: ClockMode
    citizens: int
    calls: int
    running_faults: int
    switches: Switches


@router.get("/health")
async def report_health() -> Health:
    """Answer while the process does, whatever faults are ordered."""
    return Health()


@router.get("/state")
async def read_state(database: DatabaseDep) -> State:
    return State(
        now=database.clock.now(),
        clock=database.clock.mode,
        citizens=len(database.register),
        calls=len(database.ledger),
        running_faults=len(database.faults.active()),
        switches=_switches(database),
    )


@router.post("/reset", status_code=204)
async def reset(database: DatabaseDep) -> None:
    """Forget everything asked, added and ordered, as after a start."""
    database.reset()


def _switches(database: DatabaseDep) -> Switches:
    settings = database.settings
    return Switches(
        seed=settings.seed,
        accounts=sorted(settings.accounts),
        service_url=settings.service_url,
        timestamp_tolerance_seconds=settings.timestamp_tolerance_seconds,
        token_seconds=settings.token_seconds,
        enforce_order=settings.enforce_order,
        refuse_repeated_request_ids=settings.refuse_repeated_request_ids,
        accept_dashed_birth_dates=settings.accept_dashed_birth_dates,
        not_found_as=settings.not_found_as,
        name_in_one_part=settings.name_in_one_part,
        prefix_drift=settings.prefix_drift,
        wrapper_details=settings.wrapper_details,
    )
