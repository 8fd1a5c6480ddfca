"""A dossier as the desk reads it. Times are Vietnamese, with their offset."""

from typing import Self, TypeVar
from uuid import UUID

from services.api.problems import Language
from services.api.schemas.answer import Answer, ETag, tag
from services.api.schemas.instant import Day, Instant
from services.api.schemas.lookup import LookUpOut
from services.api.schemas.words import (
    ApplicantKindWord,
    ChannelWord,
    FeeKindWord,
    FeeStageWord,
    ResultDeliveryWord,
    ReuseWord,
    StatusNumber,
)
from services.core.application.apologise import HandedOver
from services.core.domain.delivery import DeliveryState
from services.core.domain.filing import FilingMode, Ground, Origin, PaymentMethod
from services.core.domain.identity import IdentityNumber
from services.core.domain.verdict import Verdict
from services.core.persistence.dossiers import DossierDetails


class UnitOut(Answer):
    code: str
    name: str


class ProcedureOut(Answer):
    code: str
    name: str
    field_code: str
    field_name: str


class ApplicantOut(Answer):
    kind: ApplicantKindWord
    name: str
    identity_number: str | None
    organisation_number: str | None
    portal_account: str | None
    verified_by_vneid: bool
    phone: str | None
    email: str | None
    address: str | None
    birth: str | None


class AgentOut(Answer):
    """Who filed in the owner's place, and on what ground."""

    name: str
    ground: Ground
    identity_number: str | None
    phone: str | None
    paper: str | None


class ComponentOut(Answer):
    name: str
    code: str | None
    link: str | None
    digitised: bool
    reuse: ReuseWord
    from_national_store: bool
    valid_until: Day | None


class FeeOut(Answer):
    name: str
    amount_vnd: int
    code: str | None
    stage: FeeStageWord
    kind: FeeKindWord
    paid_by: PaymentMethod | None
    paid_at: Instant | None


class ResultOut(Answer):
    name: str
    code: str | None
    link: str | None
    valid_until: Day | None


class ApologyOut(Answer):
    """The letter, with the date that had been promised before (`due_at`)."""

    reason: str
    due_at: Instant
    new_date: Instant
    handed_over: HandedOver
    given_at: Instant


class VerdictsOut(Answer):
    """What our clock says and what the portal publishes; late by the portal's alone is `false_late`."""

    desk: Verdict
    portal: Verdict
    false_late: bool

    @classmethod
    def of(cls, *, late_at_desk: bool, late_on_portal: bool) -> Self:
        return cls(
            desk=Verdict.LATE if late_at_desk else Verdict.ON_TIME,
            portal=Verdict.LATE if late_on_portal else Verdict.ON_TIME,
            false_late=late_on_portal and not late_at_desk,
        )


class DossierOut(Answer):
    """A dossier as it stands. `promised_at` is the first promise, `due_at` the one that counts now.

    `acceptance_due_at` is by when an online filing must have been answered, `answered_at` when it was.
    `lookup` is null where the applicant needs none in the population database.
    """

    id: UUID
    code: str
    etag: ETag
    origin: Origin
    unit: UnitOut
    procedure: ProcedureOut
    status: StatusNumber
    supplement_requests: int
    channel: ChannelWord
    filing_mode: FilingMode
    result_delivery: ResultDeliveryWord
    submitted_at: Instant
    received_at: Instant | None
    promised_at: Instant | None
    due_at: Instant | None
    apology: ApologyOut | None
    ended_at: Instant | None
    returned_at: Instant | None
    acceptance_due_at: Instant | None
    answered_at: Instant | None
    applicant: ApplicantOut
    agent: AgentOut | None
    summary: str
    note: str | None
    components: list[ComponentOut]
    fees: list[FeeOut]
    results: list[ResultOut]
    created_at: Instant
    delivery_state: DeliveryState
    verdict: VerdictsOut
    lookup: LookUpOut | None

    @classmethod
    def of(cls, details: DossierDetails, language: Language, *, masked: bool) -> Self:
        """Show a dossier, the numbers of people as masks if wanted."""
        body = details.body
        return cls(
            id=details.id,
            code=body.code,
            etag=tag(details.edition),
            origin=body.origin,
            unit=UnitOut(code=body.unit_code, name=body.unit_name),
            procedure=ProcedureOut(
                code=body.procedure_code,
                name=body.procedure_name,
                field_code=body.field_code,
                field_name=body.field_name,
            ),
            status=body.status,
            supplement_requests=details.supplement_requests,
            channel=body.channel,
            filing_mode=details.filing_mode,
            result_delivery=body.result_delivery,
            submitted_at=body.submitted_at,
            received_at=body.received_at,
            promised_at=details.promised_at,
            due_at=body.due_at,
            apology=None if details.apology is None else ApologyOut.model_validate(details.apology),
            ended_at=body.ended_at,
            returned_at=body.returned_at,
            acceptance_due_at=details.acceptance_due_at,
            answered_at=details.answered_at,
            applicant=_shown(ApplicantOut.model_validate(body.applicant), masked=masked),
            agent=None
            if details.agent is None
            else _shown(AgentOut.model_validate(details.agent), masked=masked),
            summary=body.summary,
            note=body.note,
            components=[ComponentOut.model_validate(part) for part in body.components],
            fees=[FeeOut.model_validate(part) for part in body.fees],
            results=[ResultOut.model_validate(part) for part in body.results],
            created_at=details.created_at,
            delivery_state=details.delivery_state,
            verdict=VerdictsOut.of(late_at_desk=details.late_at_desk, late_on_portal=details.late_on_portal),
            lookup=None if details.look_up is None else LookUpOut.of(details.look_up, language),
        )


P = TypeVar("P", ApplicantOut, AgentOut)


def _shown(person: P, *, masked: bool) -> P:
    number = person.identity_number
    if not masked or number is None:
        return person
    return person.model_copy(update={"identity_number": IdentityNumber(number).mask()})
