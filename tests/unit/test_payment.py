"""What a payment settles, and the words that a transfer carries."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.core.domain.filing import Fee, PaymentMethod
from services.core.domain.payment import (
    BankAccount,
    InvalidAccount,
    Payment,
    open_amount,
    purpose_of,
    settle_fees,
)

AT = datetime(2026, 3, 10, 3, tzinfo=UTC)

fees = st.lists(
    st.builds(
        Fee,
        name=st.just("Lệ phí"),
        amount_vnd=st.integers(0, 50_000),
        paid_by=st.sampled_from([None, None, PaymentMethod.CASH]),
    ),
    max_size=8,
).map(tuple)


def paid(amount: int) -> Payment:
    return Payment(amount, PaymentMethod.BANK, "970436", "FT1", AT)


@given(fees=fees, amount=st.integers(1, 300_000))
def test_money_is_neither_made_nor_lost(fees: tuple[Fee, ...], amount: int) -> None:
    settlement = settle_fees(fees, paid(amount))

    newly = [new for old, new in zip(fees, settlement.fees, strict=True) if new.paid_by is not old.paid_by]
    assert sum(fee.amount_vnd for fee in newly) + settlement.left_vnd == amount
    assert open_amount(fees) - settlement.open_vnd == sum(fee.amount_vnd for fee in newly)
    assert all((fee.paid_by, fee.paid_at) == (PaymentMethod.BANK, AT) for fee in newly)


@given(fees=fees, amount=st.integers(1, 300_000))
def test_what_was_paid_before_stays_and_no_fee_is_paid_in_part(fees: tuple[Fee, ...], amount: int) -> None:
    settlement = settle_fees(fees, paid(amount))

    for old, new in zip(fees, settlement.fees, strict=True):
        assert (old.name, old.amount_vnd) == (new.name, new.amount_vnd)
        assert old.paid_by is None or old == new
        assert new.paid_by is not None or new.amount_vnd in {0, *range(settlement.left_vnd + 1, 50_001)}


@given(fees=fees)
def test_what_is_owed_settles_everything(fees: tuple[Fee, ...]) -> None:
    owed = open_amount(fees)

    settlement = settle_fees(fees, paid(owed)) if owed else None

    assert settlement is None or (settlement.left_vnd, settlement.open_vnd) == (0, 0)


@given(code=st.text(max_size=64))
def test_a_purpose_is_short_and_plain(code: str) -> None:
    assert re.fullmatch(r"[A-Z0-9 ]{0,25}", purpose_of(code))


def test_a_purpose_keeps_the_end_of_a_long_number() -> None:
    assert purpose_of("H44.101-260311-0001") == "H44 101 260311 0001"
    assert purpose_of("000.00.04.G18.ABCDEF-20260609-0092637").endswith("20260609 0092637")


@pytest.mark.parametrize(("bank_bin", "number"), [("97043", "0011"), ("970436", "001"), ("970436", "00 11")])
def test_an_account_that_no_code_could_name_is_refused(bank_bin: str, number: str) -> None:
    with pytest.raises(InvalidAccount):
        BankAccount(bank_bin, number, "KBNN").check()
    BankAccount("970436", "0011001234567", "KBNN").check()
