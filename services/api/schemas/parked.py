"""Dossiers that wait for a person, and what the person decides."""

import base64
import binascii
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final, Self
from uuid import UUID

from pydantic import Field, StrictBool

from services.api.dependencies import reference_of
from services.api.problems import Language, Said
from services.api.refusals import CursorInvalid
from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.api.schemas.parts import Body
from services.api.schemas.text import Prose
from services.core.domain.delivery import ParkCause
from services.core.domain.intervention import FilterNeeded
from services.core.domain.park_group import MAX_LENGTH
from services.core.domain.park_help import help_for
from services.core.domain.park_owner import ParkOwner, owner_of
from services.core.persistence.parked import (
    ParkedDossier,
    ParkedFilter,
    ParkedGroup,
    ParkedMark,
    ParkedSummary,
)

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_INSTANT_BYTES: Final = 8


class ParkedSelection(Body):
    """Which parked dossiers are meant: those for which all that is given holds.

    The range includes its beginning, not its end.
    """

    unit: Annotated[str | None, Field(max_length=100, description="Code of a unit; its subtree counts")] = (
        None
    )
    dossier: Annotated[str | None, Field(max_length=100, description="Id or number of one dossier")] = None
    cause: ParkCause | None = None
    group: Annotated[
        str | None, Field(max_length=MAX_LENGTH, pattern=r"^[^\x00-\x1f]*$", description="As listed")
    ] = None
    procedure: Annotated[str | None, Field(max_length=100, pattern=r"^[!-~]+$")] = None
    parked_from: Instant | None = None
    parked_to: Instant | None = None

    def to_domain(self, unit_path: str) -> ParkedFilter:
        """Give the filter over the subtree under `unit_path`; raises `DossierNotFound`."""
        return ParkedFilter(
            unit_path=unit_path,
            dossier=None if self.dossier is None else reference_of(self.dossier),
            cause=self.cause,
            group=self.group,
            procedure_code=self.procedure,
            parked_from=self.parked_from,
            parked_to=self.parked_to,
        )


class ParkedQuery(ParkedSelection):
    """A page of the list."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=64, description="`next_cursor` of the page before")] = None


class GroupQuery(ParkedSelection):
    """The largest groups."""

    limit: Annotated[int, Field(ge=1, le=200)] = 50


class ReplayIn(ParkedSelection):
    """What to send on. To mean everything in the caller's units, say `all`."""

    all: StrictBool = False
    reason: Prose | None = None

    def check_narrowed(self) -> None:
        """Raise `FilterNeeded` unless something narrows the selection, or `all` was said."""
        if not self.all and not self.model_fields_set - {"all", "reason"}:
            raise FilterNeeded


class CloseIn(ReplayIn):
    """What to give up, and why."""

    reason: Prose


class ParkedDossierOut(Answer):
    """A dossier that waits for a person. `words` are the portal's or ours, without what tells whose it is."""

    id: UUID
    code: str
    unit_code: str
    procedure_code: str
    park_cause: str | None
    park_group: str
    words: str | None
    due_since: Instant
    parked_at: Instant | None
    flagged_at: Instant | None

    @classmethod
    def of(cls, dossier: ParkedDossier) -> Self:
        """Show a line."""
        return cls(
            id=dossier.mark.dossier_id,
            code=dossier.code,
            unit_code=dossier.unit_code,
            procedure_code=dossier.procedure_code,
            park_cause=dossier.park_cause,
            park_group=dossier.park_group,
            words=dossier.words,
            due_since=dossier.mark.due_since,
            parked_at=dossier.parked_at,
            flagged_at=dossier.flagged_at,
        )


class ParkedPageOut(Answer):
    """A page, longest waiting first; `next_cursor` is null on the last one."""

    items: list[ParkedDossierOut]
    next_cursor: str | None


class ParkedGroupOut(Answer):
    """Dossiers with one cause. `meaning` and `fix` are null for a group that this version has no words for.

    `owner` is who has to act: the dossier's `unit`, `operations` or the `developers`.
    `next_flagged_at` is when the portal counts the next of them as late.
    """

    group: str
    causes: list[str]
    owner: ParkOwner
    dossiers: int
    first_since: Instant
    next_flagged_at: Instant | None
    meaning: str | None
    fix: str | None
    words: str | None
    examples: list[str]

    @classmethod
    def of(cls, group: ParkedGroup, language: Language) -> Self:
        """Show a group."""
        known = help_for(group.group)
        return cls(
            group=group.group,
            causes=list(group.causes),
            owner=owner_of(group.group),
            dossiers=group.count,
            first_since=group.first_since,
            next_flagged_at=group.next_flagged_at,
            meaning=None if known is None else Said(*known.meaning).in_(language),
            fix=None if known is None else Said(*known.fix).in_(language),
            words=group.words,
            examples=list(group.examples),
        )


class ParkedGroupsOut(Answer):
    """The largest groups; `dossiers` and `groups` count all that fit."""

    dossiers: int
    groups: int
    items: list[ParkedGroupOut]

    @classmethod
    def of(cls, summary: ParkedSummary, language: Language) -> Self:
        """Show the groups."""
        return cls(
            dossiers=summary.dossier_count,
            groups=summary.group_count,
            items=[ParkedGroupOut.of(group, language) for group in summary.groups],
        )


class InterventionOut(Answer):
    """What a replay or a closing came to; `id` is that of its record, null if it concerned no dossier.

    `left` fit as well and take another call. `last_due_at` is when the last replayed one is sent on.
    """

    id: UUID | None
    dossiers: int
    left: int
    last_due_at: Instant | None


def write_place(mark: ParkedMark | None) -> str | None:
    """Name the place in the list where a page ended."""
    if mark is None:
        return None
    at = (mark.due_since - _EPOCH) // _MICROSECOND
    place = at.to_bytes(_INSTANT_BYTES, signed=True) + mark.dossier_id.bytes
    return base64.urlsafe_b64encode(place).decode()


def read_place(cursor: str | None) -> ParkedMark | None:
    """Find the place again; raises `CursorInvalid`."""
    if cursor is None:
        return None
    try:
        place = base64.b64decode(cursor, altchars=b"-_", validate=True)
        at = int.from_bytes(place[:_INSTANT_BYTES], signed=True)
        return ParkedMark(_EPOCH + at * _MICROSECOND, UUID(bytes=place[_INSTANT_BYTES:]))
    except (binascii.Error, ValueError, OverflowError) as exc:
        raise CursorInvalid from exc
