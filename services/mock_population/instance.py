"""A database of one's own for a test: in this process, on a free port, gone afterwards."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Final

from services.mock_population.main import build_server
from services.mock_population.settings import PopulationSettings

_START_SECONDS: Final = 10.0
_STOP_SECONDS: Final = 15.0


@contextmanager
def running_population(settings: PopulationSettings | None = None) -> Iterator[str]:
    """Serve in a thread, and give the address, such as `http://127.0.0.1:40123`.

    Raises `TimeoutError` when the server does not come up, or does not end.
    """
    with closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        server = build_server(settings or PopulationSettings(), port=port)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, name="mock-population")
        thread.start()
        try:
            if not server.is_up.wait(_START_SECONDS):
                raise TimeoutError("the mock population database did not start")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.should_exit = True
            thread.join(_STOP_SECONDS)
            if thread.is_alive():
                raise TimeoutError("the mock population database did not end")
