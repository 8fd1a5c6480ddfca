"""Look-ups in the population database, as the desk asks for them and reads them."""

from datetime import date
from enum import StrEnum
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field

from services.api.lookup_words import words_of
from services.api.problems import Language
from services.api.refusals import FieldNotWanted, FieldsNeeded
from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.api.schemas.parts import Body
from services.api.schemas.text import BirthText, IdentityText, Line, Officer, Prose, ShortLine
from services.core.application.ask_by_hand import AboutDossier, AboutPerson
from services.core.application.report_look_ups import LookUpGrouping, LookUpReport
from services.core.domain.figures import Grouping
from services.core.domain.filing import Applicant, ApplicantKind
from services.core.domain.lookup import LEGAL_BASIS, LookUpFigures, Refusal, Result, Share
from services.core.persistence.dossiers import Reference
from services.core.persistence.look_up_views import LookUpView


class LookUpProgress(StrEnum):
    """`pending` look-ups go on by themselves; `settled` ones have their outcome."""

    PENDING = "pending"
    SETTLED = "settled"


class LookUpOut(Answer):
    """Where a look-up stands. Of a pending one, `outcome` is what the last question came to.

    `refusal` says why a question was turned down, `reused` that an earlier match of the unit stands in for
    a question. `note` says what it means for the officer.
    """

    id: UUID
    dossier_id: UUID | None
    state: LookUpProgress
    outcome: Result | None
    refusal: Refusal | None
    reused: bool
    asked_at: Instant | None
    settled_at: Instant | None
    note: str

    @classmethod
    def of(cls, look_up: LookUpView, language: Language) -> Self:
        """Show a look-up."""
        return cls(
            id=look_up.id,
            dossier_id=look_up.dossier_id,
            state=LookUpProgress.SETTLED if look_up.is_settled else LookUpProgress.PENDING,
            outcome=look_up.result,
            refusal=look_up.refusal,
            reused=look_up.reused,
            asked_at=look_up.asked_at,
            settled_at=look_up.settled_at,
            note=words_of(look_up).in_(language),
        )


class PersonIn(Body):
    """Somebody to ask about; the database wants number, name and birth to fit."""

    identity_number: IdentityText
    name: Line
    birth: BirthText | None = None


class LookUpIn(Body):
    """A question by hand, in the name of `officer`: about a `dossier` (id or number), or about a `person`.

    One about a person without a dossier needs the `unit_code` that asks, and a `reason`.
    """

    officer: Officer
    dossier: ShortLine | None = None
    person: PersonIn | None = None
    unit_code: ShortLine | None = None
    reason: Prose | None = None
    legal_basis: Line | None = None

    def about_person(self) -> AboutPerson | None:
        """Give the wish about a person, `None` if it is one about a dossier.

        Raises `FieldsNeeded` or `FieldNotWanted`.
        """
        if self.person is None:
            if self.dossier is None:
                raise FieldsNeeded(pointer="/dossier")
            for name in ("unit_code", "legal_basis"):
                if getattr(self, name) is not None:
                    raise FieldNotWanted(pointer=f"/{name}")
            return None
        if self.dossier is not None:
            raise FieldNotWanted(pointer="/dossier")
        if self.unit_code is None or self.reason is None:
            raise FieldsNeeded(pointer="/unit_code" if self.unit_code is None else "/reason")
        person = Applicant(
            ApplicantKind.CITIZEN, self.person.name, self.person.identity_number, birth=self.person.birth
        )
        return AboutPerson(person, self.unit_code, self.officer, self.reason, self.legal_basis or LEGAL_BASIS)

    def about_dossier(self, reference: Reference) -> AboutDossier:
        """Give the wish about a dossier."""
        return AboutDossier(reference, self.officer, self.reason)


class LookUpReportQuery(Body):
    """Local days, both included."""

    first: Annotated[date, Field(alias="from")]
    last: Annotated[date, Field(alias="to")]
    unit: Annotated[str | None, Field(max_length=100, description="Code of a unit; its subtree counts")] = (
        None
    )
    by: LookUpGrouping = Grouping.UNIT


class ShareOut(Answer):
    """`percent` has two decimals, half up; null of nothing."""

    numerator: int
    denominator: int
    percent: float | None

    @classmethod
    def of(cls, share: Share) -> Self:
        """Show a share."""
        percent = share.percent
        return cls(
            numerator=share.numerator,
            denominator=share.denominator,
            percent=None if percent is None else float(percent),
        )


class LookUpFiguresOut(Answer):
    """One unit, procedure, or all; `code` is empty for all, and for questions without a dossier.

    `rate` is look-ups per dossier received, as published. `verified` is dossiers with a verified applicant
    out of those that need one; the counts beside it say where the rest is.
    """

    code: str
    name: str
    received: int
    needed: int
    asked: int
    reused: int
    matched: int
    mismatched: int
    not_found: int
    refused: int
    pending: int
    rate: ShareOut
    verified: ShareOut

    @classmethod
    def of(cls, figures: LookUpFigures) -> Self:
        """Show figures."""
        return cls(
            code=figures.code,
            name=figures.name,
            received=figures.received,
            needed=figures.needed,
            asked=figures.asked,
            reused=figures.reused,
            matched=figures.matched,
            mismatched=figures.mismatched,
            not_found=figures.not_found,
            refused=figures.refused,
            pending=figures.pending,
            rate=ShareOut.of(figures.rate),
            verified=ShareOut.of(figures.verified),
        )


class LookUpReportOut(Answer):
    """Look-ups of a period. Counts are those of the days, up to the latest answer."""

    first: Annotated[date, Field(serialization_alias="from")]
    last: Annotated[date, Field(serialization_alias="to")]
    by: LookUpGrouping
    total: LookUpFiguresOut
    lines: list[LookUpFiguresOut]

    @classmethod
    def of(cls, report: LookUpReport) -> Self:
        """Show a report."""
        return cls(
            first=report.period.first,
            last=report.period.last,
            by=report.by,
            total=LookUpFiguresOut.of(report.total),
            lines=[LookUpFiguresOut.of(line) for line in report.lines],
        )
