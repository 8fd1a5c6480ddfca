"""Keys by their id. What a key may be used for follows from the key, never from a token."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

from services.core.domain.errors import DomainError

#: By key type and curve. Symmetric keys are left out: a public key must never pass for a shared secret.
_ALGORITHMS: Final = {("OKP", "Ed25519"): "EdDSA", ("EC", "P-256"): "ES256", ("RSA", None): "RS256"}
_RSA_BITS: Final = 2048
_SECRET_PARTS: Final = frozenset({"d", "p", "q", "dp", "dq", "qi"})
#: What a thumbprint covers, in this order (RFC 7638).
_NAMES: Final = {"OKP": ("crv", "kty", "x"), "EC": ("crv", "kty", "x", "y"), "RSA": ("e", "kty", "n")}


class InvalidKey(DomainError):
    """Not a JWK of a kind that we take: Ed25519, P-256, or RSA from 2048 bits up; the facts say why."""

    code = "key-invalid"


@dataclass(frozen=True, slots=True)
class Key:
    """A key with the one algorithm it is good for; `material` is a private or a public key of the library."""

    id: str
    algorithm: str
    material: Any = field(repr=False)
    document: Mapping[str, Any] = field(repr=False)

    @property
    def is_private(self) -> bool:
        return "d" in self.document

    def public(self) -> dict[str, Any]:
        """Give the JWK without its secret parts."""
        return {name: value for name, value in self.document.items() if name not in _SECRET_PARTS}


def read_key(document: Mapping[str, Any]) -> Key:
    """Read a JWK; raises `InvalidKey`. A key without an id goes by its thumbprint."""
    algorithm = _ALGORITHMS.get((str(document.get("kty")), document.get("crv")))
    if algorithm is None or document.get("alg", algorithm) != algorithm:
        raise InvalidKey(fault="kind")
    if document.get("use", "sig") != "sig":
        raise InvalidKey(fault="use")
    try:
        material = jwt.PyJWK(dict(document), algorithm).key
        key_id = document.get("kid") or thumbprint(document)
    except (jwt.PyJWTError, ValueError, KeyError, TypeError) as exc:
        raise InvalidKey(fault="content") from exc
    if isinstance(material, rsa.RSAPublicKey | rsa.RSAPrivateKey) and material.key_size < _RSA_BITS:
        raise InvalidKey(fault="length")
    return Key(str(key_id), algorithm, material, {**document, "kid": str(key_id), "alg": algorithm})


def read_keys(text: str) -> dict[str, Key]:
    """Read a JWK set, in its order; raises `InvalidKey`. Keys of other kinds are passed over."""
    try:
        documents = json.loads(text)["keys"]
        signing = [one for one in documents if one.get("use", "sig") == "sig"]
    except (ValueError, KeyError, TypeError, AttributeError) as exc:
        raise InvalidKey(fault="set") from exc
    known = (one for one in signing if (str(one.get("kty")), one.get("crv")) in _ALGORITHMS)
    keys = [read_key(one) for one in known if one.get("alg") in {None, *_ALGORITHMS.values()}]
    found = {key.id: key for key in keys}
    if not keys or len(found) != len(keys):
        raise InvalidKey(fault="ids" if keys else "set")
    return found


def new_key() -> Key:
    """Make an Ed25519 key."""
    document: dict[str, Any] = OKPAlgorithm.to_jwk(Ed25519PrivateKey.generate(), as_dict=True)
    return read_key({name: document[name] for name in ("kty", "crv", "x", "d")})


def thumbprint(document: Mapping[str, Any]) -> str:
    """Name a key by what it is (RFC 7638)."""
    parts = {name: document[name] for name in _NAMES[document["kty"]]}
    digest = hashlib.sha256(json.dumps(parts, sort_keys=True, separators=(",", ":")).encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
