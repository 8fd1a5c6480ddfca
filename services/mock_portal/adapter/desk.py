"""What the adapter remembers between calls: tokens, the day's numbers, uploaded files."""

import hashlib
from datetime import datetime, timedelta
from uuid import uuid4

from services.mock_kit.moments import HANOI
from services.mock_portal.sessions import Sessions


class AdapterDesk:
    def __init__(self) -> None:
        self.tokens = Sessions(timedelta())
        """Their life is set by the portal's settings."""
        self._clients: dict[str, str] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._files: dict[str, str] = {}

    def clear(self) -> None:
        self.tokens.clear()
        self._clients.clear()
        self._numbers.clear()
        self._files.clear()

    def open_token(self, client: str, now: datetime) -> str:
        token = self.tokens.open(now)
        self._clients[token] = client
        return token

    def client_of(self, token: str, now: datetime) -> str | None:
        """Tell whose valid token this is."""
        return self._clients.get(token) if self.tokens.is_valid(token, now) else None

    def next_number(self, unit: str, now: datetime) -> str:
        """Give the unit, the day with a four-digit year, and seven digits that start anew each day."""
        day = now.astimezone(HANOI).strftime("%Y%m%d")
        self._numbers[unit, day] = number = self._numbers.get((unit, day), 0) + 1
        return f"{unit}-{day}-{number:07d}"

    def keep_file(self, content: bytes) -> tuple[str, str]:
        """Take in a file, and give its id and hash; the content itself is not kept."""
        file_id, digest = str(uuid4()), hashlib.sha256(content).hexdigest()
        self._files[file_id] = digest
        return file_id, digest

    def hash_of(self, file_id: str) -> str | None:
        return self._files.get(file_id)
