"""Payments to recipients of social security, and how many of them get theirs without cash."""

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class PayoutChannel(StrEnum):
    """How the money reached the recipient; only the first two are cash."""

    CASH = "cash"
    POST = "post"  #: over a post office's counter
    BANK = "bank"
    WALLET = "wallet"


#: Money that somebody counted.
CASH_CHANNELS = frozenset({PayoutChannel.CASH, PayoutChannel.POST})


@dataclass(frozen=True, slots=True)
class Payout:
    """One payment to one recipient, in whole dong. `reference` is the payer's number for it.

    Unit, programme and reference name it, so that a file may be sent twice.
    """

    unit_code: str
    programme: str
    reference: str
    recipient: str = field(repr=False)
    identity_number: str | None = field(repr=False)
    amount_vnd: int
    channel: PayoutChannel
    paid_on: date
