"""Who calls: the Basic hash of the direct way, tokens and officer keys of the provincial gateways."""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Final

from services.mock_population.question import Refused
from services.mock_population.settings import PopulationSettings

_MILLISECOND_DIGITS: Final = 13
_SECOND_DIGITS: Final = 10


def check_basic_hash(
    headers: Mapping[str, str], url: str, now: datetime, settings: PopulationSettings
) -> None:
    """Check `Timestamp` and `Authorization: Basic base64(user:hash)`; raises `Refused`.

    The hash is the hexadecimal SHA-256 of address, user, timestamp as sent, and secret.
    """
    stamp = headers.get("timestamp", "")
    moment = _moment_of(stamp)
    if moment is None:
        raise _unauthorised("Thiếu Timestamp, hoặc không phải giây hay mili giây")
    if abs(now - moment) > timedelta(seconds=settings.timestamp_tolerance_seconds):
        raise _unauthorised("Timestamp quá lệch so với giờ máy chủ")
    user, given = basic_pair(headers.get("authorization", ""))
    secret = settings.accounts.get(user)
    if secret is None:
        raise _unauthorised("Tài khoản không tồn tại")
    text = (settings.service_url or url) + user + stamp + secret
    wanted = hashlib.sha256(text.encode()).hexdigest()
    if not hmac.compare_digest(wanted.encode(), given.lower().encode()):
        raise _unauthorised("Mã băm không đúng")


def check_platform_headers(headers: Mapping[str, str], settings: PopulationSettings) -> None:
    """Check the headers that the exchange platform adds, where the settings want some; raises `Refused`."""
    if settings.api_key is not None and headers.get("apikey") != settings.api_key:
        raise _unauthorised("ApiKey không đúng")
    if settings.client_system is not None and headers.get("x-road-client") != settings.client_system:
        raise _unauthorised("X-Road-Client không đúng")


def check_officer_key(encoded: str, settings: PopulationSettings) -> None:
    """Check the base64 of `key:pass` against the accounts; raises `Refused`."""
    user, secret = split_pair(encoded)
    if not secret or settings.accounts.get(user) != secret:
        raise _unauthorised("AuthHash không đúng")


def basic_pair(header: str) -> tuple[str, str]:
    """Split an `Authorization: Basic` header; whatever is wrong with it gives two empty texts."""
    scheme, _, encoded = header.partition(" ")
    return split_pair(encoded.strip()) if scheme.lower() == "basic" else ("", "")


def split_pair(encoded: str) -> tuple[str, str]:
    """Split the base64 of `user:secret`; whatever is wrong with it gives two empty texts."""
    try:
        user, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return "", ""
    return user, secret


class Tokens:
    """The bearer tokens of the provincial gateway, by the database's clock."""

    def __init__(self, life: timedelta) -> None:
        self.life = life
        self._expiry: dict[str, datetime] = {}

    def open(self, now: datetime) -> str:
        self._expiry = {token: expiry for token, expiry in self._expiry.items() if now < expiry}
        token = secrets.token_hex(16)
        self._expiry[token] = now + self.life
        return token

    def check(self, bearer: str, now: datetime) -> None:
        """Check `Bearer <token>`; raises `Refused`."""
        scheme, _, token = bearer.partition(" ")
        expiry = self._expiry.get(token)
        if scheme.lower() != "bearer" or expiry is None or now >= expiry:
            raise _unauthorised("accessToken không tồn tại hoặc đã hết hạn")

    def clear(self) -> None:
        self._expiry.clear()


def _moment_of(stamp: str) -> datetime | None:
    if not (stamp.isascii() and stamp.isdigit()):
        return None
    if len(stamp) == _MILLISECOND_DIGITS:
        return datetime.fromtimestamp(int(stamp) / 1000, UTC)
    return datetime.fromtimestamp(int(stamp), UTC) if len(stamp) == _SECOND_DIGITS else None


def _unauthorised(message: str) -> Refused:
    return Refused(message, status=HTTPStatus.UNAUTHORIZED)
