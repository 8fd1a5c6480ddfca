"""Parts of what the desk sends: the applicant, papers, fees, steps of the past."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from services.api.schemas.instant import Day, Instant
from services.api.schemas.text import (
    BirthText,
    Email,
    FileName,
    IdentityText,
    Line,
    Link,
    Officer,
    OrganisationText,
    Phone,
    Prose,
    ResultName,
    ShortLine,
)
from services.api.schemas.words import (
    ApplicantKindWord,
    FeeKindWord,
    FeeStageWord,
    ReuseWord,
    StatusNumber,
)
from services.core.domain.filing import (
    Agent,
    Applicant,
    Component,
    Fee,
    FeeKind,
    FeeStage,
    Ground,
    PaymentMethod,
    Result,
    Reuse,
)
from services.core.domain.reception import Step


class Body(BaseModel):
    """What comes in: unknown fields are refused, and errors do not show what was sent."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class ApplicantIn(Body):
    """Owner of the dossier. A citizen has an `identity_number`, a business an `organisation_number`.

    `birth` is a year or a day. The look-up in the population database takes the year from a 12-digit number
    where it is left out; with an old 9-digit card it is needed.
    """

    kind: ApplicantKindWord
    name: Line
    identity_number: IdentityText | None = None
    organisation_number: OrganisationText | None = None
    portal_account: ShortLine | None = None
    verified_by_vneid: StrictBool = False
    phone: Phone | None = None
    email: Email | None = None
    address: Line | None = None
    birth: BirthText | None = None

    def to_domain(self) -> Applicant:
        """Give the domain's value."""
        return Applicant(
            kind=self.kind,
            name=self.name,
            identity_number=self.identity_number,
            organisation_number=self.organisation_number,
            portal_account=self.portal_account,
            verified_by_vneid=self.verified_by_vneid,
            phone=self.phone,
            email=self.email,
            address=self.address,
            birth=self.birth,
        )


class AgentIn(Body):
    """Who files in the owner's place. `paper` names the document that proves the ground."""

    name: Line
    ground: Ground
    identity_number: IdentityText | None = None
    phone: Phone | None = None
    paper: Line | None = None

    def to_domain(self) -> Agent:
        """Give the domain's value."""
        return Agent(self.name, self.ground, self.identity_number, self.phone, self.paper)


class ComponentIn(Body):
    """A paper handed in; the portal fetches `link` later, so it must stay reachable.

    `valid_until` is the last day on which it may be used again.
    """

    name: FileName
    code: ShortLine | None = None
    link: Link | None = None
    digitised: StrictBool = False
    reuse: ReuseWord = Reuse.NONE
    from_national_store: StrictBool = False
    valid_until: Day | None = None

    def to_domain(self) -> Component:
        """Give the domain's value."""
        return Component(
            self.name,
            self.code,
            self.link,
            self.digitised,
            self.reuse,
            self.from_national_store,
            self.valid_until,
        )


class FeeIn(Body):
    """A fee in whole dong."""

    name: Line
    amount_vnd: Annotated[StrictInt, Field(ge=0, le=1_000_000_000_000)]
    code: ShortLine | None = None
    stage: FeeStageWord = FeeStage.AT_RECEPTION
    kind: FeeKindWord = FeeKind.ORDINARY
    paid_by: PaymentMethod | None = None
    paid_at: Instant | None = None

    def to_domain(self) -> Fee:
        """Give the domain's value."""
        return Fee(self.name, self.amount_vnd, self.code, self.stage, self.kind, self.paid_by, self.paid_at)


class ResultIn(Body):
    """A paper given out."""

    name: ResultName
    code: ShortLine | None = None
    link: Link | None = None
    valid_until: Day | None = None

    def to_domain(self) -> Result:
        """Give the domain's value."""
        return Result(self.name, self.code, self.link, self.valid_until)


class StepIn(Body):
    """A step of the past, as an older system recorded it."""

    status: StatusNumber
    occurred_at: Instant
    officer: Officer
    department: Line | None = None
    text: Prose
    second_supplement_confirmed: StrictBool = False

    def to_domain(self) -> Step:
        """Give the domain's value."""
        return Step(
            status=self.status,
            officer=self.officer,
            text=self.text,
            occurred_at=self.occurred_at,
            department=self.department,
            second_supplement_confirmed=self.second_supplement_confirmed,
        )


Components = Annotated[list[ComponentIn], Field(max_length=200)]
Fees = Annotated[list[FeeIn], Field(max_length=50)]
Results = Annotated[list[ResultIn], Field(max_length=50)]
