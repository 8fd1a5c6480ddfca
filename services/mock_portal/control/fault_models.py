"""What becomes of ordered faults, as the tester sees it."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.mock_kit import fault_orders
from services.mock_kit.fault_orders import FaultOut
from services.mock_kit.faults import MAX_FAULT_SECONDS
from services.mock_portal.fault_rule import ActiveFault, FaultRule, FaultShape
from services.mock_portal.orders.faults import ORDER_OF_SHAPE, details_of


class OutageOrder(BaseModel):
    """Everything fails in one way for so long."""

    model_config = ConfigDict(extra="forbid")

    kind: Literal["down", "hang", "http_5xx", "html", "cut_body", "answer_lost"]
    seconds: float = Field(gt=0, le=MAX_FAULT_SECONDS)

    def rule(self) -> FaultRule:
        order = ORDER_OF_SHAPE[FaultShape(self.kind)]
        return order.model_validate({"shape": self.kind, "duration_seconds": self.seconds}).rule()


def fault_out(fault: ActiveFault, *, seconds_left: float) -> FaultOut:
    return fault_orders.fault_out(fault, details_of(fault.rule), seconds_left=seconds_left)
