"""Two identities a call: desk clients by signed tokens, officers by those of the province's issuer."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI
from jwt.algorithms import ECAlgorithm, RSAAlgorithm

from services.core.application.manage_clients import (
    add_client_key,
    create_keyed_client,
    remove_client_key,
    revoke_client,
)
from services.core.application.manage_officers import change_officer, revoke_officer
from services.core.domain.access import DESK_SCOPES, NotAuthenticated, Scope
from services.core.domain.role import Role
from services.core.persistence.engine import Sessions
from services.core.tokens.keys import InvalidKey, new_key, read_key
from tests.desk_api import DeskApi, a_filing, client_of, problem, serve
from tests.trust import AUDIENCE, PROVINCE, US, Trust, ask_for_token, employ, officer_client

WARD = "H44.101"


@dataclass(slots=True)
class Guarded:
    """An API that believes tokens."""

    app: FastAPI
    trust: Trust
    sessions: Sessions
    key: str
    client_id: str

    async def status(self, token: str, *, bearer: str | None = None) -> int:
        async with officer_client(self.app, bearer or self.key, token) as http:
            return (await http.get("/v1/dossiers")).status_code

    async def bearer_status(self, bearer: str) -> int:
        async with client_of(self.app, bearer) as http:
            return (await http.get("/v1/dossiers")).status_code


@asynccontextmanager
async def guarded(
    api: DeskApi, sessions: Sessions, *, seconds: float = 30.0, api_keys: bool = True, officers: bool = False
) -> AsyncIterator[Guarded]:
    trust = Trust()
    async with sessions.begin() as session:
        client_id = await create_keyed_client(
            session,
            name="signing",
            unit_code="H44",
            scopes=DESK_SCOPES,
            public_key=trust.clients.public(),
            now=datetime.now(UTC),
        )
    await employ(sessions, "binh", role=Role.DESK_OFFICER, unit=WARD)
    believed = trust.believed(seconds=seconds, api_keys=api_keys, officers=officers)
    async with serve(api.runtime.sessions, clock=api.clock, bell=api.bell, believed=believed) as (app, _):
        yield Guarded(app, trust, sessions, api.keys["province"], str(client_id))


@pytest.fixture
async def gate(api: DeskApi, sessions: Sessions) -> AsyncIterator[Guarded]:
    async with guarded(api, sessions) as one:
        yield one


async def test_a_client_gets_a_token_for_its_signature_and_calls_with_it(gate: Guarded) -> None:
    answer = await ask_for_token(gate.app, gate.trust.assertion(gate.client_id))

    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "no-store"
    token = answer.json()
    assert (token["token_type"], token["expires_in"]) == ("Bearer", 600)
    assert token["scope"].split() == sorted(DESK_SCOPES)
    async with client_of(gate.app, token["access_token"]) as http:
        created = await http.post("/v1/dossiers", json=a_filing(), headers={"Idempotency-Key": "1"})
        assert created.status_code == 201
        assert (await http.get("/v1/outages")).status_code == 200
        problem(await http.post("/v1/parked:replay", json={"all": True}), 403, "scope-missing")


async def test_a_token_for_some_scopes_opens_those_only(gate: Guarded) -> None:
    answer = await ask_for_token(gate.app, gate.trust.assertion(gate.client_id), scope=Scope.READ.value)

    async with client_of(gate.app, answer.json()["access_token"]) as http:
        assert (await http.get("/v1/dossiers")).status_code == 200
        problem(
            await http.post("/v1/dossiers", json=a_filing(), headers={"Idempotency-Key": "1"}),
            403,
            "scope-missing",
        )


async def test_what_is_wrong_with_a_request_is_told_in_the_words_of_oauth(gate: Guarded) -> None:
    wrong: list[tuple[dict[str, Any], int, str]] = [
        ({"grant_type": "password"}, 400, "unsupported_grant_type"),
        ({"grant_type": None}, 400, "unsupported_grant_type"),
        ({"client_assertion": None}, 400, "invalid_request"),
        ({"client_assertion_type": "x"}, 400, "invalid_request"),
        ({"client_assertion": "x"}, 401, "invalid_client"),
        ({"client_assertion": "x" * 5000}, 401, "invalid_client"),
        ({"scope": "lookups:ask"}, 400, "invalid_scope"),
        ({"scope": "all"}, 400, "invalid_scope"),
    ]

    for changes, status, error in wrong:
        answer = await ask_for_token(gate.app, gate.trust.assertion(gate.client_id), **changes)
        assert (answer.status_code, answer.json()) == (status, {"error": error}), changes


async def test_a_form_that_says_something_twice_says_nothing(gate: Guarded) -> None:
    async with client_of(gate.app, None) as http:
        answer = await http.post(
            "/v1/token",
            content="grant_type=client_credentials&grant_type=password",
            headers={"Content-Type": "application/x-www-form-urlencoded"},
        )

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


async def test_an_assertion_holds_once(gate: Guarded) -> None:
    assertion = gate.trust.assertion(gate.client_id)

    assert (await ask_for_token(gate.app, assertion)).status_code == 200
    assert (await ask_for_token(gate.app, assertion)).status_code == 401


def signed(trust_key: Any, claims: dict[str, Any], **header: Any) -> str:
    return jwt.encode(
        claims,
        trust_key.material,
        algorithm=trust_key.algorithm,
        headers={"kid": trust_key.id, "typ": "JWT", **header},
    )


def at(**distance: float) -> int:
    return int((datetime.now(UTC) + timedelta(**distance)).timestamp())


async def test_no_other_assertion_proves_who_a_client_is(gate: Guarded) -> None:
    off: list[dict[str, Any]] = [
        {"sub": str(uuid4()), "iss": None},
        {"sub": "nobody"},
        {"iss": "someone"},
        {"aud": "https://elsewhere.example"},
        {"exp": at(hours=1)},
        {"exp": at(seconds=-1)},
        {"exp": None},
        {"iat": at(minutes=5), "exp": at(minutes=6)},
        {"jti": None},
        {"jti": ""},
    ]

    for changes in off:
        claims = {
            "iss": gate.client_id,
            "sub": gate.client_id,
            "aud": US,
            "jti": uuid4().hex,
            "iat": at(seconds=-1),
            "exp": at(minutes=1),
            **changes,
        }
        assertion = signed(gate.trust.clients, {k: v for k, v in claims.items() if v is not None})
        answer = await ask_for_token(gate.app, assertion)
        assert (answer.status_code, answer.json()) == (401, {"error": "invalid_client"}), changes


async def test_a_client_changes_its_key_without_a_pause(gate: Guarded) -> None:
    old, new = gate.trust.clients, new_key()
    async with gate.sessions.begin() as session:
        await add_client_key(session, name="signing", public_key=new.public())
    for key in (old, new):
        gate.trust.clients = key
        assert (await ask_for_token(gate.app, gate.trust.assertion(gate.client_id))).status_code == 200
    async with gate.sessions.begin() as session:
        await remove_client_key(session, name="signing", key_id=old.id)

    assert (await ask_for_token(gate.app, gate.trust.assertion(gate.client_id))).status_code == 200
    gate.trust.clients = old
    assert (await ask_for_token(gate.app, gate.trust.assertion(gate.client_id))).status_code == 401


async def test_our_own_keys_change_without_a_pause(gate: Guarded) -> None:
    token = gate.trust.access_token(gate.client_id, *DESK_SCOPES)
    gate.trust.ours.insert(0, new_key())

    assert await gate.bearer_status(token) == 200
    assert await gate.bearer_status(gate.trust.access_token(gate.client_id, *DESK_SCOPES)) == 200
    gate.trust.ours.pop()
    assert await gate.bearer_status(token) == 401


async def test_a_revoked_client_is_closed_out_with_its_token(api: DeskApi, sessions: Sessions) -> None:
    async with guarded(api, sessions, seconds=0) as gate:
        token = gate.trust.access_token(gate.client_id, *DESK_SCOPES)
        assert await gate.bearer_status(token) == 200
        async with sessions.begin() as session:
            await revoke_client(session, name="signing")

        assert await gate.bearer_status(token) == 401
        assert (await ask_for_token(gate.app, gate.trust.assertion(gate.client_id))).status_code == 401


async def test_api_keys_are_refused_where_that_is_wanted(api: DeskApi, sessions: Sessions) -> None:
    async with guarded(api, sessions, api_keys=False) as gate:
        assert await gate.bearer_status(gate.key) == 401
        assert await gate.bearer_status(gate.trust.access_token(gate.client_id, *DESK_SCOPES)) == 200


async def test_a_client_needs_an_officer_where_that_is_wanted(api: DeskApi, sessions: Sessions) -> None:
    async with guarded(api, sessions, officers=True) as gate:
        async with client_of(gate.app, gate.key) as http:
            problem(await http.get("/v1/dossiers"), 403, "officer-token-needed")
        assert await gate.status(gate.trust.officer_token("binh")) == 200
        async with sessions.begin() as session:
            client_id = await create_keyed_client(
                session,
                name="batch",
                unit_code="H44",
                scopes=DESK_SCOPES,
                public_key=new_key().public(),
                now=datetime.now(UTC),
                unattended=True,
            )
        assert await gate.bearer_status(gate.trust.access_token(str(client_id), Scope.READ)) == 200


async def test_an_officer_reaches_what_unit_and_role_allow(gate: Guarded, api: DeskApi) -> None:
    ours = await api.province.created(unit_code=WARD)
    theirs = await api.province.created(unit_code="H44.102")

    async with officer_client(gate.app, gate.key, gate.trust.officer_token("binh")) as http:
        listed = (await http.get("/v1/dossiers")).json()["items"]
        assert [item["code"] for item in listed] == [ours["code"]]
        problem(await http.get(f"/v1/dossiers/{theirs['id']}"), 404, "dossier-not-found")
        problem(await http.post("/v1/parked:replay", json={"all": True}), 403, "role-lacks-action")


async def test_an_officer_of_other_units_gets_nowhere_with_a_client(gate: Guarded, api: DeskApi) -> None:
    async with officer_client(gate.app, api.keys["abroad"], gate.trust.officer_token("binh")) as http:
        problem(await http.get("/v1/dossiers"), 403, "officer-elsewhere")


async def test_who_the_issuer_knows_and_we_do_not_stays_outside(gate: Guarded) -> None:
    assert await gate.status(gate.trust.officer_token("nobody")) == 401


async def test_without_an_issuer_an_officers_token_is_refused_and_not_passed_over(api: DeskApi) -> None:
    async with officer_client(api.app, api.keys["province"], Trust().officer_token("binh")) as http:
        problem(await http.get("/v1/dossiers"), 401, "not-authenticated")


async def test_a_new_role_a_new_unit_and_a_farewell_hold_as_soon_as_the_cache_forgets(
    api: DeskApi, sessions: Sessions
) -> None:
    async with guarded(api, sessions, seconds=0) as gate:
        token = gate.trust.officer_token("binh")
        here = await api.province.created(unit_code=WARD)
        there = await api.province.created(unit_code="H44.102")
        seen = f"/v1/dossiers/{here['id']}", f"/v1/dossiers/{there['id']}"
        change: dict[str, Any] = {"issuer": PROVINCE, "subject": "binh", "name": None, "now": api.clock.now()}

        async def statuses() -> list[int]:
            async with officer_client(gate.app, gate.key, token) as http:
                return [(await http.get(path)).status_code for path in seen]

        assert await statuses() == [200, 404]
        async with sessions.begin() as session:
            await change_officer(session, **change, unit_code="H44.102", role=None)
        assert await statuses() == [404, 200]
        async with sessions.begin() as session:
            await change_officer(session, **change, unit_code=None, role=Role.OPERATOR)
        assert await statuses() == [403, 403]
        async with sessions.begin() as session:
            await revoke_officer(session, issuer=PROVINCE, subject="binh")
        assert await statuses() == [401, 401]


async def test_the_issuers_keys_change_without_a_pause(gate: Guarded) -> None:
    old = gate.trust.officer_token("binh")
    gate.trust.issuers.insert(0, new_key())

    assert await gate.status(old) == await gate.status(gate.trust.officer_token("binh")) == 200
    gate.trust.issuers.pop()
    assert await gate.status(old) == 401


def officer_claims(**changes: Any) -> dict[str, Any]:
    claims = {
        "iss": PROVINCE,
        "aud": AUDIENCE,
        "sub": "binh",
        "iat": at(seconds=-10),
        "exp": at(hours=1),
        **changes,
    }
    return {name: value for name, value in claims.items() if value is not None}


async def test_claims_that_are_off_keep_an_officer_out(gate: Guarded) -> None:
    off: list[dict[str, Any]] = [
        {"exp": at(seconds=-1)},
        {"exp": None},
        {"exp": at(days=3650)},
        {"exp": "tomorrow"},
        {"exp": True},
        {"exp": 10**40},
        {"iat": None},
        {"nbf": at(minutes=5)},
        {"aud": "another"},
        {"aud": None},
        {"aud": {}},
        {"iss": "https://evil.example"},
        {"iss": [PROVINCE]},
        {"sub": None},
        {"sub": ""},
        {"sub": ["binh"]},
    ]
    head = {"kid": gate.trust.issuers[0].id, "typ": "JWT"}

    statuses = [
        await gate.status(by_hand(head, officer_claims(**changes), gate.trust.issuers[0]))
        for changes in [{}, *off]
    ]

    assert statuses == [200, *[401] * len(off)]


async def test_headers_that_bring_something_along_keep_an_officer_out(gate: Guarded) -> None:
    off: list[dict[str, Any]] = [
        {"kid": "other"},
        {"kid": None},
        {"kid": 7},
        {"jku": "https://evil.example/keys"},
        {"x5u": "https://evil.example/chain"},
        {"jwk": {}},
        {"crit": ["exp"]},
        {"b64": False},
        {"typ": "refresh+jwt"},
        {"typ": "logout+jwt"},
    ]
    key = gate.trust.issuers[0]

    for header in off:
        head = {"kid": key.id, "typ": "JWT", **header}
        given = {name: value for name, value in head.items() if value is not None}
        assert await gate.status(by_hand(given, officer_claims(), key)) == 401, header


def by_hand(header: dict[str, Any], claims: dict[str, Any], key: Any) -> str:
    """Sign past the library's own checks."""
    parts = [{"alg": key.algorithm, **header}, claims]
    body = ".".join(jwt.utils.base64url_encode(json.dumps(part).encode()).decode() for part in parts)
    return f"{body}.{jwt.utils.base64url_encode(key.material.sign(body.encode())).decode()}"


