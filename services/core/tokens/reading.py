"""Reading a token: who signed it, for whom, and whether it still holds."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import jwt

from services.core.domain.access import NotAuthenticated
from services.core.tokens.keys import Key

#: Headers that bring keys along, or change how the rest is to be read.
_REFUSED: Final = frozenset({"jku", "jwk", "x5u", "x5c", "crit", "b64", "zip"})
#: How far the clock of a signer may run ahead. Nothing is valid beyond its end.
LEEWAY: Final = timedelta(seconds=30)
#: Claims are checked below, against the time that the caller gives.
_SIGNATURE_ONLY: Final[dict[str, bool]] = {
    "verify_signature": True,
    **{f"verify_{claim}": False for claim in ("exp", "nbf", "iat", "aud", "iss", "sub", "jti")},
}
_LONGEST_NAME: Final = 255


@dataclass(frozen=True, slots=True)
class Rules:
    """What tokens of one kind look like. `types` are of the header in small letters, `""` for none."""

    issuer: str
    audience: str
    types: frozenset[str]
    algorithms: frozenset[str]
    longest_life: timedelta
    longest_text: int = 4096


@dataclass(frozen=True, slots=True)
class Claims:
    """What a good token says."""

    subject: str
    id: str | None
    ends_at: datetime
    all: Mapping[str, Any]


def unproven_subject(token: str, rules: Rules) -> str:
    """Give the subject of a token whose keys depend on it; nothing is proven yet."""
    _header(token, rules)
    try:
        claims = jwt.decode(token, options={"verify_signature": False})
    except (jwt.PyJWTError, ValueError, RecursionError) as exc:
        raise NotAuthenticated from exc
    return _text(claims.get("sub"))


def read_token(token: str, keys: Mapping[str, Key], rules: Rules, *, now: datetime) -> Claims:
    """Read a token; raises `NotAuthenticated`, whatever is wrong with it."""
    header = _header(token, rules)
    key = keys.get(_text(header.get("kid")))
    if key is None or header.get("alg") != key.algorithm or key.algorithm not in rules.algorithms:
        raise NotAuthenticated
    material = key.material.public_key() if key.is_private else key.material
    try:
        claims = jwt.decode(token, material, algorithms=[key.algorithm], options=_SIGNATURE_ONLY)  # type: ignore[arg-type]  # a dict of the library's own names
    except (jwt.PyJWTError, ValueError, RecursionError) as exc:
        raise NotAuthenticated from exc
    return _checked(claims, rules, now)


def _header(token: str, rules: Rules) -> dict[str, Any]:
    if len(token) > rules.longest_text:
        raise NotAuthenticated
    try:
        header: dict[str, Any] = jwt.get_unverified_header(token)
    except (jwt.PyJWTError, ValueError, RecursionError) as exc:
        raise NotAuthenticated from exc
    if _REFUSED & header.keys() or str(header.get("typ", "")).lower() not in rules.types:
        raise NotAuthenticated
    return header


def _checked(claims: Mapping[str, Any], rules: Rules, now: datetime) -> Claims:
    audience = claims.get("aud")
    if claims.get("iss") != rules.issuer or rules.audience not in (
        audience if isinstance(audience, list) else [audience]
    ):
        raise NotAuthenticated
    begins_at, ends_at = _moment(claims.get("iat")), _moment(claims.get("exp"))
    usable_at = max(begins_at, _moment(claims.get("nbf", claims.get("iat"))))
    if not usable_at - LEEWAY <= now < ends_at or ends_at - begins_at > rules.longest_life:
        raise NotAuthenticated
    token_id = claims.get("jti")
    return Claims(_text(claims.get("sub")), None if token_id is None else _text(token_id), ends_at, claims)


def _moment(claim: object) -> datetime:
    if isinstance(claim, bool) or not isinstance(claim, int | float):
        raise NotAuthenticated
    try:
        return datetime.fromtimestamp(claim, UTC)
    except (ValueError, OverflowError, OSError) as exc:
        raise NotAuthenticated from exc


def _text(claim: object) -> str:
    if not isinstance(claim, str) or not 0 < len(claim) <= _LONGEST_NAME:
        raise NotAuthenticated
    return claim
