"""A mock's HTTP server: uvicorn, with each connection's transport within the faults' reach."""

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Final

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from services.mock_kit.exchange import TRANSPORT

# Longer than any sane client keeps an idle connection, so that only ordered faults break one.
_KEEP_ALIVE_SECONDS: Final = 600
_GRACE_SECONDS: Final = 5
_START_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 15.0


class ExposingProtocol(HttpToolsProtocol):
    """Hands the transport to the application in the ASGI `state`, which is a copy per request."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        super().connection_made(transport)
        self.app_state = {**self.app_state, TRANSPORT: transport}


class MockServer(uvicorn.Server):
    """Lets go of hanging exchanges, by `let_go`, before it waits for them to end."""

    def __init__(self, app: ASGIApp, *, host: str, port: int, let_go: Callable[[], None]) -> None:
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
        self._let_go = let_go
        self.is_up = threading.Event()
        """Set once the port answers; may be waited for from another thread."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._let_go()
        await super().shutdown(sockets)


@contextmanager
def running_in_thread(build: Callable[[int], MockServer], *, name: str) -> Iterator[str]:
    """Serve on a free port, which `build` is given, and give the address, such as `http://127.0.0.1:40123`.

    Raises `TimeoutError` when the server does not come up, or does not end.
    """
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = build(port)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name=name)
        thread.start()
        try:
            if not server.is_up.wait(_START_SECONDS):
                raise TimeoutError(f"the {name} did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)
            if thread.is_alive():
                raise TimeoutError(f"the {name} did not end")
