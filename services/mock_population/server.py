"""The HTTP server: uvicorn, with each connection's transport within the faults' reach."""

import asyncio
import socket
import threading
from typing import Final

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.mock_population.database import Database
from services.mock_population.exchange import TRANSPORT

# Longer than any sane client keeps an idle connection, so that only ordered faults break one.
_KEEP_ALIVE_SECONDS: Final = 600
_GRACE_SECONDS: Final = 5


class ExposingProtocol(HttpToolsProtocol):
    """Hands the transport to the application in the ASGI `state`, which is a copy per request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class PopulationServer(uvicorn.Server):
    """Lets go of hanging exchanges before it waits for them to end."""

    def __init__(self, app: FastAPI, database: Database, *, host: str, port: int) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                host=host,
                port=port,
                http=ExposingProtocol,
                ws="none",
                access_log=False,
                log_level="warning",
                timeout_keep_alive=_KEEP_ALIVE_SECONDS,
                timeout_graceful_shutdown=_GRACE_SECONDS,
            )
        )
        self._database = database
        self.is_up = threading.Event()
        """Set once the port answers; may be waited for from another thread."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._database.stop()
        await super().shutdown(sockets)
