"""What one side holds of dossiers, and the sums by which two sides are compared (docs/reconciliation.md)."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from services.core.domain.dossier import Status
from services.core.domain.verdict import VIETNAM


@dataclass(frozen=True, slots=True, order=True)
class Bucket:
    """Dossiers received on one local day whose numbers begin alike.

    The beginning is a unit's code in the numbers that desks issue. The portal itself knows the handling unit
    by its name only, which is not unique and changes; a number never does.
    """

    day: date
    prefix: str


@dataclass(frozen=True, slots=True)
class Sum:
    """How many dossiers a bucket has, and the SHA-256 (hex) of their sorted lines."""

    dossiers: int
    digest: str


@dataclass(frozen=True, slots=True)
class Held:
    """A dossier as one side holds it; `status` is that of the last entry, or of the body if there is none."""

    code: str
    status: Status
    entries: int
    last_at: datetime | None

    @property
    def line(self) -> str:
        """Spell it as it enters the sum: `code|status|number of entries|last time`, to the second."""
        last = "" if self.last_at is None else f"{self.last_at.astimezone(VIETNAM):%Y%m%d%H%M%S}"
        return f"{self.code}|{int(self.status)}|{self.entries}|{last}"


def prefix_of(code: str) -> str:
    """Give what stands before the first hyphen, nothing in a number without one."""
    prefix, hyphen, _ = code.partition("-")
    return prefix if hyphen else ""


def sum_of(dossiers: Iterable[Held]) -> Sum:
    """Sum up a bucket; the order of its dossiers does not matter."""
    lines = sorted(held.line for held in dossiers)
    return Sum(len(lines), hashlib.sha256("\n".join(lines).encode()).hexdigest())
