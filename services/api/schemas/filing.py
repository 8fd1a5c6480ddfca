"""What the desk sends to take a dossier in."""

from typing import Annotated, Final

from pydantic import ConfigDict, Field, JsonValue, StrictBool

from services.api.refusals import FieldNotWanted, OfficerNeeded
from services.api.schemas.instant import Instant
from services.api.schemas.parts import AgentIn, ApplicantIn, Body, Components, Fees, Results, StepIn
from services.api.schemas.text import (
    CodeText,
    Line,
    Officer,
    Prose,
    ShortLine,
    Summary,
)
from services.api.schemas.words import (
    ChannelWord,
    ResultDeliveryWord,
)
from services.core.domain.citizen import CitizenField
from services.core.domain.dossier import Status
from services.core.domain.filing import (
    FilingMode,
    Origin,
    ResultDelivery,
)
from services.core.domain.reception import Filing, Step

_RECEIVED_TEXT: Final = "Tiếp nhận hồ sơ"
_REGISTERED_TEXT: Final = "Đăng ký hồ sơ"


_EXAMPLE: Final[dict[str, JsonValue]] = {
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
    `officer`, `department`, `text`, `received` and `received_at` are left out. `prefilled` names the values
    that came from the citizen's record, so that they do not count as asked again.
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
    components: Components = Field(default_factory=list)
    fees: Fees = Field(default_factory=list)
    results: Results = Field(default_factory=list)
    note: Prose | None = None
    officer: Officer | None = None
    department: Line | None = None
    text: Prose | None = None
    received: StrictBool = True
    received_at: Instant | None = None
    due_at: Instant | None = None
    agent: AgentIn | None = None
    prefilled: Annotated[list[CitizenField], Field(max_length=len(CitizenField))] = Field(
        default_factory=list
    )
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
            agent=None if self.agent is None else self.agent.to_domain(),
            prefilled=frozenset(self.prefilled),
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
