"""Money: payments for dossiers, codes to pay by, payouts."""

from typing import Annotated, Self
from uuid import UUID

from pydantic import ConfigDict, Field, StrictInt

from services.api.schemas.answer import Answer
from services.api.schemas.instant import Day, Instant
from services.api.schemas.parts import Body
from services.api.schemas.text import IdentityText, Line, ShortLine
from services.core.application.read_payments import DossierPayments
from services.core.application.record_payment import PaymentTaken
from services.core.application.record_payouts import PayoutOutcome, TakenPayouts
from services.core.domain.filing import PaymentMethod
from services.core.domain.payment import Payment, PaymentRequest
from services.core.domain.payout import Payout, PayoutChannel
from services.core.persistence.payments import DifferenceKind, KeptPayment

Dong = Annotated[StrictInt, Field(ge=1, le=1_000_000_000_000)]


class PaymentIn(Body):
    """Money received. `provider` and `reference` name it: the same reported again is no second payment."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "amount_vnd": 8000,
                    "method": "bank",
                    "provider": "970436",
                    "reference": "FT26068123456",
                    "paid_at": "2026-03-10T10:05:00+07:00",
                }
            ]
        }
    )

    amount_vnd: Dong
    method: PaymentMethod
    provider: ShortLine
    reference: ShortLine
    paid_at: Instant

    def to_domain(self) -> Payment:
        """Give the domain's value."""
        return Payment(self.amount_vnd, self.method, self.provider, self.reference, self.paid_at)


class PaymentOut(Answer):
    """A payment on record; `left_vnd` of it covered no fee."""

    id: UUID
    dossier_id: UUID
    amount_vnd: int
    left_vnd: int
    method: PaymentMethod
    provider: str
    reference: str
    paid_at: Instant
    recorded_at: Instant

    @classmethod
    def of(cls, kept: KeptPayment) -> Self:
        """Show a payment."""
        paid = kept.payment
        return cls(
            id=kept.id,
            dossier_id=kept.dossier_id,
            amount_vnd=paid.amount_vnd,
            left_vnd=kept.left_vnd,
            method=paid.method,
            provider=paid.provider,
            reference=paid.reference,
            paid_at=paid.paid_at,
            recorded_at=kept.recorded_at,
        )


class PaymentTakenOut(Answer):
    """The payment as it is on record, whether this report was the first of it, and what is still owed."""

    payment: PaymentOut
    is_new: bool
    open_vnd: int

    @classmethod
    def of(cls, taken: PaymentTaken) -> Self:
        """Show what came of a report."""
        return cls(payment=PaymentOut.of(taken.kept), is_new=taken.is_new, open_vnd=taken.open_vnd)


class PaymentsOut(Answer):
    """What was paid for a dossier, oldest first, and what is still owed."""

    payments: list[PaymentOut]
    open_vnd: int

    @classmethod
    def of(cls, paid: DossierPayments) -> Self:
        """Show the payments."""
        return cls(payments=[PaymentOut.of(kept) for kept in paid.payments], open_vnd=paid.open_vnd)


class PaymentCodeOut(Answer):
    """A VietQR code for what is owed: `payload` is what the picture says."""

    payload: str
    amount_vnd: int
    purpose: str
    bank_bin: str
    account_number: str
    account_holder: str

    @classmethod
    def of(cls, request: PaymentRequest, payload: str) -> Self:
        """Show what is asked for, and the code that asks."""
        account = request.account
        return cls(
            payload=payload,
            amount_vnd=request.amount_vnd,
            purpose=request.purpose,
            bank_bin=account.bank_bin,
            account_number=account.number,
            account_holder=account.holder,
        )


class DifferenceOut(Answer):
    """Something that does not add up.

    `amount`: the money was not what was owed. `reported_again`: a later report under the same reference has
    another amount. `other_dossier`: it names another dossier than the one that the money counted for.
    """

    id: int
    kind: DifferenceKind
    unit_code: str
    dossier_code: str
    paid_dossier_code: str
    provider: str
    reference: str
    expected_vnd: int
    reported_vnd: int
    found_at: Instant


class DifferencePage(Answer):
    """A page, newest first; `next_before` is null on the last one."""

    items: list[DifferenceOut]
    next_before: int | None


class PayoutIn(Body):
    """One payment to one recipient. Unit, programme and reference name it."""

    unit_code: ShortLine
    programme: Line
    reference: ShortLine
    recipient: Line
    identity_number: IdentityText | None = None
    amount_vnd: Dong
    channel: PayoutChannel
    paid_on: Day

    def to_domain(self) -> Payout:
        """Give the domain's value."""
        return Payout(
            unit_code=self.unit_code,
            programme=self.programme,
            reference=self.reference,
            recipient=self.recipient,
            identity_number=self.identity_number,
            amount_vnd=self.amount_vnd,
            channel=self.channel,
            paid_on=self.paid_on,
        )


class PayoutsIn(Body):
    """Up to a thousand payouts, which may have been sent before."""

    payouts: Annotated[list[PayoutIn], Field(min_length=1, max_length=1000)]


class PayoutLineOut(Answer):
    """A line that was not taken as it is, counted from 1."""

    line: int
    outcome: PayoutOutcome


class PayoutsOut(Answer):
    """How many were stored and known, and each line that says something else than the record."""

    stored: int
    known: int
    refused: list[PayoutLineOut]

    @classmethod
    def of(cls, taken: TakenPayouts) -> Self:
        """Show what became of the lines."""
        good = {PayoutOutcome.STORED, PayoutOutcome.KNOWN}
        return cls(
            stored=taken.count(PayoutOutcome.STORED),
            known=taken.count(PayoutOutcome.KNOWN),
            refused=[
                PayoutLineOut(line=line, outcome=outcome)
                for line, outcome in taken.outcomes.items()
                if outcome not in good
            ],
        )
