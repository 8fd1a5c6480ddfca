"""Lists of dossiers, and what they can be narrowed to."""

import base64
import binascii
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.api.refusals import CursorInvalid
from services.api.schemas.answer import Answer, ETag, tag
from services.api.schemas.dossier import VerdictsOut
from services.api.schemas.instant import Instant
from services.api.schemas.parts import Body
from services.api.schemas.words import StatusNumber
from services.core.domain.delivery import DeliveryState
from services.core.domain.dossier import Status
from services.core.domain.identity import IdentityNumber
from services.core.domain.verdict import Verdict
from services.core.persistence.listings import DossierFilter, ListedDossier, LookUpStanding


class DossierQuery(Body):
    """All that is given must hold. Ranges include their beginning, not their end."""

    unit: Annotated[
        str | None,
        Field(max_length=100, pattern=r"^[!-~]+$", description="Code of a unit; its subtree counts"),
    ] = None
    status: Annotated[int | None, Field(ge=1, le=10)] = None
    procedure: Annotated[str | None, Field(max_length=100, pattern=r"^[!-~]+$")] = None
    received_from: Instant | None = None
    received_to: Instant | None = None
    due_from: Instant | None = None
    due_to: Instant | None = None
    delivery_state: DeliveryState | None = None
    verdict: Annotated[Verdict | None, Field(description="What the portal says")] = None
    false_late: Annotated[bool | None, Field(description="Late by the portal's reckoning only")] = None
    lookup: Annotated[
        LookUpStanding | None, Field(description="Outcome of the look-up, or that it is still waited for")
    ] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=64, description="`next_cursor` of the page before")] = None

    def to_domain(self, unit_path: str) -> DossierFilter:
        """Give the filter over the subtree under `unit_path`."""
        return DossierFilter(
            unit_path=unit_path,
            status=None if self.status is None else Status(self.status),
            procedure_code=self.procedure,
            received_from=self.received_from,
            received_to=self.received_to,
            due_from=self.due_from,
            due_to=self.due_to,
            delivery=self.delivery_state,
            verdict=self.verdict,
            false_late=self.false_late,
            lookup=self.lookup,
        )


class ListedDossierOut(Answer):
    """A line of a list. The identity number is masked; the dossier itself shows it."""

    id: UUID
    code: str
    etag: ETag
    unit_code: str
    procedure_code: str
    procedure_name: str
    status: StatusNumber
    summary: str
    applicant_name: str
    identity_number: str | None
    submitted_at: Instant
    received_at: Instant | None
    due_at: Instant | None
    ended_at: Instant | None
    delivery_state: DeliveryState
    verdict: VerdictsOut

    @classmethod
    def of(cls, listed: ListedDossier) -> Self:
        """Show a line."""
        number = listed.identity_number
        return cls(
            id=listed.id,
            code=listed.code,
            etag=tag(listed.edition),
            unit_code=listed.unit_code,
            procedure_code=listed.procedure_code,
            procedure_name=listed.procedure_name,
            status=listed.status,
            summary=listed.summary,
            applicant_name=listed.applicant_name,
            identity_number=None if number is None else IdentityNumber(number).mask(),
            submitted_at=listed.submitted_at,
            received_at=listed.received_at,
            due_at=listed.due_at,
            ended_at=listed.ended_at,
            delivery_state=listed.delivery_state,
            verdict=VerdictsOut.of(late_at_desk=listed.late_at_desk, late_on_portal=listed.late_on_portal),
        )


class DossierPage(Answer):
    """A page, newest first; `next_cursor` is null on the last one."""

    items: list[ListedDossierOut]
    next_cursor: str | None


def write_cursor(last: UUID | None) -> str | None:
    """Name the place in the list where a page ended."""
    return None if last is None else base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def read_cursor(cursor: str | None) -> UUID | None:
    """Find the place again; raises `CursorInvalid`."""
    if cursor is None:
        return None
    try:
        return UUID(bytes=base64.b64decode(cursor + "==", altchars=b"-_", validate=True))
    except (binascii.Error, ValueError) as exc:
        raise CursorInvalid from exc
