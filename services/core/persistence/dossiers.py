"""Dossiers, as seen by somebody who may see one subtree of units only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState
from services.core.domain.dossier import EntryKind, ProgressEntry, Status
from services.core.domain.errors import DomainError
from services.core.domain.filing import Agent, DossierBody, FilingMode, Ground
from services.core.domain.life import Life
from services.core.persistence.look_up_views import LookUpView, LookUpViewRepository
from services.core.persistence.papers import Document
from services.core.persistence.shipments import Unreadable, load_bodies

#: How a caller names a dossier: by its id, or by the number on the receipt.
Reference = UUID | str

_NAMED: Final = "WHERE (d.id = :id OR d.code = :code) AND starts_with(u.path || '.', :within)"

_READ: Final = text(f"""
SELECT d.id, d.version, d.last_seq, d.filing_mode, d.supplement_requests, d.promised_at, d.apology,
    d.created_at, d.agent, d.acceptance_due_at, d.answered_at, v.state AS delivery_state,
    coalesce(v.desk_flagged_at <= now(), false) AS late_at_desk,
    coalesce(v.flagged_at <= now(), false) AS late_on_portal
FROM dossiers d JOIN units u ON u.id = d.unit_id JOIN deliveries v ON v.dossier_id = d.id
{_NAMED}
""")  # noqa: S608 - joins constants of this file

_FIND_ID: Final = text(
    f"SELECT d.id FROM dossiers d JOIN units u ON u.id = d.unit_id {_NAMED}"  # noqa: S608 - as above
)

# The history comes along in the same round trip. If the lock had to be waited for, the history is older than
# the dossier, which `last_seq` gives away.
_OPEN: Final = text(f"""
SELECT d.id, d.code, d.procedure_code, u.code AS unit_code, d.status, d.version, d.last_seq,
    d.last_occurred_at, d.supplement_requests, d.received_at, d.promised_at, d.due_at, d.ended_at,
    d.returned_at, d.apology IS NOT NULL AS apologised,
    (SELECT jsonb_agg(jsonb_build_array(e.seq, e.kind, e.status, e.occurred_at) ORDER BY e.seq)
     FROM progress_entries e WHERE e.dossier_id = d.id) AS history
FROM dossiers d JOIN units u ON u.id = d.unit_id
{_NAMED}
FOR NO KEY UPDATE OF d
""")  # noqa: S608 - as above


_LOCK: Final = text(f"""
SELECT d.version, d.last_seq FROM dossiers d JOIN units u ON u.id = d.unit_id
{_NAMED}
FOR NO KEY UPDATE OF d
""")  # noqa: S608 - as above


class DossierNotFound(DomainError):
    """There is none, or not within the caller's units: the two look the same on purpose."""

    code = "dossier-not-found"


class DossierChanged(DomainError):
    """Somebody else changed the dossier since the caller read it."""

    code = "dossier-changed"


@dataclass(frozen=True, slots=True)
class Edition:
    """Which state of a dossier is meant: what its ETag says."""

    version: int
    seq: int

    def __str__(self) -> str:
        return f"{self.version}-{self.seq}"


@dataclass(frozen=True, slots=True)
class OpenDossier:
    """A dossier locked for a change. Entries carry what a verdict needs; officer and text are left blank."""

    id: UUID
    code: str
    unit_code: str
    procedure_code: str
    edition: Edition
    life: Life
    entries: tuple[ProgressEntry, ...]
    apologised: bool


@dataclass(frozen=True, slots=True)
class DossierDetails:
    """A dossier as it stands: its body as the portal is told, what only the desk knows, both verdicts.

    `acceptance_due_at` is by when the desk must have answered an online filing, `answered_at` when it did.
    """

    id: UUID
    edition: Edition
    body: DossierBody
    filing_mode: FilingMode
    supplement_requests: int
    promised_at: datetime | None
    apology: Document | None
    agent: Agent | None
    acceptance_due_at: datetime | None
    answered_at: datetime | None
    created_at: datetime
    delivery_state: DeliveryState
    late_at_desk: bool
    late_on_portal: bool
    look_up: LookUpView | None


