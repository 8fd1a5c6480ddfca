"""Keys, an issuer of officers' tokens, and desk clients that sign: what an API has to trust in tests."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import httpx
from fastapi import FastAPI

from services.api.access import OFFICER_HEADER
from services.api.key_ring import Believed
from services.core.application.issue_token import TokenIssuer
from services.core.application.manage_officers import add_officer
from services.core.domain.role import Role
from services.core.persistence.engine import Sessions
from services.core.tokens.keys import Key, new_key
from services.core.tokens.kinds import sign_access, sign_assertion, sign_officer
from services.core.tokens.officer_issuer import OfficerIssuer
from tests.desk_api import client_of

US: Final = "urn:lienthong:api"
PROVINCE: Final = "https://dang-nhap.phutho.example"
AUDIENCE: Final = "lienthong"
LIFE: Final = timedelta(minutes=10)


@dataclass(slots=True)
class Trust:
    """Our signing keys, those of the issuer, and that of one desk client."""

    ours: list[Key] = field(default_factory=lambda: [new_key()])
    issuers: list[Key] = field(default_factory=lambda: [new_key()])
    clients: Key = field(default_factory=new_key)

    def believed(self, *, seconds: float = 30.0, api_keys: bool = True, officers: bool = False) -> Believed:
        """Give what an API believes that trusts these keys, as they are at the time of a call."""
        return Believed(
            seconds,
            api_keys=api_keys,
            officers_required=officers,
            tokens=TokenIssuer(US, LIFE, _by_id(lambda: self.ours)),
            officers=OfficerIssuer(PROVINCE, AUDIENCE, _by_id(lambda: self.issuers)),
        )

    def officer_token(self, subject: str, *, now: datetime | None = None) -> str:
        return sign_officer(
            self.issuers[0],
            issuer=PROVINCE,
            audience=AUDIENCE,
            subject=subject,
            life=timedelta(hours=8),
            now=now or datetime.now(UTC),
        )

    def assertion(self, client_id: str, *, now: datetime | None = None) -> str:
        return sign_assertion(self.clients, issuer=US, client_id=client_id, now=now or datetime.now(UTC))

    def access_token(self, client_id: str, *scopes: str) -> str:
        return sign_access(
            self.ours[0], issuer=US, client_id=client_id, scopes=scopes, life=LIFE, now=datetime.now(UTC)
        )


def officer_client(app: FastAPI, key: str, token: str) -> httpx.AsyncClient:
    """Call a service in this process for an officer."""
    http = client_of(app, key)
    http.headers[OFFICER_HEADER] = token
    return http


async def employ(sessions: Sessions, subject: str, *, role: Role, unit: str) -> None:
    """Put an officer on the list."""
    async with sessions.begin() as session:
        await add_officer(
            session,
            issuer=PROVINCE,
            subject=subject,
            name="Bình",
            unit_code=unit,
            role=role,
            now=datetime.now(UTC),
        )


async def ask_for_token(app: FastAPI, assertion: str, **changes: Any) -> httpx.Response:
    """Call the token endpoint; `changes` replace fields of the form, `None` leaves one out."""
    fields: Mapping[str, str | None] = {
        "grant_type": "client_credentials",
        "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
        "client_assertion": assertion,
        **changes,
    }
    async with client_of(app, None) as http:
        return await http.post(
            "/v1/token", data={name: value for name, value in fields.items() if value is not None}
        )


def _by_id(keys: Callable[[], list[Key]]) -> Callable[[], dict[str, Key]]:
    return lambda: {key.id: key for key in keys()}
