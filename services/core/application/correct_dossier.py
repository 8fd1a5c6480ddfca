"""Correct what was written down wrongly, with a reason."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.application.change_dossier import Moved, Signed, next_entry, open_dossier, write_down
from services.core.application.desk import Desk
from services.core.domain.dossier import EntryKind
from services.core.domain.errors import DomainError
from services.core.domain.filing import Applicant
from services.core.domain.lookup import needs_look_up
from services.core.domain.reception import Recorded
from services.core.persistence.changes import ChangeRepository
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

    Raises `DossierNotFound`, `DossierChanged` or `NothingToCorrect`.
    """
    dossier = await open_dossier(session, reference, expected=expected, desk=desk)
    details = await DossierRepository(session, within=desk.caller.unit_path).get(dossier.id)
    values, names = _difference(details, correction)
    if not names:
        raise NothingToCorrect
    await ChangeRepository(session).correct(dossier.id, values)
    if ASKED_BY.intersection(names) and not dossier.life.ended:
        await _look_up_anew(session, dossier, values["applicant"], signed.officer, desk)
    entry = next_entry(
        dossier,
        signed,
        kind=EntryKind.CORRECTION,
        status=dossier.life.status,
        occurred_at=desk.clock.now(),
    )
    recorded = Recorded(entry, {"changed": names})
    return await write_down(session, dossier, dossier.life, recorded, desk=desk)


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
    return details.filing_mode if name == "filing_mode" else getattr(details.body, name)
