"""Give a client that proves who it is an access token."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import NotAuthenticated, Scope, ScopeMissing
from services.core.persistence.client_keys import ClientKeyRepository
from services.core.persistence.clients import ClientRepository
from services.core.tokens.keys import Key, read_key
from services.core.tokens.kinds import assertion_rules, sign_access
from services.core.tokens.reading import read_token, unproven_subject


@dataclass(frozen=True, slots=True)
class TokenIssuer:
    """Us, as a signer of tokens: the first of the `keys` signs, all of them hold."""

    name: str
    life: timedelta
    keys: Callable[[], Mapping[str, Key]] = field(repr=False)


@dataclass(frozen=True, slots=True)
class IssuedToken:
    """An access token, and what it opens."""

    text: str = field(repr=False)
    scopes: tuple[str, ...]


async def issue_token(
    session: AsyncSession,
    *,
    assertion: str,
    wanted: Collection[str] | None,
    issuer: TokenIssuer,
    now: datetime,
) -> IssuedToken:
    """Read a signed assertion, which holds once, and sign a token for all of the client's scopes or some.

    Raises `NotAuthenticated`, whatever is wrong with the proof, and `ScopeMissing`.
    """
    client_id = _client_of(assertion, issuer)
    own_keys = ClientKeyRepository(session, client_id=client_id)
    keys = {key.id: key for key in map(read_key, await own_keys.all())}
    rules = assertion_rules(issuer.name, client_id=str(client_id))
    claims = read_token(assertion, keys, rules, now=now)
    client = await ClientRepository(session).find(client_id)
    if client is None or claims.id is None or not await own_keys.use(claims.id, ends_at=claims.ends_at):
        raise NotAuthenticated
    scopes = _granted(client.scopes, wanted)
    key = next(iter(issuer.keys().values()))
    text = sign_access(
        key, issuer=issuer.name, client_id=str(client_id), scopes=scopes, life=issuer.life, now=now
    )
    return IssuedToken(text, scopes)


def _client_of(assertion: str, issuer: TokenIssuer) -> UUID:
    """Say whose keys to try; nothing is proven by this."""
    try:
        return UUID(unproven_subject(assertion, assertion_rules(issuer.name, client_id="")))
    except ValueError as exc:
        raise NotAuthenticated from exc


def _granted(owned: Collection[Scope], wanted: Collection[str] | None) -> tuple[str, ...]:
    names = {scope.value for scope in owned}
    if wanted is None:
        return tuple(sorted(names))
    for name in wanted:
        if name not in names:
            raise ScopeMissing(needed=name)
    return tuple(sorted(set(wanted)))
