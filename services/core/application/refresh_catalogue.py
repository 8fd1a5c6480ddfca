"""Take in the portal's catalogue of procedures; our own is never changed by it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

import structlog

from services.core.domain.outcome import Failure, outcome_name
from services.core.domain.portal_catalogue import (
    Credibility,
    Listing,
    Noted,
    ProcedureDetail,
    Sighting,
    note_listing,
)
from services.core.domain.ports import Clock, PortalCatalogue
from services.core.persistence.engine import Sessions
from services.core.persistence.portal_procedures import PortalProcedureRepository

log = structlog.get_logger()

_DETAILS_AT_ONCE: Final = 25
#: The portal is not to be pressed for what can be read tomorrow.
_FAILURES_IN_A_ROW: Final = 3


@dataclass(slots=True)
class Refreshed:
    """What a pass came to; `failure` names the outcome if the portal did not give its list.

    `gone` are procedures of which the absence has just been proven, `back` those that are listed again.
    """

    failure: str | None = None
    credibility: Credibility | None = None
    listed: int = 0
    unreadable: int = 0
    gone: list[str] = field(default_factory=list)
    back: list[str] = field(default_factory=list)
    details_wanted: int = 0
    details_read: int = 0


async def refresh_catalogue(
    sessions: Sessions,
    *,
    portal: PortalCatalogue,
    clock: Clock,
    most_vanished: float,
    trust_shrinking: bool = False,
    progress: Callable[[int, int], None] = lambda _done, _all: None,
) -> Refreshed:
    """Read the list and then the details of our procedures; `progress` hears how many of how many.

    Three details in a row that cannot be had end the pass; the next one begins with what is oldest.
    """
    listing = await portal.list_procedures()
    if not isinstance(listing, Listing):
        failure = outcome_name(listing)
        log.warning("catalogue.not_read", outcome=failure)
        return Refreshed(failure=failure)
    refreshed = await _take_listing(
        sessions, listing, clock=clock, most_vanished=most_vanished, trust_shrinking=trust_shrinking
    )
    await _read_details(sessions, refreshed, portal=portal, clock=clock, progress=progress)
    log.info(
        "catalogue.refreshed",
        listed=refreshed.listed,
        credibility=refreshed.credibility,
        gone=len(refreshed.gone),
        details=refreshed.details_read,
    )
    return refreshed


async def _take_listing(
    sessions: Sessions, listing: Listing, *, clock: Clock, most_vanished: float, trust_shrinking: bool
) -> Refreshed:
    async with sessions.begin() as session:
        repository = PortalProcedureRepository(session)
        known = await repository.known()
        noted = note_listing(
            known,
            [procedure.code for procedure in await repository.ours()],
            listing,
            now=clock.now(),
            most_vanished=most_vanished,
            trust_shrinking=trust_shrinking,
        )
        await repository.save(noted.changed)
    return _refreshed(listing, noted, known)


def _refreshed(listing: Listing, noted: Noted, known: dict[str, Sighting]) -> Refreshed:
    were_there = {code for code, sighting in known.items() if sighting.on_portal}
    return Refreshed(
        credibility=noted.credibility,
        listed=len(listing.names),
        unreadable=listing.unreadable,
        gone=[s.code for s in noted.changed if s.code in were_there and not s.on_portal],
        back=[s.code for s in noted.changed if s.code in known and s.code not in were_there and s.on_portal],
    )


async def _read_details(
    sessions: Sessions,
    refreshed: Refreshed,
    *,
    portal: PortalCatalogue,
    clock: Clock,
    progress: Callable[[int, int], None],
) -> None:
    """Read one after the other: dossiers go first, and the night is long."""
    async with sessions() as session:
        codes = await PortalProcedureRepository(session).codes_to_read()
    refreshed.details_wanted = len(codes)
    read: list[tuple[str, ProcedureDetail]] = []
    failures = 0
    for number, code in enumerate(codes, start=1):
        answer = await portal.procedure(code)
        if isinstance(answer, ProcedureDetail):
            failures = 0
            read.append((code, answer))
        elif isinstance(answer, Failure):
            failures += 1
        if len(read) >= _DETAILS_AT_ONCE or failures == _FAILURES_IN_A_ROW or number == len(codes):
            await _save(sessions, read, clock)
            refreshed.details_read += len(read)
            read = []
        progress(number, len(codes))
        if failures == _FAILURES_IN_A_ROW:
            log.warning("catalogue.details_given_up", read=refreshed.details_read, wanted=len(codes))
            return


async def _save(sessions: Sessions, details: list[tuple[str, ProcedureDetail]], clock: Clock) -> None:
    if not details:
        return
    async with sessions.begin() as session:
        await PortalProcedureRepository(session).save_details(details, now=clock.now())
