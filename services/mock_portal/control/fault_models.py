"""What becomes of ordered faults, as the tester sees it."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.mock_portal.fault_rule import MAX_FAULT_SECONDS, FaultRule, FaultShape
from services.mock_portal.faults import ActiveFault
from services.mock_portal.orders.faults import ORDER_OF_SHAPE, details_of


class OutageOrder(BaseModel):
    """Everything fails in one way for so long."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["down", "hang", "http_5xx", "html", "cut_body", "answer_lost"]
    seconds: float = Field(gt=0, le=MAX_FAULT_SECONDS)

    def rule(self) -> FaultRule:
        order = ORDER_OF_SHAPE[FaultShape(self.kind)]
        return order.model_validate({"shape": self.kind, "duration_seconds": self.seconds}).rule()


class FaultOut(BaseModel):
    """`seconds_left` counts to its end, `begun` is false for one that is yet to start."""

    id: int
    shape: FaultShape
    details: dict[str, Any]
    """As it was ordered, with the defaults."""
    duration_seconds: float
    seconds_left: float
    begun: bool
    hits: int
    started_at: datetime


class OutageOut(BaseModel):
    """`ended_at` is null while it runs, and earlier than planned if it was ended by hand."""

    id: int
    kind: FaultShape
    planned_seconds: float
    started_at: datetime
    ended_at: datetime | None
    calls_struck: int


def fault_out(fault: ActiveFault, *, seconds_left: float) -> FaultOut:
    rule = fault.rule
    return FaultOut(
        id=fault.number,
        shape=rule.shape,
        details=details_of(rule),
        duration_seconds=rule.duration_seconds,
        seconds_left=seconds_left,
        begun=seconds_left <= rule.duration_seconds,
        hits=fault.hits,
        started_at=fault.started_at,
    )


def outage_out(fault: ActiveFault) -> OutageOut:
    return OutageOut(
        id=fault.number,
        kind=fault.rule.shape,
        planned_seconds=fault.rule.duration_seconds,
        started_at=fault.started_at,
        ended_at=fault.ended_at,
        calls_struck=fault.hits,
    )
