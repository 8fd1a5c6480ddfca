"""Who is logged in, by the portal's clock."""

import secrets
from datetime import datetime, timedelta


class Sessions:
    """A log-in does not end earlier sessions: whether the real one does is not known."""

    def __init__(self, life: timedelta) -> None:
        self.life = life
        """Of sessions opened from now on."""
        self._expiry: dict[str, datetime] = {}

    def __len__(self) -> int:
        return len(self._expiry)

    def open(self, now: datetime) -> str:
        self._expiry = {token: expiry for token, expiry in self._expiry.items() if now < expiry}
        token = secrets.token_hex(16)
        self._expiry[token] = now + self.life
        return token

    def is_valid(self, token: object, now: datetime) -> bool:
        expiry = self._expiry.get(token) if isinstance(token, str) else None
        return expiry is not None and now < expiry

    def end(self, token: object) -> None:
        if isinstance(token, str):
            self._expiry.pop(token, None)

    def expiries(self) -> dict[str, datetime]:
        return dict(self._expiry)

    def restore(self, token: str, expiry: datetime) -> None:
        self._expiry[token] = expiry

    def clear(self) -> None:
        self._expiry.clear()