class DossierRepository:
    """Reads and locks dossiers of the units under `within`; never commits."""

    def __init__(self, session: AsyncSession, *, within: str) -> None:
        self._session = session
        self._within = within

    async def get(self, reference: Reference) -> DossierDetails:
        """Read a dossier; raises `DossierNotFound`."""
        row = await self._one(_READ, reference)
        body = (await load_bodies(self._session, [row.id]))[row.id]
        if isinstance(body, Unreadable):
            raise TypeError(f"dossier {row.id} cannot be read: {body.reason}")
        return _details(row, body, await LookUpViewRepository(self._session).find_of_dossier(row.id))

    async def get_id(self, reference: Reference) -> UUID:
        """Give the id of a dossier that is there; raises `DossierNotFound`."""
        dossier_id: UUID = (await self._one(_FIND_ID, reference)).id
        return dossier_id

    async def open(self, reference: Reference, expected: Edition) -> OpenDossier:
        """Lock a dossier until the end of the transaction.

        Raises `DossierNotFound`, and `DossierChanged` if it is not at the edition that the caller knows.
        """
        row = await self._one(_OPEN, reference)
        edition = Edition(row.version, row.last_seq)
        if edition != expected or len(row.history) != row.last_seq:
            raise DossierChanged(present=str(edition))
        return _opened(row, edition)

    async def open_as_it_is(self, dossier_id: UUID) -> OpenDossier:
        """Lock a dossier for what happens to it whatever its state is; raises `DossierNotFound`."""
        row = await self._one(_LOCK, dossier_id)
        return await self.open(dossier_id, Edition(row.version, row.last_seq))

    async def _one(self, statement: Any, reference: Reference) -> Row[Any]:
        by_id = isinstance(reference, UUID)
        values = {
            "id": reference if by_id else None,
            "code": None if by_id else reference,
            "within": self._within,
        }
        row: Row[Any] | None = (await self._session.execute(statement, values)).first()
        if row is None:
            raise DossierNotFound
        return row


def _opened(row: Row[Any], edition: Edition) -> OpenDossier:
    entries = tuple(
        ProgressEntry(
            seq=seq,
            status=Status(status),
            occurred_at=datetime.fromisoformat(occurred_at),
            officer="",
            department=None,
            text="",
            kind=EntryKind(kind),
        )
        for seq, kind, status, occurred_at in row.history
    )
    return OpenDossier(
        id=row.id,
        code=row.code,
        unit_code=row.unit_code,
        procedure_code=row.procedure_code,
        edition=edition,
        life=Life(
            status=Status(row.status),
            last_occurred_at=row.last_occurred_at,
            supplement_requests=row.supplement_requests,
            supplement_asked_at=(row.last_occurred_at if row.status == Status.SUPPLEMENT_REQUESTED else None),
            received_at=row.received_at,
            promised_at=row.promised_at,
            due_at=row.due_at,
            ended_at=row.ended_at,
            returned_at=row.returned_at,
        ),
        entries=entries,
        apologised=row.apologised,
    )


def _details(row: Row[Any], body: DossierBody, look_up: LookUpView | None) -> DossierDetails:
    return DossierDetails(
        id=row.id,
        edition=Edition(row.version, row.last_seq),
        body=body,
        filing_mode=FilingMode(row.filing_mode),
        supplement_requests=row.supplement_requests,
        promised_at=row.promised_at,
        apology=row.apology,
        agent=None if row.agent is None else _agent(row.agent),
        acceptance_due_at=row.acceptance_due_at,
        answered_at=row.answered_at,
        created_at=row.created_at,
        delivery_state=DeliveryState(row.delivery_state),
        late_at_desk=row.late_at_desk,
        late_on_portal=row.late_on_portal,
        look_up=look_up,
    )


def _agent(stored: Document) -> Agent:
    return Agent(**{**stored, "ground": Ground(stored["ground"])})
