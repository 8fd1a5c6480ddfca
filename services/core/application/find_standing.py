"""Say how far one citizen, household or officer has got."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.desk import Desk
from services.core.application.record import actor_of, record
from services.core.domain.audit import Act, Action
from services.core.domain.onboarding.event import Subject
from services.core.persistence.onboarding.attempts import AttemptRepository, StepStanding
from services.core.persistence.onboarding.subjects import SubjectKey, SubjectRepository


async def find_standing(
    session: AsyncSession, *, subject: Subject, unit_code: str | None, desk: Desk
) -> Sequence[StepStanding]:
    """Give the steps of a subject, none for one that nobody of the caller's units has helped.

    A reference holds within the unit of `unit_code`; a citizen's number needs none. Raises `UnknownUnit`.
    """
    unit_id = None
    if subject.number is None:
        code = unit_code or ""
        await desk.catalogue.load(session, units={code}, procedures=())
        unit_id = desk.catalogue.unit(code, within=desk.caller.unit_path, pointer="/unit_code").id
    key = SubjectKey(subject.kind, unit_id, subject.reference, subject.number)
    # Who is asked for stays out: it may be an identity number.
    await record(session, actor=actor_of(desk.caller), act=Act(Action.STANDING_FIND))
    known = (await SubjectRepository(session).find({key})).get(key)
    if known is None:
        return ()
    return await AttemptRepository(session).standings(known.person_id, path=desk.caller.unit_path)
