"""A call that may be repeated: the same key and body get the same answer, and nothing happens twice."""

from dataclasses import dataclass

from services.core.domain.errors import DomainError


class RequestInProgress(DomainError):
    """The first call with this key has not ended yet."""

    code = "request-in-progress"


class RequestKeyReused(DomainError):
    """The key was used for another body; repeating the first answer would hide that."""

    code = "request-key-reused"


@dataclass(frozen=True, slots=True)
class RequestKey:
    """Names a call of one client on one route.

    `fingerprint` is a SHA-256 over what it carried, `status` what it is answered with if it works.
    """

    route: str
    key: str
    fingerprint: bytes
    status: int

    def check(self, seen: bytes) -> None:
        """Raise `RequestKeyReused` unless the call seen earlier under this key carried the same."""
        if seen != self.fingerprint:
            raise RequestKeyReused
