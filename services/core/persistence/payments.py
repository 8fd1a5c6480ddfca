"""Payments for the fees of dossiers, what does not add up about them, and the accounts they go to."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.filing import PaymentMethod
from services.core.domain.payment import BankAccount, Payment

# The lock comes before the search, so that of two reports at once the second finds what the first stored.
_LOCK: Final = text(
    "SELECT pg_advisory_xact_lock(hashtextextended(concat_ws(' ', 'payment', "
    "CAST(:provider AS text), CAST(:reference AS text)), 0))"
)

_FIND: Final = text("""
SELECT id, dossier_id, unit_id, provider, reference, method, amount_vnd, left_vnd, paid_at, recorded_at
FROM payment_by_reference(CAST(:provider AS text), CAST(:reference AS text))
""")

_ADD: Final = text("""
INSERT INTO payments (dossier_id, unit_id, provider, reference, method, amount_vnd, left_vnd, paid_at)
SELECT id, unit_id, :provider, :reference, :method, :amount_vnd, :left_vnd, :paid_at
FROM dossiers WHERE id = :dossier_id
RETURNING id, dossier_id, unit_id, provider, reference, method, amount_vnd, left_vnd, paid_at, recorded_at
""")

_LIST: Final = text("""
SELECT id, dossier_id, unit_id, provider, reference, method, amount_vnd, left_vnd, paid_at, recorded_at
FROM payments WHERE dossier_id = :dossier_id ORDER BY id
""")

_DIFFERS: Final = text("""
INSERT INTO payment_differences (payment_id, unit_id, kind, expected_vnd, reported_vnd, dossier_id)
SELECT :payment_id, unit_id, :kind, :expected_vnd, :reported_vnd, id FROM dossiers WHERE id = :dossier_id
ON CONFLICT DO NOTHING
""")

_DIFFERENCES: Final = text("""
SELECT f.id, f.kind, f.expected_vnd, f.reported_vnd, f.found_at, p.provider, p.reference, p.method,
    d.code AS dossier_code, u.code AS unit_code, p.dossier_code AS paid_dossier_code
FROM payment_differences f CROSS JOIN LATERAL payment_of_difference(f.payment_id) p
    JOIN dossiers d ON d.id = f.dossier_id JOIN units u ON u.id = f.unit_id
WHERE f.id < coalesce(CAST(:before AS bigint), 9223372036854775807) AND starts_with(u.path || '.', :within)
ORDER BY f.id DESC LIMIT :limit
""")

# A unit without an account uses that of the nearest one above it: the longest path that begins its own.
_ACCOUNT: Final = text("""
SELECT a.bank_bin, a.number, a.holder
FROM dossiers d JOIN units u ON u.id = d.unit_id
    JOIN units above ON starts_with(u.path, above.path) JOIN unit_accounts a ON a.unit_id = above.id
WHERE d.id = :dossier_id ORDER BY length(above.path) DESC LIMIT 1
""")

_SET_ACCOUNT: Final = text("""
INSERT INTO unit_accounts (unit_id, bank_bin, number, holder) VALUES (:unit_id, :bank_bin, :number, :holder)
ON CONFLICT (unit_id) DO UPDATE SET bank_bin = excluded.bank_bin, number = excluded.number,
    holder = excluded.holder, changed_at = now()
