"""The console: what operations open when something is red. It names no citizen."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from fastapi import FastAPI
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from services.console import failures, health, language
from services.console.envelope import Envelope
from services.console.pages import (
    decision,
    dossier,
    index766,
    interventions,
    late,
    look_ups,
    onboarding,
    outages,
    overview,
    parked,
    reconciliation,
)
from services.console.reading import Runtime
from services.console.rendering import STATIC
from services.core.config import ConsoleSettings, DatabaseSettings, LogSettings, VerdictSettings
from services.core.domain.verdict import Comparison
from services.core.persistence.engine import Sessions
from services.core.persistence.roles import DatabaseRole
from services.core.persistence.schema import wanted_revision
from services.core.serving import serve_reader
from services.core.telemetry import logging

PAGES: Final = (
    overview,
    late,
    dossier,
    parked,
    decision,
    interventions,
    outages,
    reconciliation,
    look_ups,
    onboarding,
    index766,
)


class Console(FastAPI):
    """FastAPI in our envelope."""

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap even what the framework puts around the application."""
        return Envelope(super().build_middleware_stack())


def create_app(
    sessions: Sessions,
    *,
    comparison: Comparison,
    statement_seconds: float,
    on_stop: Callable[[], Awaitable[None]] | None = None,
) -> FastAPI:
    """Build the service.

    `comparison` is how the portal compares times, `statement_seconds` limits each query of the overview, and
    `on_stop` runs after the last request.
    """

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        if on_stop is not None:
            await on_stop()

    app = Console(
        title="Liên Thông console",
        lifespan=lifespan,
        openapi_url=None,
        # They would carry what was typed into the search box.
        telemetry={"logs": False, "tracing": False},
    )
    app.state.runtime = Runtime(sessions, comparison, statement_seconds, wanted_revision())
    for page in PAGES:
        app.include_router(page.router)
    app.include_router(language.router)
    app.include_router(health.router)
    app.mount("/static", StaticFiles(directory=STATIC))
    failures.install(app)
    return app


def run() -> None:
    """Serve until SIGTERM or SIGINT."""
    settings = ConsoleSettings()
    logging.configure(service="console", level=LogSettings().level)
    database = DatabaseSettings()
    serve_reader(
        partial(
            create_app,
            comparison=VerdictSettings().comparison,
            statement_seconds=settings.statement_seconds,
        ),
        name="console",
        database_url=database.database_url.get_secret_value(),
        role=database.role(DatabaseRole.OPERATOR),
        connections=4,  # a handful of people
        statement_seconds=settings.statement_seconds,
        host=settings.host,
        port=settings.port,
    )
