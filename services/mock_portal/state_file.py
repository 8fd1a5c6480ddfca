"""A file that lets the portals of one process survive a restart."""

import asyncio
import logging
import os
import time
from pathlib import Path
from typing import Final

from pydantic import BaseModel

from services.mock_portal.keeping import bring_back, write_down
from services.mock_portal.kept_state import KeptState
from services.mock_portal.tenants import Tenants, WrongTenant

_REST_SECONDS: Final = 2.0
# Writing blocks the portal, so it rests for much longer than it writes.
_REST_PER_WRITTEN: Final = 20

_log = logging.getLogger(__name__)


class _Contents(BaseModel):
    tenants: dict[str, KeptState]


class StateFile:
    def __init__(self, path: Path) -> None:
        self._path = path
        self._saved = b""

    def load(self, tenants: Tenants) -> None:
        """Bring every tenant in the file back; without a file there is nothing to do.

        Raises `OSError` when the file cannot be read, `ValueError` when it is not such a file.
        """
        try:
            raw = self._path.read_bytes()
        except FileNotFoundError:
            return
        try:
            contents = _Contents.model_validate_json(raw)
            for name, state in contents.tenants.items():
                bring_back(tenants.get(name).portal, state)
        except (ValueError, WrongTenant) as error:
            raise ValueError(
                f"{self._path}: không phải trạng thái của cổng giả lập / not a mock portal's state: {error}"
            ) from error

    def save(self, tenants: Tenants) -> None:
        """Write all tenants, whole or not at all.

        Raises `OSError` when the file cannot be written.
        """
        states = {tenant.name: write_down(tenant.portal) for tenant in tenants.all}
        text = _Contents(tenants=states).model_dump_json(exclude_defaults=True).encode()
        if text == self._saved:
            return
        waiting = self._path.with_name(f"{self._path.name}.{os.getpid()}.new")
        waiting.write_bytes(text)
        waiting.replace(self._path)
        self._saved = text

    async def keep_saving(self, tenants: Tenants) -> None:
        """Save every few seconds until cancelled; a file that cannot be written is told in the log."""
        rest = _REST_SECONDS
        while True:
            await asyncio.sleep(rest)
            started = time.monotonic()
            try:
                self.save(tenants)
            except OSError as error:
                _log.warning("không ghi được trạng thái / state not saved: %s", error)
            rest = max(_REST_SECONDS, (time.monotonic() - started) * _REST_PER_WRITTEN)
