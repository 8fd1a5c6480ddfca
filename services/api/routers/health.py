"""Whether the process lives, and whether it can work. Without a key: probes have none."""

from http import HTTPStatus
from typing import Literal

from fastapi import APIRouter
from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from services.api.runtime import Runtime
from services.core.persistence.faults import is_passing
from services.core.persistence.schema import present_revision

router = APIRouter(tags=["health"])


class Liveness(BaseModel):
    status: Literal["ok"] = "ok"


class Readiness(BaseModel):
    """`schema_present` is null if the database cannot be reached or has never been set up."""

    status: Literal["ready", "not_ready"]
    database: bool
    schema_wanted: str
    schema_present: str | None


@router.get("/healthz")
async def show_liveness() -> Liveness:
    """Tell that the process answers; the database has no say in it."""
    return Liveness()


@router.get("/readyz", responses={503: {"model": Readiness, "description": "Not ready"}})
async def show_readiness(request: Request, response: Response) -> Readiness:
    """Tell whether the database is there and at the schema that this code was written for."""
    runtime: Runtime = request.app.state.runtime
    reached, present = await _look(runtime)
    ready = present == runtime.schema_revision
    if not ready:
        response.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return Readiness(
        status="ready" if ready else "not_ready",
        database=reached,
        schema_wanted=runtime.schema_revision,
        schema_present=present,
    )


async def _look(runtime: Runtime) -> tuple[bool, str | None]:
    try:
        async with runtime.sessions() as session:
            return True, await present_revision(session)
    except Exception as exc:
        if not is_passing(exc):
            raise
        return False, None
