"""How pages read: at one instant, and unable to change anything."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.requests import Request

from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions


@dataclass(frozen=True, slots=True)
class Runtime:
    """Shared by all requests. `statement_seconds` limits each query of the overview."""

    sessions: Sessions
    comparison: Comparison
    statement_seconds: float
    schema_revision: str


def runtime_of(request: Request) -> Runtime:
    """Give what the service works with."""
    runtime: Runtime = request.app.state.runtime
    return runtime


@asynccontextmanager
async def reading(sessions: Sessions) -> AsyncIterator[AsyncSession]:
    """Open a transaction in which PostgreSQL itself refuses every change, and which sees one instant only."""
    async with sessions() as session:
        await session.connection(
            execution_options={"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
        )
        yield session


async def open_reading(request: Request) -> AsyncIterator[AsyncSession]:
    """Read for the length of a route."""
    async with reading(runtime_of(request).sessions) as session:
        yield session


# The page is complete when the route returns; the default scope would keep the snapshot until it is sent.
Reading = Annotated[AsyncSession, Depends(open_reading, scope="function")]
RuntimeDep = Annotated[Runtime, Depends(runtime_of)]
