"""The metrics service on a port of its own, served by the real uvicorn."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn

from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from services.metrics.main import create_app
from tests.roles import as_role


@asynccontextmanager
async def serving_metrics(sessions: Sessions) -> AsyncIterator[int]:
    """Serve until the end of the block, with snapshots that hardly outlive a scrape; gives the port."""
    seen = as_role(sessions, DatabaseRole.METRICS)
    app = create_app(seen, unit_labels=True, statement_seconds=2.0, shared_seconds=0.1)
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None, access_log=False))
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        assert not task.done(), "uvicorn ended before it had started"
    port: int = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield port
    finally:
        server.should_exit = True
        await task
