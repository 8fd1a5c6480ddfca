"""The evidence on one dossier: codes and times only, so that its digest does not depend on a language."""

import hashlib
import json
from datetime import datetime, timedelta
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import Field

from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.api.schemas.words import StatusNumber
from services.core.application.prove_delivery import Proof, ProvenEntry
from services.core.domain.delivery import DeliveryState, Operation
from services.core.domain.dossier import EntryKind
from services.core.domain.false_late import FalseLateCause, OutageKind
from services.core.domain.receipt import AcknowledgedBy, CallRun
from services.core.domain.verdict import Comparison, Rule, Verdict, View


class ProvenDossierOut(Answer):
    """What identifies the dossier; it does not say whose it is."""

    id: UUID
    code: str
    unit_code: str
    unit_name: str
    procedure_code: str
    procedure_name: str
    submitted_at: Instant
    received_at: Instant | None
    promised_at: Instant | None
    due_at: Instant | None


class ProvenEntryOut(Answer):
    """A line of the history. `occurred_at` is what the desk says, `recorded_at` when it told us.

    `travels` is false for lines that stay at home. `acknowledged_by` is `receipt` (the portal said so when it
    was sent), `look_up` (the answer was lost, and the portal showed it when asked) or `off_record` (the calls
    of that time are no longer held); null as long as the portal has not acknowledged it.
    """

    seq: int
    kind: EntryKind
    status: StatusNumber
    occurred_at: Instant
    recorded_at: Instant
    travels: bool
    acknowledged_at: Instant | None
    acknowledged_by: AcknowledgedBy | None

    @classmethod
    def of(cls, proven: ProvenEntry) -> Self:
        """Show a line."""
        entry, known = proven.line.entry, proven.acknowledgement
        return cls(
            seq=entry.seq,
            kind=entry.kind,
            status=entry.status,
            occurred_at=entry.occurred_at,
            recorded_at=proven.line.recorded_at,
            travels=entry.travels,
            acknowledged_at=known and known.at,
            acknowledged_by=known and known.by,
        )


class BodyOut(Answer):
    """The version of the dossier itself that the portal holds."""

    version: int
    acknowledged_at: Instant | None
    acknowledged_by: AcknowledgedBy


class CallOut(Answer):
    """Calls in a row that differ in their times only; `count` says how many.

    `request_hash` is the SHA-256 of the `data` that was sent, which may carry other dossiers as well; equal
    hashes mean that the same was sent again. `words` is what the portal answered, or why there was no answer;
    of a look-up, what it showed. Anything personal in it is replaced by `…`.
    """

    call_id: UUID
    count: int
    operation: Operation
    outcome: str
    started_at: Instant
    finished_at: Instant
    version: int
    first_seq: int | None
    last_seq: int | None
    request_hash: str | None
    words: str | None

    @classmethod
    def of(cls, run: CallRun) -> Self:
        """Show calls."""
        call = run.first
        return cls(
            call_id=call.call_id,
            count=run.count,
            operation=call.operation,
            outcome=call.outcome,
            started_at=call.started_at,
            finished_at=run.finished_at,
            version=call.version,
            first_seq=call.first_seq,
            last_seq=call.last_seq,
            request_hash=call.request_hash.hex() or None,
            words=call.words,
        )


class RecordOut(Answer):
    """How far the record of calls reaches.

    `complete` is false if a receipt is missing because old months were put away (`begins_at` is then the
    first one that is held) or because there were more calls than are shown (`calls_cut`).
    """

    begins_at: Instant | None
    complete: bool
    calls_cut: bool


class ProvenVerdictOut(Answer):
    """A verdict with what it was reckoned from."""

    verdict: Verdict
    rule: Rule
    due_at: Instant | None
    ended_at: Instant | None
    supplement_seconds: int
    flagged_at: Instant | None

    @classmethod
    def of(cls, view: View, verdict: Verdict, due_at: datetime | None, supplement: timedelta) -> Self:
        """Show how one side reckons."""
        return cls(
            verdict=verdict,
            rule=view.rule,
            due_at=due_at,
            ended_at=view.ended_at,
            supplement_seconds=int(supplement.total_seconds()),
            flagged_at=view.flagged_at,
        )


