"""Whether the process lives, and whether it can work."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter
from starlette.responses import JSONResponse

from services.console.reading import Runtime, RuntimeDep, reading
from services.core.persistence.faults import is_passing
from services.core.persistence.schema import present_revision, schema_obstacle

router = APIRouter()

_NO_ANSWER: Final = "database does not answer"


@router.get("/healthz")
async def show_liveness() -> JSONResponse:
    """Tell that the process answers; the database has no say in it."""
    return JSONResponse({"status": "alive"})


@router.get("/readyz")
async def show_readiness(runtime: RuntimeDep) -> JSONResponse:
    """Tell whether the database is there and at the schema that this code was written for."""
    obstacle = await _obstacle(runtime)
    if obstacle is None:
        return JSONResponse({"status": "ready"})
    return JSONResponse({"status": "not ready", "reason": obstacle}, HTTPStatus.SERVICE_UNAVAILABLE)


async def _obstacle(runtime: Runtime) -> str | None:
    """Say why pages cannot be served."""
    try:
        async with reading(runtime.sessions) as session:
            present = await present_revision(session)
    except Exception as failure:
        if is_passing(failure):
            return _NO_ANSWER
        raise
    return schema_obstacle(present, runtime.schema_revision)
