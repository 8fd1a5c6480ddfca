"""The database's clock in the tester's hand."""

from fastapi import APIRouter

from services.mock_kit.clock_orders import ClockOrder, ClockOut
from services.mock_population.control.access import DatabaseDep

router = APIRouter(prefix="/_control/clock", tags=["clock"])


@router.get("")
async def read_clock(database: DatabaseDep) -> ClockOut:
    return ClockOut.of(database.clock)


@router.put("")
async def set_clock(order: ClockOrder, database: DatabaseDep) -> ClockOut:
    """Set the clock that arrival times, timestamps and tokens follow; faults run on real time."""
    order.set(database.clock)
    return ClockOut.of(database.clock)
