"""The desk API as a process: settings are read here and nowhere else in the service."""

from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager
from datetime import timedelta
from functools import partial

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from services.api import documentation, refusal_handlers
from services.api.actions import actions_of
from services.api.instruments import begin_at_zero, serving_counts
from services.api.key_ring import Believed
from services.api.middleware import Envelope
from services.api.routers import (
    batch,
    changes,
    citizens,
    evidence,
    figures,
    filing,
    health,
    identity,
    index766,
    lookups,
    onboarding,
    onboarding_figures,
    parked,
    payments,
    population,
    reading,
    reports,
    token,
)
from services.api.runtime import OpenRuntime, RuntimeOptions, SystemClock, open_runtime
from services.api.shelter import Limits, Shelter
from services.core.application.ask_by_hand import LookUpBudget
from services.core.application.issue_token import TokenIssuer
from services.core.config import (
    ApiSettings,
    BrokerSettings,
    DatabaseSettings,
    LogSettings,
    OfficerSettings,
    ProcessSettings,
    VerdictSettings,
)
from services.core.jobs.rates import Rate
from services.core.persistence.roles import DatabaseRole
from services.core.telemetry import crash_points, logging
from services.core.tokens.key_file import KeyFile
from services.core.tokens.officer_issuer import OfficerIssuer


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
    Raises `RouteWithoutAction`.
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
        identity,
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
        token,
        health,
    )
    app.state.actions = {}
    for router in (*(module.router for module in modules), onboarding.batch_router):
        app.state.actions |= actions_of(router.routes)
        app.include_router(router)
        begin_at_zero(router.routes)
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
        believed=believed_by(settings, OfficerSettings()),
        catalogue_cache_seconds=settings.catalogue_cache_seconds,
        comparison=VerdictSettings().comparison,
        look_up_budget=LookUpBudget(settings.lookups_per_officer, settings.lookups_per_unit),
        look_up_wait_seconds=settings.lookup_wait_seconds,
        reveals_per_officer=settings.reveals_per_officer,
        rate=None if settings.client_rate is None else Rate(settings.client_rate, settings.client_burst),
        database_role=database.role(DatabaseRole.API),
    )
    return create_app(
        partial(open_runtime, options, clock=SystemClock()),
        body_bytes=settings.body_bytes,
        limits=Limits(settings.calls_in_flight, settings.body_seconds),
        docs=settings.docs,
    )


def believed_by(settings: ApiSettings, officers: OfficerSettings) -> Believed:
    """Open the key files that the settings name; raises `InvalidKey` or `OSError` for a bad one."""
    seconds = settings.access_cache_seconds
    tokens = settings.token_keys and TokenIssuer(
        settings.issuer,
        timedelta(seconds=settings.token_seconds),
        KeyFile(settings.token_keys, seconds=seconds).keys,
    )
    issuer = officers.keys and OfficerIssuer(
        officers.issuer or "", officers.audience, KeyFile(officers.keys, seconds=seconds).keys
    )
    return Believed(
        seconds, settings.keys_accepted, settings.officers_required, tokens or None, issuer or None
    )


def run() -> None:
    """Serve until told to stop."""
    settings = ApiSettings()
    with ExitStack() as stack:
        if settings.metrics_port is not None:
            stack.enter_context(
                serving_counts(
                    settings.metrics_host,
                    settings.metrics_port,
                    several_processes=settings.processes > 1,
                    commit=ProcessSettings().commit,
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
