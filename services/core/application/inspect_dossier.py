"""Show operations how a dossier got on, without showing them whose it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.prove_delivery import Completeness, prove_dossier
from services.core.application.read_delivery import DeliveryView
from services.core.domain.receipt import Acknowledgement
from services.core.domain.verdict import Comparison
from services.core.persistence.console_views import ConsoleViewRepository, DossierHeadline, TimelineStep
from services.core.persistence.outage_log import Window
from services.core.persistence.proofs import BlamedOutage

ATTEMPTS_SHOWN: Final = 50


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is on record: by which call the portal acknowledged each entry, and the body that it holds.

    `windows` are the times without service that the dossier lived through, `blamed` is the outage that made
    it falsely late.
    """

    entries: Mapping[int, Acknowledgement]
    body: Acknowledgement | None
    record: Completeness
    windows: Sequence[Window]
    blamed: BlamedOutage | None


@dataclass(frozen=True, slots=True)
class InspectedDossier:
    """`delivery` names no officer, and its words of the portal no applicant."""

    headline: DossierHeadline
    steps: Sequence[TimelineStep]
    delivery: DeliveryView
    evidence: Evidence


async def inspect_dossier(session: AsyncSession, *, code: str, comparison: Comparison) -> InspectedDossier:
    """Give the way of a dossier of any unit, by its exact code; raises `DossierNotFound`."""
    views = ConsoleViewRepository(session)
    headline = await views.headline(code)
    proof = await prove_dossier(session, headline.id, comparison=comparison)
    delivery = proof.delivery
    return InspectedDossier(
        headline=headline,
        steps=await views.steps(headline.id),
        delivery=replace(
            delivery,
            record=replace(delivery.record, last_cause=headline.last_words),
            attempts=await views.attempts(headline.id, limit=ATTEMPTS_SHOWN),
            missing=[replace(entry, officer="", text="") for entry in delivery.missing],
        ),
        evidence=Evidence(
            entries={
                entry.line.entry.seq: entry.acknowledgement
                for entry in proof.entries
                if entry.acknowledgement is not None
            },
            body=proof.body,
            record=proof.record,
            windows=proof.windows,
            blamed=proof.blamed,
        ),
    )
