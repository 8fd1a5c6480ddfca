"""Take in counts that others report, and add them up."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.desk import Desk
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action
from services.core.domain.deadline import VIETNAM
from services.core.domain.figures import Period
from services.core.domain.onboarding.errors import EventIdReused, EventInFuture, FieldUnfit, UnknownEvent
from services.core.domain.onboarding.reported import ReportedCount, ReportedSum
from services.core.domain.policy import covers
from services.core.persistence.onboarding.reported import ReportedRepository
from services.core.persistence.reach import Errand, run_errand


@dataclass(frozen=True, slots=True)
class SentCount:
    """A count as it was sent: the unit by its code."""

    unit_code: str
    count: ReportedCount


async def report_counts(session: AsyncSession, *, counts: Sequence[SentCount], desk: Desk) -> None:
    """Store all counts that are new, or none.

    Raises `UnknownUnit`, `UnitEnded`, `EventInFuture`, `FieldUnfit`, `UnknownEvent` or `EventIdReused`, with
    a pointer to the count.
    """
    await desk.catalogue.load(session, units={sent.unit_code for sent in counts}, procedures=())
    await run_errand(session, Errand.ONBOARDING)
    reported = ReportedRepository(session)
    signed = [_signed(sent, f"/counts/{place}", desk) for place, sent in enumerate(counts)]
    await _check_corrections(reported, [count for count, _ in signed], desk)
    await reported.add(signed, client_id=desk.caller.client_id)
    stored = await reported.fingerprints([count.id for count, _ in signed])
    for place, (count, fingerprint) in enumerate(signed):
        if stored[count.id] != fingerprint:
            raise EventIdReused(pointer=f"/counts/{place}/id")
    ids = tuple(str(count.id) for count, _ in signed)
    await record(session, actor=actor_of(desk.caller), act=Act(Action.COUNTS_REPORT, ids))


async def sum_reported(
    session: AsyncSession, *, path: str, today: date, period: Period
) -> Sequence[ReportedSum]:
    """Add up what was reported for the units under `path`."""
    # A count is out when it has been corrected, also by somebody above.
    await run_errand(session, Errand.ONBOARDING)
    return await ReportedRepository(session).sums(path=path, on=today, period=period)


def _signed(sent: SentCount, pointer: str, desk: Desk) -> tuple[ReportedCount, bytes]:
    unit = desk.catalogue.unit(sent.unit_code, within=desk.caller.unit_path, pointer=f"{pointer}/unit_code")
    count = replace(sent.count, unit_id=unit.id)
    unit.check_open_on(count.day, pointer=f"{pointer}/unit_code")
    if count.day > desk.clock.now().astimezone(VIETNAM).date():
        raise EventInFuture(pointer=f"{pointer}/day", occurred_at=count.day.isoformat())
    if count.whole is not None and count.part > count.whole:
        raise FieldUnfit(pointer=f"{pointer}/part", outcome=count.figure.value)
    document = json.dumps(asdict(count), default=str, sort_keys=True)
    return count, hashlib.sha256(document.encode()).digest()


async def _check_corrections(
    reported: ReportedRepository, counts: Sequence[ReportedCount], desk: Desk
) -> None:
    """Refuse to correct what other units have reported; what is not here yet may still come."""
    paths = await reported.unit_paths([count.corrects for count in counts if count.corrects is not None])
    for place, count in enumerate(counts):
        if count.corrects in paths and not covers(desk.caller.unit_path, paths[count.corrects]):
            raise UnknownEvent(pointer=f"/counts/{place}/corrects")
