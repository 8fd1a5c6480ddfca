"""What citizens need not be asked again."""

from http import HTTPStatus
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query
from starlette.responses import Response

from services.api.access import CitizenFinder, CitizenReader
from services.api.dependencies import LanguageDep, Transaction
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute
from services.api.problems import problem_response
from services.api.schemas.citizens import CitizenOut, CitizenQuestion, PrefillOut
from services.core.application.find_citizen import find_citizen
from services.core.application.read_prefill import read_prefill
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action, Result
from services.core.domain.citizen import CitizenNotFound
from services.core.domain.identity import IdentityNumber

router = APIRouter(prefix="/v1", tags=["công dân / citizens"], route_class=StrictRoute)

Citizen = Annotated[str, Path(description="Id of the citizen, as `citizens:find` gives it")]
Procedure = Annotated[
    str | None, Query(max_length=100, pattern=r"^[!-~]+$", description="Code of the procedure to fill in")
]


@router.post(
    "/citizens:find", response_model=CitizenOut, responses=refusals(HTTPStatus.NOT_FOUND, *WITH_BODY)
)
async def find(
    question: CitizenQuestion, visit: CitizenFinder, transaction: Transaction, language: LanguageDep
) -> CitizenOut | Response:
    """Find a citizen by identity number. The id that comes back is good for URLs; the number never is."""
    number = IdentityNumber.parse(question.identity_number)
    actor = actor_of(visit.caller)
    try:
        citizen_id = await find_citizen(transaction, number=number)
    except CitizenNotFound as refusal:
        # Answered and not raised, so that the record stays: guessing numbers shows there.
        await record(transaction, actor=actor, act=Act(Action.CITIZEN_FIND, result=Result.REFUSED))
        return problem_response(refusal.code, language)
    await record(transaction, actor=actor, act=Act(Action.CITIZEN_FIND, (str(citizen_id),)))
    return CitizenOut(id=citizen_id)


@router.get("/citizens/{citizen}/prefill", responses=refusals(HTTPStatus.NOT_FOUND))
async def show_prefill(
    citizen: Citizen, visit: CitizenReader, transaction: Transaction, procedure: Procedure = None
) -> PrefillOut:
    """Give every known value with its source and date, and the papers that were digitised earlier.

    Name what you take over in `prefilled` of the filing, and mark papers used again with their `reuse`:
    everything else that was known counts as asked again.
    """
    citizen_id = _id_of(citizen)
    prefill = await read_prefill(transaction, citizen_id=citizen_id, procedure_code=procedure)
    act = Act(Action.CITIZEN_PREFILL, (str(citizen_id),), purpose=procedure)
    await record(transaction, actor=actor_of(visit.caller), act=act)
    return PrefillOut.of(prefill, today=visit.today)


def _id_of(text: str) -> UUID:
    """Read an id; what cannot be one names nobody, and is not repeated: it may be an identity number."""
    try:
        return UUID(text)
    except ValueError as exc:
        raise CitizenNotFound from exc
