"""Traffic in the tester's hand: taken down masked, and played again."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict

from services.mock_portal.control.access import PortalDep, TenantDep
from services.mock_portal.mapi import CALL_PATH, PREFIXES
from services.mock_portal.recording import Recording, ReplayReport, play_again, take_down

router = APIRouter(prefix="/_control", tags=["recording"])


class ReplayOrder(BaseModel):
    """`keep_times` freezes the clock at each call's recorded arrival, so that verdicts come out the same."""

    model_config = ConfigDict(extra="forbid")

    recording: Recording
    keep_times: bool = True


@router.get("/recording")
async def read_recording(
    portal: PortalDep,
    after: Annotated[int, Query(ge=0, le=10**12, description="Leave out calls up to this number")] = 0,
) -> Recording:
    """Give the calls received so far, without sessions, identity numbers, names and addresses masked."""
    return take_down(portal, after=after)


@router.post("/replay")
async def replay(order: ReplayOrder, tenant: TenantDep) -> ReplayReport:
    """Send the recorded calls to this portal, past all faults, and tell which were answered otherwise."""
    endpoint = tenant.endpoints["POST", PREFIXES[0] + CALL_PATH]
    return await play_again(tenant.portal, endpoint, order.recording, keep_times=order.keep_times)