class FalseLateOut(Answer):
    """Why the portal shows, or until `until` showed, the dossier late although it ended in time.

    `since` and `outage_id` are known where an outage is the proven cause.
    """

    cause: FalseLateCause
    since: Instant | None
    until: Instant | None
    outage_id: int | None

    @classmethod
    def find(cls, proof: Proof) -> Self | None:
        """Give the cause on record, or what it is as things stand; `None` where both sides agree."""
        record, blamed = proof.delivery.record, proof.blamed
        cause = proof.delivery.false_late_cause or record.false_late_cause
        if cause is None:
            return None
        return cls(
            cause=cause,
            since=blamed.flagged_at if blamed else None,
            until=record.accepted_at if proof.delivery.portal_verdict is Verdict.ON_TIME else None,
            outage_id=blamed and blamed.outage_id,
        )


class ProvenWindowOut(Answer):
    """A time in which the portal was unreachable or refused service while the dossier was under way."""

    id: int
    kind: OutageKind
    reasons: list[str]
    last_success_at: Instant | None
    began_at: Instant
    ended_at: Instant | None


class ProofFacts(Answer):
    """The evidence itself; everything that the digest covers.

    `reported_at` is when the end of the dossier reached this system, `accepted_at` when the portal had it.
    `portal` is null until the portal holds the dossier.
    """

    dossier: ProvenDossierOut
    state: DeliveryState
    reported_at: Instant | None
    accepted_at: Instant | None
    body: BodyOut | None
    timeline: list[ProvenEntryOut]
    calls: list[CallOut]
    record: RecordOut
    comparison: Comparison
    desk: ProvenVerdictOut
    portal: ProvenVerdictOut | None
    false_late: FalseLateOut | None
    outages: list[ProvenWindowOut]

    @classmethod
    def of(cls, proof: Proof) -> Self:
        """Show the evidence."""
        view, record = proof.delivery, proof.delivery.record
        portal, body = view.portal, proof.body
        return cls(
            dossier=ProvenDossierOut.model_validate(proof.dossier),
            state=record.state,
            reported_at=record.reported_at,
            accepted_at=record.accepted_at,
            body=body
            and BodyOut(version=record.acked_version, acknowledged_at=body.at, acknowledged_by=body.by),
            timeline=[ProvenEntryOut.of(entry) for entry in proof.entries],
            calls=[CallOut.of(run) for run in proof.calls],
            record=RecordOut.model_validate(proof.record),
            comparison=proof.comparison,
            desk=ProvenVerdictOut.of(view.desk, view.desk_verdict, record.due_at, proof.desk_supplement),
            portal=portal
            and ProvenVerdictOut.of(
                portal, view.portal_verdict, record.portal_due_at, proof.portal_supplement
            ),
            false_late=FalseLateOut.find(proof),
            outages=[ProvenWindowOut.model_validate(window) for window in proof.windows],
        )


class ProofOut(Answer):
    """Evidence with the digest that a printed page carries.

    `digest` is `sha-256:` and the hash of `proof` as JSON with sorted names, without spaces, in UTF-8: as
    `jq -cSj .proof | sha256sum` gives it. As long as nothing new happens to the dossier it stays the same.
    """

    issued_at: Instant
    digest: Annotated[str, Field(pattern="^sha-256:[0-9a-f]{64}$")]
    proof: ProofFacts

    @classmethod
    def of(cls, proof: Proof, *, now: datetime) -> Self:
        """Show the evidence as of now."""
        facts = ProofFacts.of(proof)
        return cls(issued_at=now, digest=digest_of(facts.model_dump(mode="json")), proof=facts)


def digest_of(document: dict[str, Any]) -> str:
    """Give the digest of a JSON document, whatever the order of its names."""
    content = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return f"sha-256:{hashlib.sha256(content.encode()).hexdigest()}"
