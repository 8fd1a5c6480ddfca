"""Correct what was written down wrongly, with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.change_dossier import Moved, Signed, next_entry, open_dossier, write_down
from services.core.application.desk import Desk
from services.core.domain.citizen import facts_of_correction
from services.core.domain.dossier import EntryKind
from services.core.domain.errors import DomainError
from services.core.domain.filing import Applicant
from services.core.domain.lookup import needs_look_up
from services.core.domain.reception import Recorded, check_agent
from services.core.persistence.changes import ChangeRepository
from services.core.persistence.citizens import CitizenRepository
from services.core.persistence.dossiers import (
    DossierDetails,
    DossierRepository,
    Edition,
    OpenDossier,
    Reference,
)
from services.core.persistence.look_ups import LookUpRepository

#: What a look-up is made of, as corrections name it.
ASKED_BY: Final = frozenset({f"applicant.{name}" for name in ("kind", "name", "identity_number", "birth")})


#: What the portal is not told.
_OF_THE_DESK: Final = frozenset({"filing_mode", "agent"})


class NothingToCorrect(DomainError):
    """The correction names no field, or only values that stand there already."""

    code = "nothing-to-correct"


@dataclass(frozen=True, slots=True)
class Correction:
    """New values by field name: of the applicant, and of the dossier itself (`Filing` has the names)."""

    applicant: Mapping[str, Any] = field(default_factory=dict)
    dossier: Mapping[str, Any] = field(default_factory=dict)


async def correct_dossier(
    session: AsyncSession,
    *,
    reference: Reference,
    expected: Edition,
    correction: Correction,
    signed: Signed,
    desk: Desk,
) -> Moved:
    """Overwrite the given fields, also of an ended dossier. The history names the fields, not their values.

    Raises `DossierNotFound`, `DossierChanged`, `NothingToCorrect`, `AgentNeeded` or `AgentNotWanted`.
    """
    dossier = await open_dossier(session, reference, expected=expected, desk=desk)
    details = await DossierRepository(session, within=desk.caller.unit_path).get(dossier.id)
    values, names = _difference(details, correction)
    if not names:
        raise NothingToCorrect
    if _OF_THE_DESK.intersection(values):
        check_agent(values.get("filing_mode", details.filing_mode), values.get("agent", details.agent))
    if ASKED_BY.intersection(names) and not dossier.life.ended:
        await _look_up_anew(session, dossier, values["applicant"], signed.officer, desk)
    # In the order in which a reception locks citizens and the counts of dossiers.
    await _learn(session, details, values.get("applicant"), at=desk.clock.now())
    await ChangeRepository(session).correct(dossier.id, values)
    entry = next_entry(
        dossier,
        signed,
        kind=EntryKind.CORRECTION,
        status=dossier.life.status,
        occurred_at=desk.clock.now(),
    )
    recorded = Recorded(entry, {"changed": names})
    return await write_down(session, dossier, dossier.life, recorded, desk=desk)


async def _learn(
    session: AsyncSession, details: DossierDetails, corrected: Applicant | None, *, at: datetime
) -> None:
    """Bring the owner's record up to date, and that of somebody whose number stood here by mistake."""
    old, code = details.body.applicant, details.body.code
    if corrected is None:
        return
    citizens = CitizenRepository(session)
    if old.identity_number is not None and old.identity_number != corrected.identity_number:
        await citizens.forget_dossier(old.identity_number, code)
    if (facts := facts_of_correction(old, corrected, as_of=at, dossier_code=code)) is not None:
        await citizens.remember(facts)


async def _look_up_anew(
    session: AsyncSession, dossier: OpenDossier, applicant: Applicant, officer: str, desk: Desk
) -> None:
    """Forget what was found of somebody else, and ask about the person who the applicant is now."""
    await desk.catalogue.load(session, units=(), procedures={dossier.procedure_code})
    wants = desk.catalogue.procedure(dossier.procedure_code).wants_look_up
    needed = needs_look_up(applicant, procedure_wants=wants, ended=False)
    number = applicant.identity_number if needed else None
    await LookUpRepository(session).renew(dossier.id, number=number, officer=officer)


def _difference(details: DossierDetails, correction: Correction) -> tuple[dict[str, Any], list[str]]:
    """Give the new values that differ, and the names of all fields that do."""
    values = {name: value for name, value in correction.dossier.items() if _present(details, name) != value}
    names = sorted(values)
    old = details.body.applicant
    changed = sorted(name for name, value in correction.applicant.items() if getattr(old, name) != value)
    if changed:
        values["applicant"] = replace(old, **correction.applicant)
        names += [f"applicant.{name}" for name in changed]
    return values, names


def _present(details: DossierDetails, name: str) -> object:
    return getattr(details if name in _OF_THE_DESK else details.body, name)
