"""Fees and what is paid for them. A payment that is reported twice is one payment."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final
from uuid import UUID

from services.core.domain.errors import DomainError
from services.core.domain.filing import Fee, PaymentMethod

#: What banks pass on of a purpose: capital letters, digits and spaces.
_NOT_IN_PURPOSE: Final = re.compile(r"[^A-Z0-9]+")
PURPOSE_LENGTH: Final = 25

_BANK_BIN: Final = re.compile(r"[0-9]{6}")
_ACCOUNT_NUMBER: Final = re.compile(r"[A-Z0-9]{4,19}")


class NothingToPay(DomainError):
    """No fee of the dossier is open."""

    code = "nothing-to-pay"


class InvalidAccount(DomainError):
    """A payment code could not name the account: `fault` is `bank_bin` or `number`."""

    code = "invalid-account"


class AccountMissing(DomainError):
    """Neither the unit nor one above it has a bank account to pay into."""

    code = "account-missing"


@dataclass(frozen=True, slots=True)
class Payment:
    """Money received for a dossier's fees, in whole dong.

    `provider` and `reference` name it: the bank, wallet or cash desk, and that one's own number for it.
    """

    amount_vnd: int
    method: PaymentMethod
    provider: str
    reference: str
    paid_at: datetime


@dataclass(frozen=True, slots=True)
class Settlement:
    """What a payment did: the fees as they are now, and what was left of the money.

    `left_vnd` is positive where more was paid than the fees that it covers, `open_vnd` is what is still owed.
    """

    fees: tuple[Fee, ...]
    left_vnd: int
    open_vnd: int


@dataclass(frozen=True, slots=True)
class BankAccount:
    """Where a unit's fees go: the bank's six-digit number (BIN), and the account with its holder."""

    bank_bin: str
    number: str
    holder: str

    def check(self) -> None:
        """Raise `InvalidAccount` unless a VietQR code can carry bank and number."""
        if not _BANK_BIN.fullmatch(self.bank_bin):
            raise InvalidAccount(fault="bank_bin")
        if not _ACCOUNT_NUMBER.fullmatch(self.number):
            raise InvalidAccount(fault="number")


@dataclass(frozen=True, slots=True)
class PaymentRequest:
    """What a payment code asks for."""

    dossier_id: UUID
    account: BankAccount
    amount_vnd: int
    purpose: str


def settle_fees(fees: Sequence[Fee], payment: Payment) -> Settlement:
    """Mark the open fees that the money covers, in their order, each in full or not at all."""
    left = payment.amount_vnd
    settled = []
    for fee in fees:
        if _is_open(fee) and fee.amount_vnd <= left:
            left -= fee.amount_vnd
            settled.append(replace(fee, paid_by=payment.method, paid_at=payment.paid_at))
        else:
            settled.append(fee)
    return Settlement(tuple(settled), left, open_amount(settled))


def open_amount(fees: Sequence[Fee]) -> int:
    """Give what is still owed."""
    return sum(fee.amount_vnd for fee in fees if _is_open(fee))


def purpose_of(dossier_code: str) -> str:
    """Give the words by which a transfer finds its dossier: at most 25 plain characters, the end kept."""
    return _NOT_IN_PURPOSE.sub(" ", dossier_code.upper())[-PURPOSE_LENGTH:].strip()


def _is_open(fee: Fee) -> bool:
    return fee.paid_by is None and fee.amount_vnd > 0
