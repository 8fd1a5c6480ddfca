"""The mock portal's HTTP server, which keeps its tenants in a file if it has one."""

import asyncio
import socket

from services.mock_kit.server import MockServer
from services.mock_portal.front import Front
from services.mock_portal.state_file import StateFile
from services.mock_portal.tenants import Tenants


class PortalServer(MockServer):
    def __init__(
        self, app: Front, tenants: Tenants, *, host: str, port: int, state_file: StateFile | None = None
    ) -> None:
        super().__init__(app, host=host, port=port, let_go=tenants.stop)
        self._tenants = tenants
        self._state_file = state_file
        self._saving: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        if self._state_file is not None:
            self._saving = asyncio.create_task(self._state_file.keep_saving(self._tenants))
        await super().startup(sockets)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await super().shutdown(sockets)
        if self._saving is not None and self._state_file is not None:
            self._saving.cancel()
            await asyncio.gather(self._saving, return_exceptions=True)
            self._state_file.save(self._tenants)
