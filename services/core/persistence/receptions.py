"""Storing what was taken in: numbers, dossiers, histories, delivery rows, totals and the answer, at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.audit import Action, Actor
from services.core.domain.catalogue import Unit, UnknownProcedure
from services.core.domain.citizen import facts_of_applicant
from services.core.domain.code import CodeParts, DossierCode
from services.core.domain.deadline import VIETNAM
from services.core.domain.errors import DomainError
from services.core.domain.lookup import LEGAL_BASIS
from services.core.domain.reception import Reception, Recorded
from services.core.domain.request import RequestInProgress, RequestKey
from services.core.persistence.audit_log import who
from services.core.persistence.citizens import facts_document
from services.core.persistence.faults import constraint_of
from services.core.persistence.idempotency import FirstAnswer
from services.core.persistence.papers import Document, document
from services.core.persistence.reception_statements import KEEP_CLEAR, RECEIVE

FIRST_VERSION: Final = 1

#: A number beyond this is not a count, and no counter of ours will ever meet it.
_HIGHEST_COUNT: Final = 999_999


class DossierCodeTaken(DomainError):
    """Another dossier has the number; perhaps it is the same one, filed twice."""

    code = "dossier-code-taken"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A filing that passed all checks, with its place in the call and the unit that it belongs to."""

    line: int
    unit: Unit
    reception: Reception
    needs_look_up: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """How a reception goes on record; its objects are the dossiers that were stored."""

    actor: Actor
    action: Action
    request_id: str | None


class ReceptionRepository:
    """Stores receptions; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(
        self,
        accepted: Sequence[Accepted],
        *,
        refused: Sequence[Document],
        client_id: UUID,
        request: RequestKey,
        today: date,
        recorded: Recording,
    ) -> FirstAnswer:
        """Store all that is not stored yet, and give the answer: this call's, or that of an earlier one.

        The answer lists, by line of the call, what was received (`id` is null where the number is taken) and
        `refused`, as it was given. It is kept if anything was received. Raises `RequestInProgress`.
        """
        await self._keep_clear(accepted, recorded.actor.unit_path)
        values = {
            **who(recorded.actor, recorded.request_id),
            "action": recorded.action.value,
            "client_id": client_id,
            "route": request.route,
            "key": request.key,
            "fingerprint": request.fingerprint,
            "status": request.status,
            "filings": [_filing(item, today) for item in accepted],
            "refused": refused,
            "legal_basis": LEGAL_BASIS,
        }
        try:
            row = (await self._session.execute(RECEIVE, values)).one()
        except IntegrityError as exc:
            refusal = _refusal(exc)
            if refusal is None:
                raise
            raise refusal from exc
        if row.seen_answer is not None:
            return FirstAnswer(row.seen_fingerprint, row.seen_answer)
        if not row.free:
            raise RequestInProgress
        return FirstAnswer(request.fingerprint, row.document, is_new=True)

    async def _keep_clear(self, accepted: Sequence[Accepted], unit_path: str | None) -> None:
        """Let our own numbers go on behind those that an imported dossier brought along."""
        taken = [
            (item.unit.id, parts.day, parts.number)
            for item in accepted
            if (parts := _own_parts(item)) is not None
        ]
        if not taken:
            return
        highest = sorted({(unit, day): (unit, day, n) for unit, day, n in sorted(taken)}.values())
        units, days, numbers = zip(*highest, strict=True)
        values = {"units": list(units), "days": list(days), "numbers": list(numbers)}
        await self._session.execute(KEEP_CLEAR, values | {"unit_path": unit_path})


def _own_parts(item: Accepted) -> CodeParts | None:
    code = item.reception.code
    parts = None if code is None else DossierCode.parse(code).parts
    if parts is None or parts.unit_code != item.unit.code or parts.number > _HIGHEST_COUNT:
        return None
    return parts


def _refusal(exc: IntegrityError) -> DomainError | None:
    """Translate the constraint that spoke, where it says something to the caller."""
    match constraint_of(exc):
        case "pk_idempotency_keys":
            return RequestInProgress()
        case "fk_dossiers_procedure_code_procedures":
            return UnknownProcedure(pointer="/procedure_code")
        case _:
            return None


def _filing(item: Accepted, today: date) -> Document:
    reception, filing, life = item.reception, item.reception.filing, item.reception.life
    return _knowledge(reception) | {
        "line": item.line,
        "code": reception.code,
        "unit_id": item.unit.id,
        "unit_code": item.unit.code,
        "day": today.isoformat(),
        "origin": filing.origin.value,
        "procedure_code": filing.procedure_code,
        "status": int(life.status),
        "version": FIRST_VERSION,
        "last_seq": len(reception.history),
        "last_occurred_at": life.last_occurred_at.isoformat(),
        "supplement_requests": life.supplement_requests,
        "channel": int(filing.channel),
        "filing_mode": filing.filing_mode.value,
        "result_delivery": int(filing.result_delivery),
        "submitted_at": reception.submitted_at.isoformat(),
        "received_at": _text(life.received_at),
        "promised_at": _text(life.promised_at),
        "due_at": _text(life.due_at),
        "ended_at": _text(life.ended_at),
        "returned_at": _text(life.returned_at),
        "summary": filing.summary,
        "note": filing.note,
        "applicant": document(filing.applicant),
        "components": [document(part) for part in filing.components],
        "fees": [document(part) for part in filing.fees],
        "results": [document(part) for part in filing.results],
        "entries": [_entry(recorded) for recorded in reception.history],
        "flagged_at": _text(reception.flagged_at),
        "desk_flagged_at": _text(reception.view.flagged_at),
        "desk_ended_at": _text(reception.view.ended_at),
        "ended_seq": reception.ended_seq,
        "agent": None if filing.agent is None else document(filing.agent),
        "acceptance_due_at": _text(reception.acceptance_due_at),
        "answered_at": _text(reception.answered_at),
        "reception_day": _local_day(life.received_at or reception.submitted_at),
        "receiving_officer": reception.receiving_officer,
        "needs_look_up": item.needs_look_up,
    }


def _knowledge(reception: Reception) -> Document:
    """Give what a filing says of its owner, and what of that the desk did not have to ask."""
    facts = facts_of_applicant(reception.filing.applicant, as_of=reception.submitted_at)
    if facts is None:
        return {}
    return {
        "identity_number": facts.identity_number,
        "name_key": facts.name_key,
        "facts": facts_document(facts),
        "prefilled": [field.value for field in reception.filing.prefilled],
    }


def _entry(recorded: Recorded) -> Document:
    entry = recorded.entry
    return {
        "seq": entry.seq,
        "status": int(entry.status),
        "occurred_at": entry.occurred_at.isoformat(),
        "officer": entry.officer,
        "department": entry.department,
        "text": entry.text,
        "facts": recorded.facts,
    }


def _local_day(at: datetime) -> str:
    return at.astimezone(VIETNAM).date().isoformat()


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
