"""The three kinds of tokens that reach the API."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import uuid4

import jwt

from services.core.tokens.keys import Key
from services.core.tokens.reading import Rules

CLIENT_ALGORITHMS: Final = frozenset({"EdDSA", "ES256"})
_ISSUERS: Final = frozenset({"EdDSA", "ES256", "RS256"})
_ACCESS_TYPE: Final = "at+jwt"
_ASSERTION_TYPES: Final = frozenset({"jwt", "client-authentication+jwt"})
#: A shift; the issuer says how much less.
_LONGEST_SHIFT: Final = timedelta(hours=12)
_ASSERTION_LIFE: Final = timedelta(minutes=5)
#: Issuers put roles and groups into their tokens.
_OFFICER_TEXT: Final = 8192


def access_rules(issuer: str, *, life: timedelta) -> Rules:
    """Describe our own access tokens (RFC 9068); they are for ourselves."""
    return Rules(issuer, issuer, frozenset({_ACCESS_TYPE}), CLIENT_ALGORITHMS, life)


def assertion_rules(issuer: str, *, client_id: str) -> Rules:
    """Describe how a client proves who it is (RFC 7523): it is the issuer, and we are the audience."""
    return Rules(client_id, issuer, _ASSERTION_TYPES, CLIENT_ALGORITHMS, _ASSERTION_LIFE)


def officer_rules(issuer: str, *, audience: str) -> Rules:
    """Describe the tokens of the province's issuer."""
    types = frozenset({"", "jwt", _ACCESS_TYPE})
    return Rules(issuer, audience, types, _ISSUERS, _LONGEST_SHIFT, _OFFICER_TEXT)


def sign_access(
    key: Key, *, issuer: str, client_id: str, scopes: Collection[str], life: timedelta, now: datetime
) -> str:
    """Sign an access token for a client."""
    claims = {
        "iss": issuer,
        "aud": issuer,
        "sub": client_id,
        "client_id": client_id,
        "jti": uuid4().hex,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
        "scope": " ".join(sorted(scopes)),
    }
    return _signed(claims, key, _ACCESS_TYPE)


def sign_assertion(key: Key, *, issuer: str, client_id: str, now: datetime) -> str:
    """Sign what a client with this key sends to the token endpoint; good for a minute, and once."""
    claims = {
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "jti": uuid4().hex,
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=1)).timestamp()),
    }
    return _signed(claims, key, "client-authentication+jwt")


def sign_officer(
    key: Key, *, issuer: str, audience: str, subject: str, life: timedelta, now: datetime
) -> str:
    """Sign a token as the issuer of officers would."""
    claims = {
        "iss": issuer,
        "aud": audience,
        "sub": subject,
        "iat": int(now.timestamp()),
        "exp": int((now + life).timestamp()),
    }
    return _signed(claims, key, "JWT")


def _signed(claims: dict[str, object], key: Key, kind: str) -> str:
    return jwt.encode(claims, key.material, algorithm=key.algorithm, headers={"kid": key.id, "typ": kind})
