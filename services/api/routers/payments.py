"""Money for dossiers, and money that the state pays out."""

import json
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, BackgroundTasks, Query
from starlette.requests import Request
from starlette.responses import Response

from services.api.access import PaymentReader, PaymentReporter, PayoutReporter
from services.api.dependencies import DossierName, IdempotencyKey, Transaction, reference_of, required
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute
from services.api.payment_code import draw, payload_of
from services.api.routers.filing import REPLAYED, fingerprint
from services.api.schemas.payments import (
    DifferenceOut,
    DifferencePage,
    PaymentCodeOut,
    PaymentIn,
    PaymentsOut,
    PaymentTakenOut,
    PayoutsIn,
    PayoutsOut,
)
from services.core.application.answer_once import answer_once
from services.core.application.read_payments import list_differences, read_payments, request_payment
from services.core.application.record import actor_of, record
from services.core.application.record_payment import record_payment
from services.core.application.record_payouts import record_payouts
from services.core.domain.audit import Act, Action
from services.core.domain.request import RequestKey

_REFUSALS: Final = refusals(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT)

#: A thousand payouts with long names.
_PAYOUT_BYTES: Final = 2 * 1024 * 1024

router = APIRouter(prefix="/v1", tags=["thanh toán / payments"], route_class=StrictRoute)


@router.post(
    "/dossiers/{dossier}/payments",
    response_model=PaymentTakenOut,
    status_code=HTTPStatus.CREATED,
    responses=refusals(HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT, *WITH_BODY),
)
async def add_payment(
    *,
    dossier: DossierName,
    payment: PaymentIn,
    request: Request,
    visit: PaymentReporter,
    transaction: Transaction,
    after_response: BackgroundTasks,
    idempotency_key: IdempotencyKey = None,
) -> Response:
    """Report money received for a dossier. Fees that it covers count as paid, also towards the portal.

    The same `provider` and `reference` again is the same payment, whatever the key; what the later report
    says otherwise is listed under `/v1/payment-differences`.
    """

    async def work() -> dict[str, object]:
        taken = await record_payment(
            transaction, reference=reference_of(dossier), payment=payment.to_domain(), desk=visit.desk
        )
        return PaymentTakenOut.of(taken).model_dump(mode="json")

    said = {"dossier": dossier, "payment": await request.json()}
    key = RequestKey("payments", required(idempotency_key), fingerprint(said), HTTPStatus.CREATED)
    answer = await answer_once(transaction, client_id=visit.caller.client_id, request=key, work=work)
    after_response.add_task(visit.runtime.doorbell.ring)
    return Response(
        json.dumps(answer.document),
        status_code=HTTPStatus.CREATED,
        media_type="application/json",
        headers=None if answer.is_new else {REPLAYED: "true"},
        background=after_response,
    )


@router.get("/dossiers/{dossier}/payments", responses=_REFUSALS)
async def show_payments(dossier: DossierName, visit: PaymentReader, transaction: Transaction) -> PaymentsOut:
    """Show what was paid for a dossier and what is still owed."""
    paid = await read_payments(transaction, reference=reference_of(dossier), caller=visit.caller)
    return PaymentsOut.of(paid)


@router.get("/dossiers/{dossier}/payment-code", responses=_REFUSALS)
async def show_payment_code(
    dossier: DossierName, visit: PaymentReader, transaction: Transaction
) -> PaymentCodeOut:
    """Give a VietQR code for all that is owed."""
    asked = await request_payment(transaction, reference=reference_of(dossier), caller=visit.caller)
    return PaymentCodeOut.of(asked, payload_of(asked))


@router.get(
    "/dossiers/{dossier}/payment-code.svg",
    response_class=Response,
    responses=_REFUSALS | {200: {"description": "A picture", "content": {"image/svg+xml": {}}}},
)
async def draw_payment_code(dossier: DossierName, visit: PaymentReader, transaction: Transaction) -> Response:
    """Draw the code, for the counter's screen or to print."""
    asked = await request_payment(transaction, reference=reference_of(dossier), caller=visit.caller)
    return Response(draw(payload_of(asked)), media_type="image/svg+xml")


@router.get("/payment-differences", responses=refusals())
async def show_differences(
    visit: PaymentReader,
    transaction: Transaction,
    before: Annotated[
        int | None, Query(ge=1, le=2**63 - 1, description="`next_before` of the page before")
    ] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> DifferencePage:
    """List what does not add up about payments of the caller's units, newest first."""
    page, last = await list_differences(
        transaction, within=visit.caller.unit_path, before=before, limit=limit
    )
    return DifferencePage(items=[DifferenceOut.model_validate(one) for one in page], next_before=last)


@router.post(
    "/payouts:batch",
    responses=refusals(*WITH_BODY),
    max_body_size=_PAYOUT_BYTES,
)
async def add_payouts(batch: PayoutsIn, visit: PayoutReporter, transaction: Transaction) -> PayoutsOut:
    """Report payments to recipients of social security. Sending the same ones again changes nothing."""
    taken = await record_payouts(
        transaction,
        lines={line: payout.to_domain() for line, payout in enumerate(batch.payouts, start=1)},
        within=visit.caller.unit_path,
        catalogue=visit.runtime.catalogue,
    )
    units = tuple(sorted({payout.unit_code for payout in batch.payouts}))
    await record(transaction, actor=actor_of(visit.caller), act=Act(Action.PAYOUT_RECORD, units))
    return PayoutsOut.of(taken)
