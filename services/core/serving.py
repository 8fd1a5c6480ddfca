"""A service that only reads: what console and metrics service have in common as processes."""

from collections.abc import Awaitable, Callable
from typing import Protocol

import uvicorn
from starlette.types import ASGIApp

from services.core.persistence.engine import PoolLimits, Sessions, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole


class Build(Protocol):
    """Builds the service; `on_stop` is to run after its last request."""

    def __call__(self, sessions: Sessions, *, on_stop: Callable[[], Awaitable[None]]) -> ASGIApp: ...


def serve_reader(
    build: Build,
    *,
    name: str,
    database_url: str,
    role: DatabaseRole | None,
    connections: int,
    statement_seconds: float,
    host: str,
    port: int,
) -> None:
    """Serve until SIGTERM or SIGINT.

    The database ends a statement after `statement_seconds`, which the service sees to; we give up a second
    later. There are never more than so many `connections`.
    """
    limits = PoolLimits(size=connections, overflow=0, command=statement_seconds + 1)
    engine = create_engine(database_url, application=f"lienthong-{name}", role=role, limits=limits)
    uvicorn.run(
        build(create_sessions(engine), on_stop=engine.dispose),
        host=host,
        port=port,
        access_log=False,
        log_config=None,
        server_header=False,
    )
