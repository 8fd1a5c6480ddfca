"""The desk API as a process: settings are read here and nowhere else in the service."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from functools import partial

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from services.api import documentation, refusal_handlers
from services.api.instruments import begin_at_zero, serving_counts
from services.api.middleware import Envelope
from services.api.routers import (
    batch,
    changes,
    citizens,
    evidence,
    figures,
    filing,
    health,
    index766,
    lookups,
    onboarding,
    onboarding_figures,
    parked,
    payments,
    population,
    reading,
    reports,
)
from services.api.runtime import OpenRuntime, RuntimeOptions, SystemClock, open_runtime
from services.api.shelter import Limits, Shelter
from services.core.application.ask_by_hand import LookUpBudget
from services.core.config import (
    ApiSettings,
    BrokerSettings,
    DatabaseSettings,
    LogSettings,
    ProcessSettings,
    VerdictSettings,
)
from services.core.jobs.rates import Rate
from services.core.telemetry import crash_points, logging


class DeskApi(FastAPI):
    """FastAPI in our envelope."""

    def build_middleware_stack(self) -> ASGIApp:
        """Wrap even what the framework puts around the application."""
        return Envelope(Shelter(super().build_middleware_stack(), self.state.limits))


def create_app(
    start: OpenRuntime, *, body_bytes: int, limits: Limits | None = None, docs: bool = True
) -> FastAPI:
    """Build the service; the runtime is opened when it starts and closed when it stops.

    `body_bytes` limits every body but that of a batch. Without `docs`, it does not describe itself.
    """

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with start() as runtime:
            app.state.runtime = runtime
            yield

    app = DeskApi(
        title="Liên Thông",
        summary="API một cửa / desk API",
        description=documentation.DESCRIPTION,
        version="1",
        lifespan=lifespan,
        max_body_size=body_bytes,
        openapi_url="/openapi.json" if docs else None,
        docs_url=None,
        redoc_url=None,
        # Spans and metrics would carry what was sent.
        telemetry={"logs": False},
    )
    app.state.limits = limits or Limits()
    modules = (
        filing,
        batch,
        reading,
        evidence,
        changes,
        lookups,
        citizens,
        payments,
        reports,
        figures,
        index766,
        parked,
        onboarding,
        onboarding_figures,
        population,
        health,
    )
    for module in modules:
        app.include_router(module.router)
        begin_at_zero(module.router.routes)
    app.include_router(onboarding.batch_router)
    begin_at_zero(onboarding.batch_router.routes)
    refusal_handlers.install(app)
    documentation.install(app, with_page=docs)
    return app


def app_from_environment() -> FastAPI:
    """Build the service from `LIENTHONG_...`; what a process manager calls in each of its processes.

    A setting that is missing stops the start with its name.
    """
    settings, database, broker = ApiSettings(), DatabaseSettings(), BrokerSettings()
    logging.configure(service="api", level=LogSettings().level)
    process = ProcessSettings()
    crash_points.arm(process.crash_at, environment=process.environment)
    options = RuntimeOptions(
        database_url=database.database_url.get_secret_value(),
        redis_url=None if broker.redis_url is None else broker.redis_url.get_secret_value(),
        pool_size=database.database_pool_size,
        access_cache_seconds=settings.access_cache_seconds,
        catalogue_cache_seconds=settings.catalogue_cache_seconds,
        comparison=VerdictSettings().comparison,
        look_up_budget=LookUpBudget(settings.lookups_per_officer, settings.lookups_per_unit),
        look_up_wait_seconds=settings.lookup_wait_seconds,
        rate=None if settings.client_rate is None else Rate(settings.client_rate, settings.client_burst),
    )
    return create_app(
        partial(open_runtime, options, clock=SystemClock()),
        body_bytes=settings.body_bytes,
        limits=Limits(settings.calls_in_flight, settings.body_seconds),
        docs=settings.docs,
    )


def run() -> None:
    """Serve until told to stop."""
    settings = ApiSettings()
    with ExitStack() as stack:
        if settings.metrics_port is not None:
            stack.enter_context(
                serving_counts(
                    settings.metrics_host, settings.metrics_port, several_processes=settings.processes > 1
                )
            )
        uvicorn.run(
            "services.api.main:app_from_environment",
            factory=True,
            host=settings.host,
            port=settings.port,
            workers=settings.processes,
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=settings.proxy_address,
            timeout_keep_alive=5,
            timeout_graceful_shutdown=20,
            h11_max_incomplete_event_size=16_384,
        )
