"""Every call in order, and finding those that a test is after."""

import asyncio
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from services.mock_portal.control.access import PortalDep
from services.mock_portal.ledger import Call, Outcome
from services.mock_portal.search import Candidate, Mismatch, Search, Wanted

router = APIRouter(prefix="/_control/ledger", tags=["ledger"])

_TURN_CALLS: Final = 200


class CallRow(BaseModel):
    """One call; `arrived_at` is by the portal's clock."""

    number: int
    arrived_at: datetime
    service: str
    unit: str
    dossiers: list[str]
    outcome: Outcome
    fault: str | None
    error_code: int | str | None
    message: str
    withdrawn_at: datetime | None


class CallPage(BaseModel):
    rows: list[CallRow]
    last_number: int


class SearchOrder(BaseModel):
    """What is left out is not asked for."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    service: str | None = Field(default=None, max_length=100)
    unit: str | None = Field(default=None, max_length=500)
    mahoso: str | None = Field(default=None, max_length=200, description="Shell pattern")
    outcome: Outcome | None = None
    fault: str | None = Field(default=None, description="A fault's shape, `capacity` or `maintenance`")
    item: dict[str, JsonValue] = Field(
        default={}, max_length=100, description="Fields of the element of `data`, or else of the body"
    )
    after: int = Field(default=0, ge=0, le=10**12, description="Look only at calls with a number above this")

    def wanted(self) -> Wanted:
        return Wanted(**self.model_dump(exclude={"after"}))


class FieldDifference(BaseModel):
    field: str
    wanted: Any
    got: Any


class Found(BaseModel):
    call: int
    service: str
    arrived_at: datetime
    item: Any


class NearMiss(Found):
    """It would have matched but for these fields."""

    differs_in: list[FieldDifference]


class SearchOut(BaseModel):
    """`matched` counts all; of matches the first, of near misses the closest are shown."""

    matched: int
    matches: list[Found]
    near_misses: list[NearMiss]


class AwaitedOut(SearchOut):
    reached: bool


@router.get("/calls")
async def list_calls(
    portal: PortalDep,
    after: Annotated[int | None, Query(ge=0, le=10**12, description="The latest by default")] = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> CallPage:
    """List calls in order of arrival, refused and struck ones too."""
    start = max(0, len(portal.ledger) - limit) if after is None else after
    rows: list[CallRow] = []
    for call in portal.ledger.calls(start):
        if len(rows) == limit:
            break
        rows.append(_row(call))
    return CallPage(rows=rows, last_number=len(portal.ledger))


@router.post("/find")
async def find_items(
    order: SearchOrder, portal: PortalDep, limit: Annotated[int, Query(ge=1, le=100)] = 10
) -> SearchOut:
    """Find received items; those that nearly match are told with the fields in which they differ."""
    search = Search(portal.ledger, order.wanted(), after=order.after, keep=limit)
    looking = True
    while looking:
        looking = search.advance(_TURN_CALLS)
        await asyncio.sleep(0)
    return SearchOut(**_result(search))


@router.post("/await")
async def await_items(
    order: SearchOrder,
    portal: PortalDep,
    count: Annotated[int, Query(ge=1, le=10**9)] = 1,
    timeout: Annotated[float, Query(gt=0, le=300)] = 30,  # noqa: ASYNC109 - it is the caller's, in the URL
    limit: Annotated[int, Query(ge=1, le=100)] = 10,
) -> AwaitedOut:
    """Answer once so many such items have arrived, or with `reached` false at the time limit."""
    search = Search(portal.ledger, order.wanted(), after=order.after, keep=limit)

    def reached() -> bool:
        while search.count < count and search.advance(_TURN_CALLS):
            pass
        return search.count >= count

    arrived = await portal.changes.wait_until(reached, timeout_seconds=timeout)
    return AwaitedOut(reached=arrived, **_result(search))


def _row(call: Call) -> CallRow:
    return CallRow(
        number=call.number,
        arrived_at=call.arrived_at,
        service=call.service,
        unit=call.unit,
        dossiers=_codes(call.body()),
        outcome=call.outcome,
        fault=call.fault,
        error_code=call.error_code,
        message=call.message,
        withdrawn_at=call.withdrawn_at,
    )


def _codes(body: dict[str, object]) -> list[str]:
    data = body.get("data")
    items = data if isinstance(data, list) else [body]
    codes = [item.get("MaHoSo", item.get("mahoso")) for item in items if isinstance(item, dict)]
    return [code for code in codes if isinstance(code, str)]


def _result(search: Search) -> dict[str, Any]:
    return {
        "matched": search.count,
        "matches": [_found(candidate) for candidate in search.matches],
        "near_misses": [
            {**_found(near), "differs_in": [_difference(m) for m in near.mismatches]} for near in search.near
        ],
    }


def _difference(mismatch: Mismatch) -> dict[str, Any]:
    return {"field": mismatch.field, "wanted": mismatch.wanted, "got": mismatch.got}


def _found(candidate: Candidate) -> dict[str, Any]:
    call = candidate.call
    return {
        "call": call.number,
        "service": call.service,
        "arrived_at": call.arrived_at,
        "item": candidate.item,
    }
