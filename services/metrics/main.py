"""The metrics service: what PostgreSQL knows, for Prometheus. Any number of copies may run."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from services.core.config import DatabaseSettings, LogSettings, MetricsSettings, VerdictSettings
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import PoolLimits, Sessions, create_engine, create_sessions
from services.core.persistence.measurements import Snapshot, take_snapshot
from services.core.persistence.roles import DatabaseRole
from services.core.persistence.schema import wanted_revision
from services.core.telemetry import logging
from services.metrics.collectors import SnapshotCollector
from services.metrics.sharing import Shared

#: Prometheus servers that scrape in pairs, and people who press reload, cost the database nothing extra.
SHARED_SECONDS: Final = 1.0


def create_app(
    sessions: Sessions,
    *,
    unit_labels: bool,
    statement_seconds: float,
    shared_seconds: float = SHARED_SECONDS,
    comparison: Comparison = Comparison.INSTANT,
    on_stop: Callable[[], Awaitable[None]] | None = None,
) -> FastAPI:
    """Build the service.

    `statement_seconds` limits each query, all who ask within `shared_seconds` get the same answer, and
    `on_stop` runs after the last request.
    """
    shared = Shared(
        partial(
            take_snapshot,
            sessions,
            with_units=unit_labels,
            statement_seconds=statement_seconds,
            comparison=comparison,
        ),
        seconds=shared_seconds,
    )
    wanted = wanted_revision()

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if on_stop is not None:
            await on_stop()

    app = FastAPI(title="Liên Thông metrics", lifespan=lifespan, openapi_url=None)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        return Response(encode(_registry(await shared.get())), headers={"Content-Type": content_type})

    @app.get("/healthz")
    async def healthz() -> JSONResponse:
        return JSONResponse({"status": "alive"})

    @app.get("/readyz")
    async def readyz() -> JSONResponse:
        obstacle = _obstacle(await shared.get(), wanted)
        if obstacle is None:
            return JSONResponse({"status": "ready"})
        return JSONResponse({"status": "not ready", "reason": obstacle}, status_code=503)

    return app


def run() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = MetricsSettings()
    logging.configure(service="metrics", level=LogSettings().level)
    database = DatabaseSettings()
    engine = create_engine(
        database.database_url.get_secret_value(),
        application="lienthong-metrics",
        role=database.role(DatabaseRole.METRICS),
        # One snapshot at a time needs one connection; the server's limit ends a statement before ours does.
        limits=PoolLimits(size=1, overflow=0, command=settings.statement_seconds + 1),
    )
    app = create_app(
        create_sessions(engine),
        unit_labels=settings.unit_labels,
        statement_seconds=settings.statement_seconds,
        comparison=VerdictSettings().comparison,
        on_stop=engine.dispose,
    )
    uvicorn.run(
        app,
        host=settings.host,
        port=settings.port,
        access_log=False,
        log_config=None,
        server_header=False,
    )


def _registry(snapshot: Snapshot) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(SnapshotCollector(snapshot))
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


def _obstacle(snapshot: Snapshot, wanted: str) -> str | None:
    """Say why the metrics cannot be served in full; revisions are numbered, and a later one does no harm."""
    if snapshot.taken_at is None:
        return "database does not answer"
    if snapshot.revision is None or snapshot.revision < wanted:
        return f"database schema is at {snapshot.revision}, {wanted} is needed"
    return None
