"""Read what was paid for a dossier, and what to pay where."""

from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Caller
from services.core.domain.payment import (
    AccountMissing,
    NothingToPay,
    PaymentRequest,
    open_amount,
    purpose_of,
)
from services.core.persistence.dossiers import DossierRepository, Reference
from services.core.persistence.payments import (
    AccountRepository,
    Difference,
    KeptPayment,
    PaymentRepository,
)


@dataclass(frozen=True, slots=True)
class DossierPayments:
    """All payments of a dossier, oldest first, and what is still owed."""

    payments: tuple[KeptPayment, ...]
    open_vnd: int


async def read_payments(session: AsyncSession, *, reference: Reference, caller: Caller) -> DossierPayments:
    """Give what was paid for a dossier; raises `DossierNotFound`."""
    details = await DossierRepository(session, within=caller.unit_path).get(reference)
    payments = await PaymentRepository(session).list_of(details.id)
    return DossierPayments(tuple(payments), open_amount(details.body.fees))


async def request_payment(session: AsyncSession, *, reference: Reference, caller: Caller) -> PaymentRequest:
    """Give what a payment code for the open fees of a dossier asks for.

    Raises `DossierNotFound`, `NothingToPay` and `AccountMissing`.
    """
    details = await DossierRepository(session, within=caller.unit_path).get(reference)
    owed = open_amount(details.body.fees)
    if owed == 0:
        raise NothingToPay
    account = await AccountRepository(session).of_dossier(details.id)
    if account is None:
        raise AccountMissing
    return PaymentRequest(details.id, account, owed, purpose_of(details.body.code))


async def list_differences(
    session: AsyncSession, *, within: str, before: int | None, limit: int
) -> tuple[list[Difference], int | None]:
    """Give a page of what does not add up, newest first, and where to go on; `None` on the last page."""
    page = await PaymentRepository(session).differences(within=within, before=before, limit=limit + 1)
    more = len(page) > limit
    return page[:limit], page[limit - 1].id if more else None
