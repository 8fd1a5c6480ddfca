"""Desk software that may call the API, and what for."""

import hashlib
import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID

from services.core.domain.errors import DomainError
from services.core.domain.officer import Officer

KEY_PREFIX: Final = "lt_"
_KEY_BYTES: Final = 32


class Scope(StrEnum):
    """What a client may do within its unit's subtree."""

    READ = "dossiers:read"
    WRITE = "dossiers:write"
    CITIZENS = "citizens:read"  #: see what the province knows of a citizen
    PAYMENTS = "payments:write"  #: report money that was received or paid out
    OPERATE = "deliveries:operate"  #: send parked dossiers on, or give them up
    ONBOARDING_READ = "onboarding:read"
    ONBOARDING_WRITE = "onboarding:write"
    LOOK_UP = "lookups:ask"  #: ask the population database by hand


#: What software at the counter needs.
DESK_SCOPES: Final = frozenset({Scope.READ, Scope.WRITE})


class NotAuthenticated(DomainError):
    """No key, a key nobody has, or a revoked one: the caller does not learn which."""

    code = "not-authenticated"


class ScopeMissing(DomainError):
    """The key is good, but not for this."""

    code = "scope-missing"


class ClientNameTaken(DomainError):
    code = "client-name-taken"


class ClientNotFound(DomainError):
    """No active client of that name."""

    code = "client-not-found"


class ClientKeysFull(DomainError):
    """A client has a key in use and a next one, and no more."""

    code = "client-keys-full"


class ClientKeyNotFound(DomainError):
    code = "client-key-not-found"


@dataclass(frozen=True, slots=True)
class Caller:
    """A desk client that was recognised, and the officer that it calls for, if any.

    `unit_path` is the part of the tree that they reach: a unit with all below it, or, with a point behind it,
    the unit alone (`policy.relation`).
    """

    client_id: UUID
    name: str
    unit_path: str
    scopes: frozenset[Scope]
    unattended: bool = False  #: may call for nobody in particular where officers are required
    officer: Officer | None = None

    @property
    def actor(self) -> str:
        """Name who decides: the officer, or the client where there is none."""
        return self.name if self.officer is None else self.officer.name

    def check(self, scope: Scope) -> None:
        """Raise `ScopeMissing` unless the client may do this."""
        if scope not in self.scopes:
            raise ScopeMissing(needed=scope.value)


def new_key() -> str:
    """Make a key of 256 random bits; it is shown once and kept as a hash only."""
    return KEY_PREFIX + secrets.token_urlsafe(_KEY_BYTES)


def hash_key(key: str) -> bytes:
    """Hash a key for storage. Plain SHA-256 will do for 256 random bits (NIST SP 800-63B: from 112 up)."""
    return hashlib.sha256(key.encode()).digest()
