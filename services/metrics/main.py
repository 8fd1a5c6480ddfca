"""The metrics service: what PostgreSQL knows, for Prometheus. Any number of copies may run."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.exposition import choose_encoder

from services.core.config import (
    DatabaseSettings,
    LogSettings,
    MetricsSettings,
    ProcessSettings,
    VerdictSettings,
)
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.measurements import Snapshot, take_snapshot
from services.core.persistence.roles import DatabaseRole
from services.core.persistence.schema import schema_obstacle, wanted_revision
from services.core.serving import serve_reader
from services.core.telemetry import logging
from services.core.telemetry.build import BuildCollector
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
    commit: str | None = None,
    on_stop: Callable[[], Awaitable[None]] | None = None,
) -> FastAPI:
    """Build the service.

    `statement_seconds` limits each query, all who ask within `shared_seconds` get the same answer, `commit`
    is that of the build, and `on_stop` runs after the last request.
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
    build = BuildCollector(commit)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if on_stop is not None:
            await on_stop()

    app = FastAPI(title="Liên Thông metrics", lifespan=lifespan, openapi_url=None)

    @app.get("/metrics")
    async def metrics(request: Request) -> Response:
        encode, content_type = choose_encoder(request.headers.get("accept", ""))
        page = encode(_registry(await shared.get(), build))
        return Response(page, headers={"Content-Type": content_type})

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
    serve_reader(
        partial(
            create_app,
            unit_labels=settings.unit_labels,
            statement_seconds=settings.statement_seconds,
            comparison=VerdictSettings().comparison,
            commit=ProcessSettings().commit,
        ),
        name="metrics",
        database_url=database.database_url.get_secret_value(),
        role=database.role(DatabaseRole.METRICS),
        connections=1,  # one snapshot at a time
        statement_seconds=settings.statement_seconds,
        host=settings.host,
        port=settings.port,
    )


def _registry(snapshot: Snapshot, build: BuildCollector) -> CollectorRegistry:
    registry = CollectorRegistry()
    registry.register(SnapshotCollector(snapshot))
    registry.register(build)
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    return registry


def _obstacle(snapshot: Snapshot, wanted: str) -> str | None:
    """Say why the metrics cannot be served in full."""
    if snapshot.taken_at is None:
        return "database does not answer"
    return schema_obstacle(snapshot.revision, wanted)
