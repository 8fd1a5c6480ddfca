"""Take dossiers in: all that pass are stored together, with the answer that a repeated call will get."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.check_filing import check_filing
from services.core.application.desk import Desk
from services.core.application.record import recording
from services.core.domain.audit import Action
from services.core.domain.deadline import VIETNAM
from services.core.domain.delivery import DeliveryState
from services.core.domain.dossier import Status
from services.core.domain.errors import DomainError
from services.core.domain.reception import Filing
from services.core.domain.request import RequestKey
from services.core.persistence.dossiers import Edition
from services.core.persistence.idempotency import FirstAnswer, IdempotencyRepository
from services.core.persistence.receptions import Accepted, DossierCodeTaken, ReceptionRepository


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a line was not taken in, in a form that can be kept: a code, where to look, and the facts.

    `errors` lists fields where there are several to blame.
    """

    code: str
    pointer: str | None = None
    facts: dict[str, Any] = field(default_factory=dict)
    errors: tuple[dict[str, Any], ...] = ()

    @classmethod
    def of(cls, error: DomainError) -> "Refusal":
        """Keep a refusal of the domain."""
        return cls(error.code, error.pointer, dict(error.facts))


_TAKEN: Final = Refusal(DossierCodeTaken.code, "/code", {})

#: The line of a call that carries a single filing.
_ONLY: Final = 1


@dataclass(frozen=True, slots=True)
class Received:
    """A dossier that was taken in, as it stood right then."""

    id: UUID
    code: str
    edition: Edition
    status: Status
    due_at: datetime | None
    delivery: DeliveryState = DeliveryState.DUE


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer to a call, by line; `replayed` if an earlier call with the same key did the work."""

    outcomes: dict[int, Received | Refusal]
    replayed: bool


async def receive_dossier(
    session: AsyncSession, *, filing: Filing, request: RequestKey, desk: Desk
) -> tuple[Received, bool]:
    """Take one dossier in; also tells whether the answer is that of an earlier call.

    Raises the refusals of the domain, `DossierCodeTaken`, `RequestInProgress` and `RequestKeyReused`.
    """
    accepted, refused = await _check_all(session, {_ONLY: filing}, desk)
    if refused:
        answer = await _answer_before(session, request, desk, instead=refused[_ONLY])
    else:
        answer = await _store(session, accepted, {}, request, desk)
    request.check(answer.fingerprint)
    received = _outcomes(answer)[_ONLY]
    if isinstance(received, Refusal):
        raise DossierCodeTaken(pointer=received.pointer)
    return received, not answer.is_new


async def receive_dossiers(
    session: AsyncSession, *, lines: Mapping[int, Filing | Refusal], request: RequestKey, desk: Desk
) -> Taken:
    """Take in all lines that pass; a `Refusal` is a line that could not even be read.

    Raises `RequestInProgress` and `RequestKeyReused`; what is wrong with a line is an outcome of the line.
    """
    filings = {number: line for number, line in lines.items() if isinstance(line, Filing)}
    refusals = {number: line for number, line in lines.items() if isinstance(line, Refusal)}
    accepted, refused = await _check_all(session, filings, desk)
    refusals |= {number: Refusal.of(error) for number, error in refused.items()}
    answer = await _store(session, accepted, refusals, request, desk)
    request.check(answer.fingerprint)
    return Taken(_outcomes(answer), replayed=not answer.is_new)


async def _check_all(
    session: AsyncSession, filings: Mapping[int, Filing], desk: Desk
) -> tuple[list[Accepted], dict[int, DomainError]]:
    await desk.catalogue.load(
        session,
        units={filing.unit_code for filing in filings.values()},
        procedures={filing.procedure_code for filing in filings.values()},
    )
    now = desk.clock.now()
    accepted, refused = [], {}
    for number, filing in filings.items():
        try:
            accepted.append(
                check_filing(
                    filing,
                    line=number,
                    desk=desk,
                    now=now,
                )
            )
        except DomainError as error:
            refused[number] = error
    return accepted, refused


async def _answer_before(
    session: AsyncSession, request: RequestKey, desk: Desk, *, instead: DomainError
) -> FirstAnswer:
    """Give the answer that stands, although the filing would be refused today: its unit may have ended."""
    answer = await IdempotencyRepository(session).find(desk.caller.client_id, request)
    if answer is None:
        raise instead
    return answer


async def _store(
    session: AsyncSession,
    accepted: Sequence[Accepted],
    refusals: Mapping[int, Refusal],
    request: RequestKey,
    desk: Desk,
) -> FirstAnswer:
    return await ReceptionRepository(session).add(
        accepted,
        refused=[{"line": number, **asdict(refusal)} for number, refusal in refusals.items()],
        client_id=desk.caller.client_id,
        request=request,
        today=desk.clock.now().astimezone(VIETNAM).date(),
        recorded=recording(desk.caller, Action.DOSSIER_CREATE, officer=_only_officer(accepted)),
    )


def _only_officer(accepted: Sequence[Accepted]) -> str | None:
    """Name the officer, if it is one; those of several stand with their dossiers."""
    officers = {item.reception.receiving_officer for item in accepted}
    return officers.pop() if len(officers) == 1 else None


def _outcomes(answer: FirstAnswer) -> dict[int, Received | Refusal]:
    """Read an answer in its stored form, in the order of the call's lines."""
    outcomes: dict[int, Received | Refusal] = {}
    for row in answer.document["received"]:
        outcomes[row["line"]] = _TAKEN if row["id"] is None else _received(row)
    for row in answer.document["refused"]:
        outcomes[row["line"]] = Refusal(row["code"], row["pointer"], row["facts"], tuple(row["errors"]))
    return dict(sorted(outcomes.items()))


def _received(row: Mapping[str, Any]) -> Received:
    due_at = row["due_at"]
    return Received(
        id=UUID(row["id"]),
        code=row["code"],
        edition=Edition(row["version"], row["seq"]),
        status=Status(row["status"]),
        due_at=None if due_at is None else datetime.fromisoformat(due_at),
    )
