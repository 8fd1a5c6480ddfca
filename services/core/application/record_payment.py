"""Put a payment for a dossier's fees on record. One that is reported twice is one payment."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.change_dossier import Signed, next_entry, write_down
from services.core.application.desk import Desk
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action
from services.core.domain.dossier import FUTURE_TOLERANCE, EntryInTheFuture, EntryKind
from services.core.domain.payment import Payment, open_amount, settle_fees
from services.core.domain.preflight import OFFICER_LENGTH
from services.core.domain.reception import Recorded
from services.core.persistence.changes import ChangeRepository
from services.core.persistence.dossiers import DossierRepository, Reference
from services.core.persistence.payments import DifferenceKind, KeptPayment, PaymentRepository

#: What the history says; amount and way stand beside it.
_TEXT: Final = "Nộp phí, lệ phí"


@dataclass(frozen=True, slots=True)
class PaymentTaken:
    """The payment as it is on record; `is_new` unless it was reported before. `open_vnd` is still owed."""

    kept: KeptPayment
    is_new: bool
    open_vnd: int


async def record_payment(
    session: AsyncSession, *, reference: Reference, payment: Payment, desk: Desk
) -> PaymentTaken:
    """Mark the fees that the money covers as paid, in their order, also of a dossier that has ended.

    Money that is not what was owed, and later reports that say something else, are put on record as
    differences. Raises `DossierNotFound` and `EntryInTheFuture`.
    """
    now = desk.clock.now()
    if payment.paid_at > now + FUTURE_TOLERANCE:
        raise EntryInTheFuture(pointer="/paid_at", now=now.isoformat())
    payments = PaymentRepository(session)
    dossiers = DossierRepository(session, within=desk.caller.unit_path)
    dossier_id = await dossiers.get_id(reference)
    known = await payments.find(payment.provider, payment.reference)
    if known is not None:
        await _compare(payments, known, payment, dossier_id)
        await _record_again(session, dossier_id, desk)
        owed = open_amount((await dossiers.get(dossier_id)).body.fees)
        return PaymentTaken(known, is_new=False, open_vnd=owed)
    return await _take(session, dossiers, dossier_id, payment, desk)


async def _record_again(session: AsyncSession, dossier_id: UUID, desk: Desk) -> None:
    act = Act(Action.PAYMENT_RECORD, (str(dossier_id),), changed=())
    await record(session, actor=actor_of(desk.caller), act=act)


async def _take(
    session: AsyncSession, dossiers: DossierRepository, dossier_id: UUID, payment: Payment, desk: Desk
) -> PaymentTaken:
    dossier = await dossiers.open_as_it_is(dossier_id)
    fees = (await dossiers.get(dossier_id)).body.fees
    owed, settlement = open_amount(fees), settle_fees(fees, payment)
    payments = PaymentRepository(session)
    kept = await payments.add(dossier_id, payment, left_vnd=settlement.left_vnd)
    if payment.amount_vnd != owed:
        await payments.note(kept, DifferenceKind.AMOUNT, owed, payment.amount_vnd, named=dossier_id)
    if settlement.fees != fees:
        await ChangeRepository(session).correct(dossier_id, {"fees": settlement.fees})
    entry = next_entry(
        dossier,
        Signed(desk.caller.actor[:OFFICER_LENGTH], None, _TEXT),
        kind=EntryKind.PAYMENT,
        status=dossier.life.status,
        occurred_at=desk.clock.now(),
    )
    recorded = Recorded(entry, {"amount_vnd": payment.amount_vnd, "method": payment.method.value})
    await write_down(session, dossier, dossier.life, recorded, desk=desk)
    return PaymentTaken(kept, is_new=True, open_vnd=settlement.open_vnd)


async def _compare(
    payments: PaymentRepository, known: KeptPayment, reported: Payment, dossier_id: UUID
) -> None:
    """Note where a later report says something else; what was recorded first stays."""
    expected = known.payment.amount_vnd
    if dossier_id != known.dossier_id:
        kind = DifferenceKind.OTHER_DOSSIER
        await payments.note(known, kind, expected, reported.amount_vnd, named=dossier_id)
    elif reported.amount_vnd != expected:
        kind = DifferenceKind.REPORTED_AGAIN
        await payments.note(known, kind, expected, reported.amount_vnd, named=dossier_id)