async def test_a_public_key_is_no_shared_secret(gate: Guarded) -> None:
    public = gate.trust.issuers[0].material.public_key()
    secret = public.public_bytes(Encoding.Raw, PublicFormat.Raw)
    header = {"kid": gate.trust.issuers[0].id}
    forged = jwt.encode(officer_claims(), secret, algorithm="HS256", headers=header)
    unsigned = jwt.encode(officer_claims(), "", algorithm="none", headers=header)

    assert [await gate.status(forged), await gate.status(unsigned)] == [401, 401]


@pytest.mark.parametrize(
    "token", ["", "x", "a.b.c", "x" * 9000, "[" * 4000, "e30.e30.", "\u00e9.\u00e9.\u00e9"]
)
async def test_rubbish_is_refused(gate: Guarded, token: str) -> None:
    async with client_of(gate.app, gate.key) as http:
        answer = await http.get("/v1/dossiers", headers=[(b"X-Officer-Token", token.encode("latin-1"))])
    problem(answer, 401, "not-authenticated")
    if token.isascii():
        assert await gate.bearer_status(token or "x") == 401


async def test_a_token_of_one_kind_is_not_taken_for_another(gate: Guarded) -> None:
    access = gate.trust.access_token(gate.client_id, *DESK_SCOPES)

    assert await gate.status(access) == 401
    assert await gate.bearer_status(gate.trust.officer_token("binh")) == 401
    assert await gate.bearer_status(gate.trust.assertion(gate.client_id)) == 401
    assert (await ask_for_token(gate.app, access)).status_code == 401


