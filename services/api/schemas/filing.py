"""What the desk sends to take a dossier in."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictInt

from services.api.refusals import FieldNotWanted, OfficerNeeded
from services.api.schemas.instant import Instant
from services.api.schemas.text import (
    CodeText,
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
    Summary,
)
from services.api.schemas.words import (
    ApplicantKindWord,
    ChannelWord,
    FeeKindWord,
    FeeStageWord,
    ResultDeliveryWord,
    ReuseWord,
    StatusNumber,
)
from services.core.domain.dossier import Status
from services.core.domain.filing import (
    Applicant,
    Component,
    Fee,
    FeeKind,
    FeeStage,
    FilingMode,
    Origin,
    PaymentMethod,
    Result,
    ResultDelivery,
    Reuse,
)
from services.core.domain.reception import Filing, Step

_RECEIVED_TEXT: Final = "Tiếp nhận hồ sơ"
_REGISTERED_TEXT: Final = "Đăng ký hồ sơ"


class Body(BaseModel):
    """What comes in: unknown fields are refused, and errors do not show what was sent."""

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, frozen=True)


class ApplicantIn(Body):
    """Owner of the dossier. A citizen has an `identity_number`, a business an `organisation_number`."""

    kind: ApplicantKindWord
    name: Line
    identity_number: IdentityText | None = None
    organisation_number: OrganisationText | None = None
    portal_account: ShortLine | None = None
    verified_by_vneid: StrictBool = False
    phone: Phone | None = None
    email: Email | None = None
    address: Line | None = None

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
        )


class ComponentIn(Body):
    """A paper handed in; the portal fetches `link` later, so it must stay reachable."""

    name: FileName
    code: ShortLine | None = None
    link: Link | None = None
    digitised: StrictBool = False
    reuse: ReuseWord = Reuse.NONE
    from_national_store: StrictBool = False

    def to_domain(self) -> Component:
        """Give the domain's value."""
        return Component(
            self.name, self.code, self.link, self.digitised, self.reuse, self.from_national_store
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

    def to_domain(self) -> Result:
        """Give the domain's value."""
        return Result(self.name, self.code, self.link)


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


_EXAMPLE: Final = {
    "procedure_code": "1.001193",
    "unit_code": "H44.101",
    "channel": "direct",
    "filing_mode": "assisted",
    "applicant": {"kind": "citizen", "name": "Nguyễn Thị Hoa", "identity_number": "025190000123"},
    "summary": "Đăng ký khai sinh",
    "officer": "Trần Văn Bình",
    "department": "Bộ phận Một cửa",
    "components": [{"name": "Tờ khai đăng ký khai sinh", "digitised": True}],
    "fees": [{"name": "Lệ phí hộ tịch", "amount_vnd": 8000, "paid_by": "cash"}],
}


class FilingIn(Body):
    """A dossier to take in.

    Received at once, unless `received` is false (filed online, not looked at yet). With `history` it is one
    that an older system worked on: the steps are checked one by one and arrive with their own times, and
    `officer`, `department`, `text`, `received` and `received_at` are left out.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    procedure_code: ShortLine
    unit_code: ShortLine
    channel: ChannelWord
    filing_mode: FilingMode
    applicant: ApplicantIn
    summary: Summary
    origin: Origin = Origin.DESK
    code: CodeText | None = None
    submitted_at: Instant | None = None
    result_delivery: ResultDeliveryWord = ResultDelivery.AT_DESK
    components: Components = []
    fees: Fees = []
    results: Results = []
    note: Prose | None = None
    officer: Officer | None = None
    department: Line | None = None
    text: Prose | None = None
    received: StrictBool = True
    received_at: Instant | None = None
    due_at: Instant | None = None
    history: Annotated[list[StepIn], Field(min_length=1, max_length=500)] | None = None

    def to_domain(self) -> Filing:
        """Give the domain's value; raises `OfficerNeeded` or `FieldNotWanted`."""
        return Filing(
            procedure_code=self.procedure_code,
            unit_code=self.unit_code,
            origin=self.origin,
            code=self.code,
            channel=self.channel,
            filing_mode=self.filing_mode,
            result_delivery=self.result_delivery,
            applicant=self.applicant.to_domain(),
            summary=self.summary,
            steps=self._steps(),
            submitted_at=self.submitted_at,
            due_at=self.due_at,
            note=self.note,
            components=tuple(part.to_domain() for part in self.components),
            fees=tuple(part.to_domain() for part in self.fees),
            results=tuple(part.to_domain() for part in self.results),
            imported=self.history is not None,
        )

    def _steps(self) -> tuple[Step, ...]:
        if self.history is not None:
            self._refuse("officer", "department", "text", "received", "received_at")
            return tuple(step.to_domain() for step in self.history)
        if self.officer is None:
            raise OfficerNeeded(pointer="/officer")
        if not self.received:
            self._refuse("received_at")
        step = Step(
            status=Status.RECEIVED if self.received else Status.REGISTERED,
            officer=self.officer,
            text=self.text or (_RECEIVED_TEXT if self.received else _REGISTERED_TEXT),
            occurred_at=self.received_at if self.received else self.submitted_at,
            department=self.department,
        )
        return (step,)

    def _refuse(self, *names: str) -> None:
        given = next((name for name in names if name in self.model_fields_set), None)
        if given is not None:
            raise FieldNotWanted(pointer=f"/{given}")
