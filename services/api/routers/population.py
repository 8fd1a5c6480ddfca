"""Who is eligible, what is aimed at, and counts that others report."""

from http import HTTPStatus
from typing import Final

from fastapi import APIRouter

from services.api.access import OnboardingPlanner
from services.api.dependencies import Transaction
from services.api.documentation import WITH_BODY, refusals
from services.api.json_body import StrictRoute
from services.api.schemas.population import PopulationCountsIn, ReportedCountsIn, TargetsIn
from services.core.application.report_counts import report_counts
from services.core.application.save_population import save_population_counts, save_targets

_REFUSALS: Final = refusals(*WITH_BODY)
_DONE: Final = HTTPStatus.NO_CONTENT

router = APIRouter(prefix="/v1", tags=["công dân số / onboarding"], route_class=StrictRoute)


@router.put("/population-counts", status_code=_DONE, responses=_REFUSALS)
async def put_population_counts(
    body: PopulationCountsIn, visit: OnboardingPlanner, transaction: Transaction
) -> None:
    """Save how many are eligible, per unit and population, from a day on: all of them or none."""
    counts = [count.to_domain() for count in body.counts]
    await save_population_counts(transaction, counts=counts, desk=visit.desk)


@router.put("/onboarding/targets", status_code=_DONE, responses=_REFUSALS)
async def put_targets(body: TargetsIn, visit: OnboardingPlanner, transaction: Transaction) -> None:
    """Save the targets of units that differ from those of the steps: all of them or none."""
    targets = [target.to_domain() for target in body.targets]
    await save_targets(transaction, targets=targets, desk=visit.desk)


@router.put("/onboarding/counts", status_code=_DONE, responses=_REFUSALS)
async def put_reported_counts(
    body: ReportedCountsIn, visit: OnboardingPlanner, transaction: Transaction
) -> None:
    """Record counts of a day from those who keep the single cases to themselves: all of them or none.

    Each has its own id, so the call may be repeated at will.
    """
    counts = [count.to_domain() for count in body.counts]
    await report_counts(transaction, counts=counts, desk=visit.desk)
