"""Show operations how a dossier got on, without showing them whose it is."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.read_delivery import DeliveryView, view_delivery
from services.core.domain.verdict import Comparison
from services.core.persistence.console_views import ConsoleViewRepository, DossierHeadline, TimelineStep

ATTEMPTS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class InspectedDossier:
    """`delivery` names no officer, and its words of the portal no applicant."""

    headline: DossierHeadline
    steps: Sequence[TimelineStep]
    delivery: DeliveryView


async def inspect_dossier(session: AsyncSession, *, code: str, comparison: Comparison) -> InspectedDossier:
    """Give the way of a dossier of any unit, by its exact code; raises `DossierNotFound`."""
    views = ConsoleViewRepository(session)
    headline = await views.headline(code)
    delivery = await view_delivery(session, headline.id, comparison=comparison)
    return InspectedDossier(
        headline=headline,
        steps=await views.steps(headline.id),
        delivery=replace(
            delivery,
            record=replace(delivery.record, last_cause=headline.last_words),
            attempts=await views.attempts(headline.id, limit=ATTEMPTS_SHOWN),
            missing=[replace(entry, officer="", text="") for entry in delivery.missing],
        ),
    )
