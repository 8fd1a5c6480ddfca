"""How far a dossier has got on its way to the portal, in words."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, Self
from uuid import UUID

from services.api.problems import Language, Said
from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.api.schemas.words import StatusNumber
from services.core.application.read_delivery import DeliveryView
from services.core.domain.delivery import DeliveryState, ParkCause
from services.core.domain.dossier import EntryKind
from services.core.domain.false_late import FalseLateCause
from services.core.domain.intervention import Action
from services.core.domain.verdict import Rule, Verdict, View

CAUSES: Final[Mapping[FalseLateCause, Said]] = MappingProxyType(
    {
        FalseLateCause.NOT_YET_SENT: Said(
            "Kết thúc của hồ sơ chưa được gửi lên Cổng.", "The end of the dossier has not been sent yet."
        ),
        FalseLateCause.OUTCOME_UNKNOWN: Said(
            "Đã gửi nhưng chưa biết Cổng có nhận hay không; hệ thống sẽ tra cứu.",
            "It was sent, and whether it arrived is not known; the portal will be asked.",
        ),
        FalseLateCause.REJECTED: Said(
            "Cổng từ chối hồ sơ; cần người xem xét.", "The portal refused it; a person has to look."
        ),
        FalseLateCause.PORTAL_DOWN: Said(
            "Cổng không hoạt động từ lúc hồ sơ kết thúc cho đến hạn.",
            "The portal was down from the end of the dossier to its due time.",
        ),
        FalseLateCause.SENT_AFTER_DUE: Said(
            "Bộ phận một cửa báo kết thúc sau khi Cổng đã tính quá hạn.",
            "The desk reported the end after the portal had begun to count it as late.",
        ),
        FalseLateCause.GIVEN_UP: Said(
            "Cán bộ đã đóng việc gửi hồ sơ này; lý do được lưu lại.",
            "A person has given the delivery up; the reason is on record.",
        ),
        FalseLateCause.RULE_MISMATCH: Said(
            "Cổng đã nhận đúng hạn nhưng tính theo cách khác.",
            "The portal had it in time, and reckons by another rule.",
        ),
    }
)

RULES: Final[Mapping[Rule, Said]] = MappingProxyType(
    {
        Rule.NOT_RECEIVED: Said(
            "Chưa tiếp nhận nên chưa tính hạn.", "Not received, so there is nothing to be late with."
        ),
        Rule.NO_DUE_TIME: Said("Không có ngày hẹn trả.", "There is no due time."),
        Rule.RUNNING: Said(
            "Đang xử lý: tính quá hạn khi qua ngày hẹn trả.", "Running: late once the due time passes."
        ),
        Rule.ENDED: Said(
            "Đã kết thúc: so thời điểm kết thúc với ngày hẹn trả.",
            "Ended: the end is compared with the due time.",
        ),
        Rule.SUPPLEMENT_OPEN: Said(
            "Đang chờ bổ sung: so thời điểm yêu cầu với ngày hẹn trả.",
            "Waiting for a supplement: the request is compared with the due time.",
        ),
        Rule.SUPPLEMENT_REPEATED: Said(
            "Yêu cầu bổ sung hơn một lần: tính quá hạn.", "More than one supplement request: late."
        ),
    }
)


class ViewOut(Answer):
    """How one side sees the dossier; `flagged_at` is when it turns late, null if it does not."""

    verdict: Verdict
    rule: Rule
    rule_text: str
    flagged_at: Instant | None
    ended_at: Instant | None

    @classmethod
    def of(cls, view: View, verdict: Verdict, language: Language) -> Self:
        """Show a view with the verdict that it leads to."""
        return cls(
            verdict=verdict,
            rule=view.rule,
            rule_text=RULES[view.rule].in_(language),
            flagged_at=view.flagged_at,
            ended_at=view.ended_at,
        )


class DifferenceOut(Answer):
    """Why the portal calls late what the desk finished in time."""

    cause: FalseLateCause
    text: str


class MissingEntryOut(Answer):
    seq: int
    kind: EntryKind
    status: StatusNumber
    occurred_at: Instant


class AttemptOut(Answer):
    """One call to the portal that carried the dossier."""

    started_at: Instant
    finished_at: Instant
    operation: str
    outcome: str
    version: int
    first_seq: int | None
    last_seq: int | None
    detail: str | None


class PastInterventionOut(Answer):
    """What a person did while the dossier was parked, and what it was parked for."""

    done_at: Instant
    done_by: str
    action: Action
    reason: str | None
    park_cause: str | None
    park_group: str | None


class DeliveryOut(Answer):
    """What the portal has, what is missing, what comes next, and both verdicts.

    `portal` is null as long as the portal does not hold the dossier; `portal_verdict` is then what it would
    say. `body_missing` says that the dossier itself, not only its history, is out of date there.
    """

    id: UUID
    state: DeliveryState
    on_portal: bool
    body_missing: bool
    entries_missing: list[MissingEntryOut]
    due_at: Instant | None
    portal_due_at: Instant | None
    next_attempt_at: Instant | None
    attempts_since_success: int
    last_attempt_at: Instant | None
    last_cause: str | None
    park_cause: ParkCause | None
    park_group: str | None
    parked_at: Instant | None
    reported_at: Instant | None
    accepted_at: Instant | None
    portal_verdict: Verdict
    desk: ViewOut
    portal: ViewOut | None
    difference: DifferenceOut | None
    attempts: list[AttemptOut]
    interventions: list[PastInterventionOut]

    @classmethod
    def of(cls, view: DeliveryView, language: Language) -> Self:
        """Show the way of a dossier."""
        record, cause = view.record, view.false_late_cause
        open_work = record.state in {DeliveryState.DUE, DeliveryState.UNKNOWN}
        return cls(
            id=view.dossier_id,
            state=record.state,
            on_portal=record.on_portal,
            body_missing=record.acked_version < record.target_version,
            entries_missing=[MissingEntryOut.model_validate(entry) for entry in view.missing],
            due_at=record.due_at,
            portal_due_at=record.portal_due_at,
            next_attempt_at=record.next_attempt_at if open_work else None,
            attempts_since_success=record.attempts,
            last_attempt_at=record.last_attempt_at,
            last_cause=record.last_cause,
            park_cause=record.park_cause,
            park_group=record.park_group,
            parked_at=record.parked_at,
            reported_at=record.reported_at,
            accepted_at=record.accepted_at,
            portal_verdict=view.portal_verdict,
            desk=ViewOut.of(view.desk, view.desk_verdict, language),
            portal=None if view.portal is None else ViewOut.of(view.portal, view.portal_verdict, language),
            difference=None
            if cause is None
            else DifferenceOut(cause=cause, text=CAUSES[cause].in_(language)),
            attempts=[AttemptOut.model_validate(attempt) for attempt in view.attempts],
            interventions=[PastInterventionOut.model_validate(done) for done in view.interventions],
        )
