"""The person behind a call."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.core.domain.errors import DomainError
from services.core.domain.role import Role


class OfficerNotFound(DomainError):
    """Nobody of that issuer and subject is on the list, or no longer."""

    code = "officer-not-found"


class OfficerKnown(DomainError):
    """The issuer's subject is on the list already."""

    code = "officer-known"


class OfficerNotYourself(DomainError):
    """The call names another officer than the one whose token it brings."""

    code = "officer-not-yourself"


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody on our list: unit and role are ours to say, not the issuer's."""

    id: UUID
    name: str = field(repr=False)
    unit_path: str
    role: Role


@dataclass(frozen=True, slots=True)
class ListedOfficer:
    """An officer as operations see them."""

    issuer: str
    subject: str
    name: str
    unit_code: str
    role: Role
    changed_at: datetime
    revoked_at: datetime | None
