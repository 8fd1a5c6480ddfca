"""VietQR codes (the national standard over EMVCo's): as text, and drawn."""

import io

import segno
from vietnam_qr_pay import QRPay

from services.core.domain.payment import PaymentRequest

#: Pixels of a module in the picture; phones read it from a counter screen and from paper.
_SCALE = 6


def payload_of(request: PaymentRequest) -> str:
    """Write the text of the code: account, amount, purpose, check sum."""
    account = request.account
    code: str = QRPay.init_viet_qr(
        bank_bin=account.bank_bin,
        bank_number=account.number,
        amount=str(request.amount_vnd),
        purpose=request.purpose,
    ).build()
    return code


def draw(payload: str) -> bytes:
    """Draw a code as SVG, with the error correction that bank posters use."""
    picture = io.BytesIO()
    segno.make_qr(payload, error="m").save(picture, kind="svg", scale=_SCALE)
    return picture.getvalue()
