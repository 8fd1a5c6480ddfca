"""The queue of look-ups: claimed under a lease, settled with a token, counted by the day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.filing import Applicant
from services.core.domain.identity import IdentityNumber
from services.core.domain.lookup import LEGAL_BASIS, Asker, Birth, Purpose
from services.core.persistence import look_up_statements as statements
from services.core.persistence.shipments import applicant_from


@dataclass(frozen=True, slots=True)
class Earlier:
    """A match that was found before: as much of it as tells whether it can be reused."""

    look_up_id: UUID
    name: str = field(repr=False)
    birth: Birth = field(repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """In whose name is asked."""

    id: int
    asker: Asker


@dataclass(frozen=True, slots=True)
class LookUpClaim:
    """A look-up under lease. `attempt` counts this one."""

    id: UUID
    token: int
    attempt: int
    dossier_id: UUID | None
    unit_id: int
    officer: str
    purpose: Purpose
    legal_basis: str
    reason: str | None
    applicant: Applicant = field(repr=False)
    account: Account | None
    earlier: Earlier | None


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question about to leave."""

    id: UUID
    claim: LookUpClaim
    account: Account


class LookUpRepository:
    """Claims and settles look-ups; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def claim(
        self, *, size: int, lease: timedelta, reuse_for: timedelta, by_hand_only: bool
    ) -> list[LookUpClaim]:
        """Lease what is due: what a person waits for first, then what has waited longest."""
        rows = await self._session.execute(
            statements.CLAIM,
            {"size": size, "lease": lease, "reuse_for": reuse_for, "by_hand_only": by_hand_only},
        )
        return [_claim(row) for row in rows]

    async def write_down(self, questions: Sequence[AskedQuestion]) -> None:
        """Put questions on record before they leave."""
        claims = [question.claim for question in questions]
        await self._session.execute(
            statements.QUESTIONS,
            {
                "id": [question.id for question in questions],
                "look_up_id": [claim.id for claim in claims],
                "dossier_id": [claim.dossier_id for claim in claims],
                "unit_id": [claim.unit_id for claim in claims],
                "officer": [claim.officer for claim in claims],
                "account_id": [question.account.id for question in questions],
                "purpose": [claim.purpose.value for claim in claims],
                "legal_basis": [claim.legal_basis for claim in claims],
                "reason": [claim.reason for claim in claims],
            },
        )

    async def settle(self, outcomes: Sequence[Mapping[str, Any]]) -> set[UUID]:
        """Record what became of claims, and give those that were still ours.

        An outcome has the names of `look_up_statements.SETTLE`.
        """
        rows = await self._session.scalars(statements.SETTLE, {"outcomes": list(outcomes)})
        return set(rows)

    async def expire_leases(self) -> int:
        """Put back what a dead worker held: asking again does no harm."""
        result = await self._session.execute(statements.EXPIRE)
        return int(result.rowcount)  # type: ignore[attr-defined]  # an UPDATE gives a CursorResult

    async def request(self, dossier_id: UUID, *, officer: str, reason: str | None) -> None:
        """Ask at once about the applicant of a dossier, unless a match stands or a question is under way."""
        await self._session.execute(
            statements.REQUEST, {"dossier_id": dossier_id, "officer": officer, "reason": reason}
        )

    async def add(
        self, *, unit_id: int, officer: str, legal_basis: str, reason: str, subject: Mapping[str, Any]
    ) -> UUID:
        """Ask at once about somebody without a dossier; `subject` is an applicant in stored form."""
        values = {
            "unit_id": unit_id,
            "officer": officer,
            "legal_basis": legal_basis,
            "reason": reason,
            "number": subject["identity_number"],
            "subject": dict(subject),
        }
        look_up_id: UUID = (await self._session.execute(statements.ADD_WITHOUT_DOSSIER, values)).scalar_one()
        return look_up_id

    async def renew(self, dossier_id: UUID, *, number: str | None, officer: str) -> None:
        """Begin anew with a corrected applicant; without a `number` there is nobody left to ask about."""
        values = {"dossier_id": dossier_id, "number": number or "", "needed": number is not None}
        renewed = (await self._session.execute(statements.RENEW, values)).first()
        if renewed is None and number is not None:
            await self._session.execute(
                statements.ADD_FOR_DOSSIER,
                {"dossier_id": dossier_id, "number": number, "officer": officer, "legal_basis": LEGAL_BASIS},
            )

    async def reopen_refused(self, unit_path: str) -> int:
        """Ask what was turned down for want of an account, in a subtree of units; give how many."""
        number: int = (
            await self._session.execute(statements.REOPEN_REFUSED, {"path": unit_path})
        ).scalar_one()
        return number


def _claim(row: Row[Any]) -> LookUpClaim:
    return LookUpClaim(
        id=row.id,
        token=row.token,
        attempt=row.attempts,
        dossier_id=row.dossier_id,
        unit_id=row.unit_id,
        officer=row.officer,
        purpose=Purpose(row.purpose),
        legal_basis=row.legal_basis,
        reason=row.reason,
        applicant=applicant_from(row.applicant),
        account=None
        if row.account_id is None
        else Account(row.account_id, Asker(IdentityNumber(row.account), row.unit_code)),
        earlier=None
        if row.earlier_id is None
        else Earlier(row.earlier_id, row.earlier_found["name"], Birth.parse(row.earlier_found["birth"])),
    )
