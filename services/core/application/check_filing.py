"""Check a filing against the catalogue and the life of a dossier."""

from datetime import datetime

from services.core.application.desk import Desk
from services.core.domain.deadline import VIETNAM
from services.core.domain.lookup import LookUpNeeded, needs_look_up
from services.core.domain.reception import Filing, take_in
from services.core.persistence.receptions import Accepted


def check_filing(filing: Filing, *, line: int, desk: Desk, now: datetime) -> Accepted:
    """Give the filing ready to be stored; the catalogue must be loaded with its unit and procedure.

    Only a dossier that begins here has to be within the unit's and the procedure's time: one that an older
    system took in may belong to a unit that has ended since. Raises the refusals of the domain.
    """
    catalogue = desk.catalogue
    unit = catalogue.unit(filing.unit_code, within=desk.caller.unit_path, pointer="/unit_code")
    if filing.imported:
        procedure = catalogue.procedure(filing.procedure_code, pointer="/procedure_code")
    else:
        procedure = catalogue.offered(filing.procedure_code, pointer="/procedure_code")
        unit.check_open_on(now.astimezone(VIETNAM).date(), pointer="/unit_code")
    terms = catalogue.terms(unit, procedure)
    reception = take_in(filing, terms, now=now, comparison=desk.comparison)
    needs = needs_look_up(
        filing.applicant, procedure_wants=procedure.wants_look_up, ended=reception.life.ended
    )
    if needs and unit.requires_match and not filing.imported and reception.life.received_at is not None:
        # Nothing was asked yet: the dossier has to be registered first.
        raise LookUpNeeded(pointer="/received", result=None)
    return Accepted(line, unit, reception, needs)
