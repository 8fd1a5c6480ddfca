"""Who asked what about whom."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.mock_population.control.access import DatabaseDep
from services.mock_population.ledger import Call, Outcome

router = APIRouter(prefix="/_control/ledger", tags=["ledger"])


class Asked(BaseModel):
    """The question as it came; a birth is `yyyy` or `yyyyMMdd`."""

    request_id: str
    service_code: str
    officer: str
    unit: str
    number: str
    old_card: str
    name: str
    birth: str


class CallOut(BaseModel):
    """`asked` is null when the call could not be read; `arrived_at` is by the database's clock."""

    call: int
    arrived_at: datetime
    way: str
    operation: str
    outcome: Outcome
    fault: str | None
    message: str
    asked: Asked | None


class CallPage(BaseModel):
    rows: list[CallOut]
    next_offset: int | None


class LedgerSummary(BaseModel):
    """`questions` were read and not struck before that; `repeated_request_ids` of them came again."""

    questions: int
    repeated_request_ids: int
    calls: dict[str, dict[str, int]]
    struck: dict[str, int]


class Arrivals(BaseModel):
    reached: bool
    questions: int


@router.get("")
async def list_calls(
    database: DatabaseDep,
    offset: Annotated[int, Query(ge=0, le=10**9)] = 0,
    limit: Annotated[int, Query(ge=1, le=10_000)] = 1000,
) -> CallPage:
    """List calls in order of arrival, refused and struck ones too."""
    rows = [call_out(call) for call in database.ledger.page(offset, limit)]
    following = offset + len(rows)
    return CallPage(rows=rows, next_offset=following if following < len(database.ledger) else None)


@router.get("/summary")
async def summarise(database: DatabaseDep) -> LedgerSummary:
    ledger = database.ledger
    return LedgerSummary(
        questions=ledger.questions,
        repeated_request_ids=ledger.repeated_request_ids,
        calls=ledger.call_counts(),
        struck=ledger.struck_counts(),
    )


@router.get("/wait")
async def wait_for_arrivals(
    database: DatabaseDep,
    questions: Annotated[int, Query(ge=0)] = 0,
    timeout: Annotated[float, Query(gt=0, le=300)] = 30,  # noqa: ASYNC109 - it is the caller's, in the URL
) -> Arrivals:
    """Answer once so many questions were asked, or with `reached` false at the time limit."""
    ledger = database.ledger
    reached = await ledger.wait_until(lambda: ledger.questions >= questions, timeout_seconds=timeout)
    return Arrivals(reached=reached, questions=ledger.questions)


def call_out(call: Call) -> CallOut:
    return CallOut(
        call=call.number,
        arrived_at=call.arrived_at,
        way=call.way,
        operation=call.operation,
        outcome=call.outcome,
        fault=call.fault,
        message=call.message,
        asked=_asked(call),
    )


def _asked(call: Call) -> Asked | None:
    question = call.question
    if question is None:
        return None
    claim = question.claim
    return Asked(
        request_id=question.request_id,
        service_code=question.service_code,
        officer=question.officer,
        unit=question.unit,
        number=claim.number,
        old_card=claim.old_card,
        name=claim.name,
        birth=claim.birth,
    )
