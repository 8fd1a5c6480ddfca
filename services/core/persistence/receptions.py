"""Storing what was taken in: numbers, dossiers, histories, delivery rows, totals and the answer, at once.

One statement, because round trips, not rows, are what a reception costs. The lock on the request key is only
tried: who does not get it is told that the first call is still running. A call that ended between the start
of this statement and its lock is not seen by it, and runs into the primary key of the answers instead.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import Unit, UnknownProcedure
from services.core.domain.code import CodeParts, DossierCode
from services.core.domain.errors import DomainError
from services.core.domain.reception import Reception, Recorded
from services.core.domain.request import RequestInProgress, RequestKey
from services.core.persistence.delivery_marks import QUEUED
from services.core.persistence.faults import constraint_of
from services.core.persistence.idempotency import FirstAnswer
from services.core.persistence.papers import Document, document

# Rows that others want, too, are locked in one order everywhere: numbers, codes, totals, each sorted.
_RECEIVE: Final = text(f"""
WITH request AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', CAST(:client_id AS uuid),
        CAST(:route AS text), CAST(:key AS text)), 0)) AS free
), seen AS MATERIALIZED (
    SELECT fingerprint, answer FROM idempotency_keys
    WHERE client_id = :client_id AND route = :route AND key = :key
), filed AS MATERIALIZED (
    SELECT uuidv7() AS id, f.*
    FROM request, jsonb_to_recordset(:filings) AS f(
        line int, code text, unit_id int, unit_code text, day date, origin text, procedure_code text,
        status smallint, version int, last_seq int, last_occurred_at timestamptz,
        supplement_requests smallint, channel smallint, filing_mode text, result_delivery smallint,
        submitted_at timestamptz, received_at timestamptz, promised_at timestamptz, due_at timestamptz,
        ended_at timestamptz, returned_at timestamptz, summary text, note text, applicant jsonb,
        components jsonb, fees jsonb, results jsonb, entries jsonb, flagged_at timestamptz,
        desk_flagged_at timestamptz, desk_ended_at timestamptz, ended_seq int)
    WHERE request.free AND NOT EXISTS (SELECT FROM seen)
), allotted AS (
    INSERT INTO dossier_numbers AS n (unit_id, day, last_number)
    SELECT unit_id, day, count(*) FROM filed WHERE code IS NULL
    GROUP BY unit_id, day ORDER BY unit_id, day
    ON CONFLICT (unit_id, day) DO UPDATE SET last_number = n.last_number + excluded.last_number
    RETURNING n.unit_id, n.day, n.last_number
), own AS (
    SELECT f.id, a.last_number + 1
        - row_number() OVER (PARTITION BY f.unit_id, f.day ORDER BY f.line DESC) AS number
    FROM filed f JOIN allotted a USING (unit_id, day) WHERE f.code IS NULL
), numbered AS MATERIALIZED (
    SELECT f.*, coalesce(f.code, concat_ws('-', f.unit_code, to_char(f.day, 'YYMMDD'),
        lpad(own.number::text, greatest(4, length(own.number::text)), '0'))) AS full_code
    FROM filed f LEFT JOIN own USING (id)
), stored AS (
    INSERT INTO dossiers (id, code, origin, unit_id, procedure_code, status, version, last_seq,
        last_occurred_at, supplement_requests, channel, filing_mode, result_delivery, submitted_at,
        received_at, promised_at, due_at, ended_at, returned_at, summary, note, applicant, components, fees,
        results, client_id)
    SELECT id, full_code, origin, unit_id, procedure_code, status, version, last_seq,
        last_occurred_at, supplement_requests, channel, filing_mode, result_delivery, submitted_at,
        received_at, promised_at, due_at, ended_at, returned_at, summary, note, applicant, components, fees,
        results, :client_id
    FROM numbered ORDER BY full_code
    ON CONFLICT (code) DO NOTHING
    RETURNING id
), history AS (
    INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, department, text, facts)
    SELECT f.id, e.*
    FROM numbered f JOIN stored USING (id), jsonb_to_recordset(f.entries) AS e(
        seq int, status smallint, occurred_at timestamptz, officer text, department text, text text,
        facts jsonb)
), queued AS ({QUEUED}), counted AS (
    INSERT INTO tallies AS t (name, label, unit_id, value)
    SELECT total.name, '', f.unit_id, count(*)
    FROM numbered f JOIN stored USING (id),
        LATERAL (VALUES ('received', true), ('ended', f.desk_ended_at IS NOT NULL)) AS total(name, counts)
    WHERE total.counts GROUP BY total.name, f.unit_id ORDER BY total.name, f.unit_id
    ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
), answer AS MATERIALIZED (
    SELECT jsonb_build_object('refused', CAST(:refused AS jsonb), 'received', coalesce(jsonb_agg(
        jsonb_build_object('line', f.line, 'id', s.id, 'code', f.full_code, 'version', f.version,
            'seq', f.last_seq, 'status', f.status, 'due_at', f.due_at)
        ORDER BY f.line), '[]')) AS document
    FROM numbered f LEFT JOIN stored s USING (id)
), remembered AS (
    INSERT INTO idempotency_keys (client_id, route, key, fingerprint, status, answer)
    SELECT :client_id, :route, :key, :fingerprint, :status, document FROM answer
    WHERE EXISTS (SELECT FROM stored)
)
SELECT request.free, seen.fingerprint AS seen_fingerprint, seen.answer AS seen_answer, answer.document
FROM request CROSS JOIN answer LEFT JOIN seen ON true
""").bindparams(bindparam("filings", type_=JSONB), bindparam("refused", type_=JSONB))  # noqa: S608 - joins constants

_KEEP_CLEAR: Final = text("""
INSERT INTO dossier_numbers AS n (unit_id, day, last_number)
SELECT * FROM unnest(CAST(:units AS int[]), CAST(:days AS date[]), CAST(:numbers AS int[]))
ON CONFLICT (unit_id, day) DO UPDATE SET last_number = greatest(n.last_number, excluded.last_number)
""")


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
    ) -> FirstAnswer:
        """Store all that is not stored yet, and give the answer: this call's, or that of an earlier one.

        The answer lists, by line of the call, what was received (`id` is null where the number is taken) and
        `refused`, as it was given. It is kept if anything was received. Raises `RequestInProgress`.
        """
        await self._keep_clear(accepted)
        values = {
            "client_id": client_id,
            "route": request.route,
            "key": request.key,
            "fingerprint": request.fingerprint,
            "status": request.status,
            "filings": [_filing(item, today) for item in accepted],
            "refused": refused,
        }
        try:
            row = (await self._session.execute(_RECEIVE, values)).one()
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

    async def _keep_clear(self, accepted: Sequence[Accepted]) -> None:
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
        await self._session.execute(
            _KEEP_CLEAR, {"units": list(units), "days": list(days), "numbers": list(numbers)}
        )


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
    return {
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


def _text(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
