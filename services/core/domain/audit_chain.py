"""The chain over the audit log: each link's hash covers its entry and all before it in the month.

A chain alone does not stop somebody who can rewrite the database: they would rebuild it. So its roots are
signed with a key that the database does not know, and leave the machine.
"""

import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from enum import StrEnum

#: What stands in the place of the signature before the first one of a file.
NO_SIGNATURE = "0" * 64


def genesis(month: date) -> bytes:
    """Give the hash that the first link of a month follows."""
    return hashlib.sha256(f"lienthong audit {month:%Y-%m}".encode()).digest()


def link(previous: bytes, canonical: str) -> bytes:
    """Give the hash of the link that follows `previous` and covers an entry in its canonical form."""
    return hashlib.sha256(previous + canonical.encode()).digest()


@dataclass(frozen=True, slots=True)
class Root:
    """How far a month's chain had got, and the hash there; `sealed_at` is database time in UTC."""

    id: int
    month: date
    position: int
    hash: bytes
    sealed_at: datetime


@dataclass(frozen=True, slots=True)
class SignedRoot:
    """A root as it leaves: `signature` covers it and the signature before it in its file."""

    root: Root
    previous: str
    signature: str

    def holds(self, key: bytes, previous: str) -> bool:
        """Tell whether it was signed with the key and follows that signature."""
        return self.previous == previous and hmac.compare_digest(
            self.signature, _signature(self.root, previous, key)
        )


def sign(roots: Sequence[Root], key: bytes, *, after: str) -> list[SignedRoot]:
    """Sign roots in order, the first one behind the signature `after`."""
    signed = []
    for root in roots:
        signature = _signature(root, after, key)
        signed.append(SignedRoot(root, after, signature))
        after = signature
    return signed


def _signature(root: Root, previous: str, key: bytes) -> str:
    said = asdict(root) | {
        "month": root.month.isoformat(),
        "hash": root.hash.hex(),
        "sealed_at": root.sealed_at.isoformat(),
        "previous": previous,
    }
    return hmac.new(key, json.dumps(said, sort_keys=True).encode(), hashlib.sha256).hexdigest()


class Fault(StrEnum):
    """What does not add up."""

    EDITED = "edited"  #: the entry is not what was sealed; of a swapped pair both are
    DELETED = "deleted"  #: the entry that was sealed is gone
    GAP = "gap"  #: links are missing in between
    SLIPPED_IN = "slipped_in"  #: an entry that was put in behind the seal
    CUT_TAIL = "cut_tail"  #: the chain is shorter than a signed root says
    REBUILT = "rebuilt"  #: the chain holds in itself, but not against a signed root
    FORGED_ROOT = "forged_root"  #: a signed root is not what was signed, or one before it is missing


@dataclass(frozen=True, slots=True)
class AuditFinding:
    """A fault: where in the month's chain, and of which entry, as far as that can be said."""

    fault: Fault
    month: date
    position: int | None = None
    entry_id: int | None = None
