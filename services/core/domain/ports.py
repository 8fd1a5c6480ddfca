"""What use cases need from the outside world; each has more than one implementation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from services.core.domain.dossier import ProgressEntry
from services.core.domain.filing import DossierBody
from services.core.domain.holdings import Bucket, Held, Sum
from services.core.domain.indicator.published import Published
from services.core.domain.lookup import Outcome as LookUpAnswer
from services.core.domain.lookup import Question
from services.core.domain.outcome import Failure, LookUpOutcome, Outcome
from services.core.domain.portal_catalogue import Listing, ProcedureDetail


class Clock(Protocol):
    """Source of the present for rules about what people did; leases use the database's time instead."""

    def now(self) -> datetime:
        """Aware UTC time."""


class Doorbell(Protocol):
    """Wakes the worker. Correctness never depends on it."""

    async def ring(self) -> None:
        """Ask for a look at the queue; never raises and never waits long, even without a broker."""


@dataclass(frozen=True, slots=True)
class EntriesOf:
    """Entries of one dossier, in order, to append on the portal."""

    code: str
    entries: tuple[ProgressEntry, ...]


@dataclass(frozen=True, slots=True)
class Sent:
    """A push: what came of it, and the SHA-256 of the data as it was sent.

    `left_out` gives by dossier number why it could not be put into the portal's words; the others were sent
    without it. If that leaves none, no call was made and the outcome is `Unsendable`.
    """

    outcome: Outcome
    digest: bytes
    left_out: Mapping[str, str] = field(default_factory=dict)


class PortalGateway(Protocol):
    """The national portal. Its faults, and those of the network, are returned as outcomes, never raised."""

    async def push_dossiers(self, bodies: Sequence[DossierBody], *, create: bool) -> Sent:
        """Send bodies in one call, which the portal answers with one code for all."""

    async def push_entries(self, batch: Sequence[EntriesOf]) -> Sent:
        """Append entries in one call. Repeating an accepted call doubles them."""

    async def look_up(self, code: str) -> LookUpOutcome:
        """Ask what the portal holds under a dossier number. Harmless to repeat."""


class PopulationGateway(Protocol):
    """The national population database. Faults are returned as outcomes, never raised; asking is harmless."""

    async def ask(self, question: Question) -> LookUpAnswer:
        """Ask about one person; an answer about another one is never a match."""


class PortalCatalogue(Protocol):
    """The portal's dictionary of procedures. Faults are returned as outcomes here, too."""

    async def list_procedures(self) -> Listing | Failure:
        """Ask for all procedures; the list may be thousands long."""

    async def procedure(self, code: str) -> ProcedureDetail | Failure | None:
        """Ask for one procedure; `None` if the portal says that it has none of that code."""


class PortalHoldings(Protocol):
    """What the portal says it holds: by a list service, or by a report that a person exported from it.

    Faults are returned, never raised. Days are local ones, both ends included.
    """

    async def sums(self, first: date, last: date) -> dict[Bucket, Sum] | Failure:
        """Sum up the dossiers received in a range of days, per bucket; empty buckets are left out."""

    async def dossiers(self, bucket: Bucket) -> list[Held] | Failure:
        """List the dossiers of a bucket, each once."""


class PublishedIndex(Protocol):
    """What the portal publishes of index 766. Faults are returned, never raised."""

    async def published(self, department: str, *, unit_name: str | None, month: date) -> Published | Failure:
        """Ask for a department's month by its id, or for that of the unit below it that has a name."""