async def test_a_changed_letter_breaks_a_token(gate: Guarded) -> None:
    head, claims, signature = gate.trust.officer_token("binh").split(".")
    swapped = "A" if signature[5] != "A" else "B"

    assert await gate.status(f"{head}.{claims}.{signature[:5]}{swapped}{signature[6:]}") == 401
    assert await gate.status(f"{head}.{claims}.") == 401


async def test_an_issuer_may_sign_with_rsa_or_an_elliptic_curve(gate: Guarded) -> None:
    private = {
        "RS256": json.loads(RSAAlgorithm.to_jwk(rsa.generate_private_key(65537, 2048))),
        "ES256": json.loads(ECAlgorithm.to_jwk(ec.generate_private_key(ec.SECP256R1()))),
    }
    for document in private.values():
        document.pop("key_ops", None)
        gate.trust.issuers = [read_key(document)]
        assert await gate.status(gate.trust.officer_token("binh")) == 200


async def test_keys_of_other_kinds_are_not_taken_from_a_client(gate: Guarded) -> None:
    wrong: list[dict[str, Any]] = [
        {},
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "OKP", "crv": "Ed25519", "x": "AA"},
        {"kty": "OKP", "crv": "X25519", "x": new_key().document["x"]},
        {**new_key().public(), "alg": "HS256"},
        {**new_key().public(), "use": "enc"},
        dict(new_key().document),
    ]

    for document in wrong:
        with pytest.raises(InvalidKey):
            async with gate.sessions.begin() as session:
                await add_client_key(session, name="signing", public_key=document)


def test_short_rsa_keys_are_refused() -> None:
    short = rsa.RSAPublicNumbers(65537, 2**1023 + 1).public_key()

    with pytest.raises(InvalidKey, match="length"):
        read_key(json.loads(RSAAlgorithm.to_jwk(short)))


async def test_the_reason_of_a_refusal_is_not_told() -> None:
    assert NotAuthenticated().facts == {}