""")

_ACCOUNTS: Final = text("""
SELECT u.code AS unit_code, a.bank_bin, a.number, a.holder
FROM unit_accounts a JOIN units u ON u.id = a.unit_id ORDER BY u.code
""")


class DifferenceKind(StrEnum):
    """What a person should look at.

    `amount`: the money is not what the open fees were. `reported_again`: under the same reference another
    amount was reported later. `other_dossier`: under the same reference another dossier was named later.
    """

    AMOUNT = "amount"
    REPORTED_AGAIN = "reported_again"
    OTHER_DOSSIER = "other_dossier"


@dataclass(frozen=True, slots=True)
class KeptPayment:
    """A payment on record; `left_vnd` of it covered no fee."""

    id: UUID
    dossier_id: UUID
    payment: Payment
    left_vnd: int
    recorded_at: datetime


@dataclass(frozen=True, slots=True)
class Difference:
    """A difference that was found; `paid_dossier_code` is the dossier that the money counted for."""

    id: int
    kind: DifferenceKind
    unit_code: str
    dossier_code: str
    paid_dossier_code: str
    provider: str
    reference: str
    expected_vnd: int
    reported_vnd: int
    found_at: datetime


class PaymentRepository:
    """Reads and writes payments; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find(self, provider: str, reference: str) -> KeptPayment | None:
        """Give the payment of a reference, which nobody else may store until the end of the transaction."""
        named = {"provider": provider, "reference": reference}
        await self._session.execute(_LOCK, named)
        row = (await self._session.execute(_FIND, named)).first()
        return None if row is None else _kept(row)

    async def add(self, dossier_id: UUID, payment: Payment, *, left_vnd: int) -> KeptPayment:
        """Store a payment whose reference was sought and not found."""
        values = {
            "dossier_id": dossier_id,
            "provider": payment.provider,
            "reference": payment.reference,
            "method": payment.method.value,
            "amount_vnd": payment.amount_vnd,
            "left_vnd": left_vnd,
            "paid_at": payment.paid_at,
        }
        return _kept((await self._session.execute(_ADD, values)).one())

    async def list_of(self, dossier_id: UUID) -> list[KeptPayment]:
        """Give the payments of a dossier, oldest first."""
        return [_kept(row) for row in await self._session.execute(_LIST, {"dossier_id": dossier_id})]

    async def note(
        self, kept: KeptPayment, kind: DifferenceKind, expected_vnd: int, reported_vnd: int, *, named: UUID
    ) -> None:
        """Put a difference on record, once; `named` is the dossier of the report."""
        values = {
            "payment_id": kept.id,
            "kind": kind.value,
            "expected_vnd": expected_vnd,
            "reported_vnd": reported_vnd,
            "dossier_id": named,
        }
        await self._session.execute(_DIFFERS, values)

    async def differences(self, *, within: str, before: int | None, limit: int) -> list[Difference]:
        """Give differences of the units under `within`, newest first."""
        rows = await self._session.execute(_DIFFERENCES, {"within": within, "before": before, "limit": limit})
        return [
            Difference(
                id=row.id,
                kind=DifferenceKind(row.kind),
                unit_code=row.unit_code,
                dossier_code=row.dossier_code,
                paid_dossier_code=row.paid_dossier_code,
                provider=row.provider,
                reference=row.reference,
                expected_vnd=row.expected_vnd,
                reported_vnd=row.reported_vnd,
                found_at=row.found_at,
            )
            for row in rows
        ]


class AccountRepository:
    """Reads and writes the accounts of units; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def of_dossier(self, dossier_id: UUID) -> BankAccount | None:
        """Give the account that a dossier's fees go to."""
        row = (await self._session.execute(_ACCOUNT, {"dossier_id": dossier_id})).first()
        return None if row is None else BankAccount(row.bank_bin, row.number, row.holder)

    async def set(self, unit_id: int, account: BankAccount) -> None:
        """Give a unit an account, instead of the one it had."""
        values = {"bank_bin": account.bank_bin, "number": account.number, "holder": account.holder}
        await self._session.execute(_SET_ACCOUNT, {"unit_id": unit_id, **values})

    async def list_all(self) -> list[tuple[str, BankAccount]]:
        """Give all accounts by the code of their unit."""
        rows = await self._session.execute(_ACCOUNTS)
        return [(row.unit_code, BankAccount(row.bank_bin, row.number, row.holder)) for row in rows]


def _kept(row: Row[Any]) -> KeptPayment:
    payment = Payment(row.amount_vnd, PaymentMethod(row.method), row.provider, row.reference, row.paid_at)
    return KeptPayment(row.id, row.dossier_id, payment, row.left_vnd, row.recorded_at)
