"""The mock portal as an application and as a process."""

from typing import Final

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.routing import Route

from services.mock_portal.control import catalogue, clock, faults, ledger, losses, state, verdicts
from services.mock_portal.portal import Portal
from services.mock_portal.server import PortalServer
from services.mock_portal.settings import PortalSettings
from services.mock_portal.wire import CALL_PATH, LOGIN_PATH, PREFIXES, WireEndpoint

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8090


def create_app(settings: PortalSettings) -> FastAPI:
    """Build the wire and its control; connection faults need the server that `run` starts.

    Raises `OSError` when the catalogue file cannot be read, `ValueError` when a row of it is wrong.
    """
    portal = Portal(settings)
    app = FastAPIOffline(
        title="Cổng DVCQG giả lập / Mock national portal",
        openapi_url="/_control/openapi.json",
        docs_url="/_control/docs",
        redoc_url=None,
        static_url="/_control/static",
        swagger_ui_oauth2_redirect_url="/_control/docs/oauth2-redirect",
    )
    app.state.portal = portal
    for prefix in PREFIXES:
        for path, login in ((LOGIN_PATH, True), (CALL_PATH, False)):
            app.router.routes.append(
                Route(prefix + path, WireEndpoint(portal, login=login), methods=["POST"], name=prefix + path)
            )
    for part in (state, faults, ledger, verdicts, losses, clock, catalogue):
        app.include_router(part.router, responses={400: {"description": "The body is not JSON"}})
    return app


def build_server(
    settings: PortalSettings, *, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT
) -> PortalServer:
    app = create_app(settings)
    return PortalServer(app, app.state.portal, host=host, port=port)


def run(
    host: str = DEFAULT_HOST, port: int = DEFAULT_PORT, *, settings: PortalSettings | None = None
) -> None:
    """Serve until SIGINT or SIGTERM, in this process.

    Raises `SystemExit` when the port is taken.
    """
    build_server(settings or PortalSettings(), host=host, port=port).run()
