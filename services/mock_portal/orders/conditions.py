"""Everything ordered of one portal at once: its faults, times, capacity and maintenance."""

from datetime import timedelta
from typing import Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.mock_kit.latency_orders import AnyLatencyOrder, NoLatency, written_down
from services.mock_portal.capacity import CapacityLimits
from services.mock_portal.fault_rule import ActiveFault
from services.mock_portal.maintenance import MaintenanceWindow
from services.mock_portal.orders.faults import AnyFaultOrder, details_of
from services.mock_portal.portal import Portal

MAX_MAINTENANCE = timedelta(days=31)


class CapacityOrder(BaseModel):
    """What is left out is unlimited. Rates forgive a burst of one second."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    calls_per_second: float | None = Field(default=None, ge=0.001, le=1_000_000)
    dossiers_per_second: float | None = Field(default=None, ge=0.001, le=1_000_000)
    quota_calls: int | None = Field(
        default=None,
        ge=0,
        description="So many calls in each window of `quota_seconds` by the portal's clock",
    )
    quota_seconds: float = Field(default=86_400, ge=1, le=31 * 86_400)
    when_full: Literal["refuse", "wait"] = Field(
        default="refuse", description="429, or let calls wait their turn; a used-up quota always refuses"
    )
    announce: Literal["seconds", "http_date", "none"] = Field(
        default="seconds", description="What `Retry-After` says"
    )

    def limits(self) -> CapacityLimits:
        return CapacityLimits(**self.model_dump())


class MaintenanceOrder(BaseModel):
    """Closed between two moments of the portal's clock: 503, and a page that tells the end."""

    model_config = ConfigDict(extra="forbid")

    begins_at: AwareDatetime
    ends_at: AwareDatetime
    announce: Literal["seconds", "http_date", "none"] = Field(
        default="http_date", description="What `Retry-After` says"
    )

    @model_validator(mode="after")
    def _bounded(self) -> Self:
        if not timedelta() < self.ends_at - self.begins_at <= MAX_MAINTENANCE:
            raise ValueError("ends_at must come after begins_at, by 31 days at most")
        return self

    def window(self) -> MaintenanceWindow:
        return MaintenanceWindow(begins_at=self.begins_at, ends_at=self.ends_at, announce=self.announce)


class Conditions(BaseModel):
    model_config = ConfigDict(extra="forbid")

    faults: list[AnyFaultOrder] = Field(default=[], max_length=1000)
    latency: AnyLatencyOrder = NoLatency(kind="none")
    capacity: CapacityOrder | None = None
    maintenance: list[MaintenanceOrder] = Field(default=[], max_length=100)

    def impose_on(self, portal: Portal) -> None:
        """Replace all that was ordered before."""
        portal.calm()
        for order in self.faults:
            portal.faults.add(order.rule())
        portal.latency.set(self.latency.latency())
        portal.capacity.set(self.capacity.limits() if self.capacity else None)
        portal.maintenance.windows = [order.window() for order in self.maintenance]


def conditions_of(portal: Portal) -> Conditions:
    """Write down what is ordered now; of a running fault, the rest of its time."""
    limits = portal.capacity.limits
    return Conditions(
        faults=[_rest_of(portal, fault) for fault in portal.faults.active() if not fault.is_spent],
        latency=written_down(portal.latency.shape),
        capacity=None if limits is None else capacity_order(limits),
        maintenance=[maintenance_order(window) for window in portal.maintenance.windows],
    )


def _rest_of(portal: Portal, fault: ActiveFault) -> Any:
    rule, left = fault.rule, portal.faults.seconds_left(fault)
    rest = details_of(rule)
    rest["duration_seconds"] = max(min(rule.duration_seconds, left), 0.001)
    rest["starts_after_seconds"] = max(0.0, left - rule.duration_seconds)
    if rule.first_n is not None:
        rest["first_n"] = rule.first_n - fault.hits
    return rest


def capacity_order(limits: CapacityLimits) -> CapacityOrder:
    return CapacityOrder(**{name: getattr(limits, name) for name in CapacityOrder.model_fields})


def maintenance_order(window: MaintenanceWindow) -> MaintenanceOrder:
    return MaintenanceOrder(begins_at=window.begins_at, ends_at=window.ends_at, announce=window.announce)
