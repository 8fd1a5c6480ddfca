"""Changing dossiers: progress, extension, apology, correction. `If-Match` says what was decided on."""

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, BackgroundTasks, Depends
from sqlalchemy.ext.asyncio import AsyncSession
from starlette.responses import Response

from services.api.access import Changer, Visit
from services.api.dependencies import DossierName, IfMatch, Transaction, edition_of, reference_of
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute
from services.api.schemas.answer import DossierStanding, standing, tag
from services.api.schemas.changes import ApologyIn, CorrectionIn, ExtensionIn, ProgressIn
from services.core.application.apologise import apologise
from services.core.application.change_dossier import Moved
from services.core.application.correct_dossier import correct_dossier
from services.core.application.extend_due_time import extend_due_time
from services.core.application.record_progress import record_progress
from services.core.persistence.dossiers import Edition, Reference

_REFUSALS = refusals(
    HTTPStatus.NOT_FOUND,
    HTTPStatus.CONFLICT,
    HTTPStatus.PRECONDITION_FAILED,
    HTTPStatus.PRECONDITION_REQUIRED,
    *WITH_BODY,
)

router = APIRouter(prefix="/v1/dossiers/{dossier}", tags=["xử lý / changes"], route_class=StrictRoute)


@dataclass(frozen=True, slots=True)
class Call:
    """A change that somebody may make, of the dossier as they know it."""

    session: AsyncSession
    reference: Reference
    expected: Edition
    visit: Visit
    after_response: BackgroundTasks

    def answer(self, moved: Moved) -> Response:
        """Tell where the dossier stands now, and wake the worker once that is said."""
        self.after_response.add_task(self.visit.runtime.doorbell.ring)
        return Response(
            json.dumps(standing(moved)),
            media_type="application/json",
            headers={"ETag": tag(moved.edition)},
            background=self.after_response,
        )


async def take_call(
    *,
    dossier: DossierName,
    visit: Changer,
    transaction: Transaction,
    after_response: BackgroundTasks,
    if_match: IfMatch = None,
) -> Call:
    """Gather what all changes need."""
    return Call(transaction, reference_of(dossier), edition_of(if_match), visit, after_response)


CallDep = Annotated[Call, Depends(take_call, scope="function")]


@router.post("/progress", response_model=DossierStanding, responses=_REFUSALS)
async def add_progress(progress: ProgressIn, call: CallDep) -> Response:
    """Record a step of the dossier's life. A refused step is told what would be allowed.

    A supplement request stops the clock; the step that follows it starts it again and moves the due time by
    the working time between them.
    """
    moved = await record_progress(
        call.session,
        reference=call.reference,
        expected=call.expected,
        step=progress.to_domain(),
        due_at=progress.due_at,
        desk=call.visit.desk,
    )
    return call.answer(moved)


@router.post("/extension", response_model=DossierStanding, responses=_REFUSALS)
async def add_extension(extension: ExtensionIn, call: CallDep) -> Response:
    """Give more time, before the due time has passed. The old due time stays in the timeline."""
    moved = await extend_due_time(
        call.session,
        reference=call.reference,
        expected=call.expected,
        new_due_at=extension.new_due_at,
        signed=extension.signed(extension.reason),
        desk=call.visit.desk,
    )
    return call.answer(moved)


@router.post("/apology", response_model=DossierStanding, responses=_REFUSALS)
async def add_apology(apology: ApologyIn, call: CallDep) -> Response:
    """Put the letter of apology with its new date on record, once. The judged due time stays as it is."""
    moved = await apologise(
        call.session,
        reference=call.reference,
        expected=call.expected,
        apology=apology.to_domain(),
        desk=call.visit.desk,
    )
    return call.answer(moved)


@router.patch("", response_model=DossierStanding, responses=_REFUSALS)
async def add_correction(correction: CorrectionIn, call: CallDep) -> Response:
    """Correct what was written down wrongly. The timeline names the fields, not their values."""
    moved = await correct_dossier(
        call.session,
        reference=call.reference,
        expected=call.expected,
        correction=correction.to_domain(),
        signed=correction.signed(correction.reason),
        desk=call.visit.desk,
    )
    return call.answer(moved)
