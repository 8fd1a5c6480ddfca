"""What the desk sends to change a dossier. The state that it was decided on stands in `If-Match`."""

from typing import Any, Final

from pydantic import MISSING, ConfigDict, JsonValue, StrictBool

from services.api.schemas.instant import Instant
from services.api.schemas.parts import AgentIn, Body, Components, Fees, Results
from services.api.schemas.text import (
    BirthText,
    Email,
    IdentityText,
    Line,
    Officer,
    OrganisationText,
    Phone,
    Prose,
    ShortLine,
    Summary,
)
from services.api.schemas.words import (
    ApplicantKindWord,
    ChannelWord,
    ResultDeliveryWord,
    StatusNumber,
)
from services.core.application.apologise import Apology, HandedOver
from services.core.application.change_dossier import Signed
from services.core.application.correct_dossier import Correction
from services.core.domain.filing import FilingMode
from services.core.domain.reception import Step

_SIGNED: Final[dict[str, JsonValue]] = {"officer": "Trần Thị Bình", "department": "Phòng Tư pháp"}
_PROGRESS: Final[dict[str, JsonValue]] = _SIGNED | {"status": 4, "text": "Chuyển phòng Tư pháp thụ lý"}
_EXTENSION: Final[dict[str, JsonValue]] = _SIGNED | {
    "new_due_at": "2099-03-20T17:00:00+07:00",
    "reason": "Phải xác minh thêm",
}
_APOLOGY: Final[dict[str, JsonValue]] = _SIGNED | {
    "new_date": "2099-03-20T17:00:00+07:00",
    "reason": "Chờ kết quả xác minh",
    "handed_over": "sms",
}
_CORRECTION: Final[dict[str, JsonValue]] = _SIGNED | {
    "reason": "Ghi nhầm số điện thoại",
    "applicant": {"phone": "0912345678"},
}


class Change(Body):
    """Who did it."""

    officer: Officer
    department: Line | None = None

    def signed(self, text: str) -> Signed:
        """Give the signature under a line of the history."""
        return Signed(self.officer, self.department, text)


class ProgressIn(Change):
    """A step of the dossier's life. `occurred_at` left out means now.

    `due_at` is the promise of a reception under a procedure without a processing time. A second supplement
    request needs `second_supplement_confirmed`, because the portal counts the dossier as late from then on.
    """

    model_config = ConfigDict(json_schema_extra={"examples": [_PROGRESS]})

    status: StatusNumber
    text: Prose
    occurred_at: Instant | None = None
    due_at: Instant | None = None
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


class ExtensionIn(Change):
    """More time, as the law allows before the due time."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXTENSION]})

    new_due_at: Instant
    reason: Prose


class ApologyIn(Change):
    """The letter of apology with its new date; once in a dossier's life."""

    model_config = ConfigDict(json_schema_extra={"examples": [_APOLOGY]})

    new_date: Instant
    reason: Prose
    handed_over: HandedOver

    def to_domain(self) -> Apology:
        """Give the use case's value."""
        return Apology(self.new_date, self.handed_over, self.signed(self.reason))


class ApplicantCorrection(Body):
    """Fields of the applicant to overwrite; those left out stay, null empties one."""

    kind: ApplicantKindWord | MISSING = MISSING
    name: Line | MISSING = MISSING
    identity_number: IdentityText | MISSING | None = MISSING
    organisation_number: OrganisationText | MISSING | None = MISSING
    portal_account: ShortLine | MISSING | None = MISSING
    verified_by_vneid: StrictBool | MISSING = MISSING
    phone: Phone | MISSING | None = MISSING
    email: Email | MISSING | None = MISSING
    address: Line | MISSING | None = MISSING
    birth: BirthText | MISSING | None = MISSING


class CorrectionIn(Change):
    """Fields to overwrite, with the reason; those left out stay. Lists are replaced as a whole."""

    model_config = ConfigDict(json_schema_extra={"examples": [_CORRECTION]})

    reason: Prose
    applicant: ApplicantCorrection | MISSING = MISSING
    summary: Summary | MISSING = MISSING
    note: Prose | MISSING | None = MISSING
    channel: ChannelWord | MISSING = MISSING
    filing_mode: FilingMode | MISSING = MISSING
    agent: AgentIn | MISSING | None = MISSING
    result_delivery: ResultDeliveryWord | MISSING = MISSING
    components: Components | MISSING = MISSING
    fees: Fees | MISSING = MISSING
    results: Results | MISSING = MISSING

    def to_domain(self) -> Correction:
        """Give the use case's value: what was named, and nothing else."""
        given = {name: getattr(self, name) for name in self.model_fields_set - _ABOUT_THE_CHANGE}
        applicant = given.pop("applicant", None)
        return Correction(
            applicant={name: getattr(applicant, name) for name in applicant.model_fields_set}
            if applicant
            else {},
            dossier={name: _domain_value(value) for name, value in given.items()},
        )


_ABOUT_THE_CHANGE: Final = frozenset({"officer", "department", "reason"})


def _domain_value(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(part.to_domain() for part in value)
    return value.to_domain() if isinstance(value, AgentIn) else value
