"""The mock population database as an application and as a process."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from fastapi import FastAPI
from fastapi_offline import FastAPIOffline
from starlette.routing import Route

from services.mock_kit.server import MockServer
from services.mock_population.control import citizens, clock, faults, ledger, state
from services.mock_population.database import Database
from services.mock_population.inquiry import LookUp, TokenWish
from services.mock_population.settings import PopulationSettings
from services.mock_population.ways import PATHS
from services.mock_population.wire import Read, WireEndpoint

DEFAULT_HOST: Final = "127.0.0.1"
DEFAULT_PORT: Final = 8091
TOKEN_PATH: Final = "/lgsp/token"  # noqa: S105 - an address


def create_app(settings: PopulationSettings) -> FastAPI:
    """Build the wire and its control; connection faults need the server that `run` starts."""
    database = Database(settings)
    app = FastAPIOffline(
        title="CSDL quốc gia về dân cư giả lập / Mock population database",
        openapi_url="/_control/openapi.json",
        docs_url="/_control/docs",
        redoc_url=None,
        static_url="/_control/static",
        swagger_ui_oauth2_redirect_url="/_control/docs/oauth2-redirect",
    )
    app.state.database = database
    for path, read in _addresses(database):
        app.router.routes.append(Route(path, WireEndpoint(database, read), methods=["POST"], name=path))
    for part in (state, faults, ledger, citizens, clock):
        app.include_router(part.router, responses={400: {"description": "The body is not JSON"}})
    return app


def _addresses(database: Database) -> Iterator[tuple[str, Read]]:
    yield TOKEN_PATH, partial(TokenWish, database)
    for path, way in PATHS.items():
        yield path, partial(LookUp, database, way)


def build_server(
    settings: PopulationSettings, *, host: str = DEFAULT_HOST, port: int = DEFAULT_PORT
) -> MockServer:
    app = create_app(settings)
    return MockServer(app, host=host, port=port, let_go=app.state.database.stop)


def run(
    host: str = DEFAULT_HOST, port: int = DEFAULT_PORT, *, settings: PopulationSettings | None = None
) -> None:
    """Serve until SIGINT or SIGTERM, in this process.

    Raises `SystemExit` when the port is taken.
    """
    build_server(settings or PopulationSettings(), host=host, port=port).run()
