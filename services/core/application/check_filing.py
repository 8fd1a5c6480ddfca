"""Check a filing against the catalogue and the life of a dossier."""

from datetime import datetime

from services.core.application.catalogue import Catalogue
from services.core.domain.deadline import VIETNAM
from services.core.domain.reception import Filing, Reception, take_in
from services.core.domain.verdict import Comparison
from services.core.persistence.receptions import Accepted


def check_filing(
    filing: Filing,
    *,
    line: int,
    within: str,
    catalogue: Catalogue,
    comparison: Comparison,
    now: datetime,
) -> Accepted:
    """Give the filing ready to be stored; the catalogue must be loaded with its unit and procedure.

    Only a dossier that begins here has to be within the unit's and the procedure's time: one that an older
    system took in may belong to a unit that has ended since. Raises the refusals of the domain.
    """
    unit = catalogue.unit(filing.unit_code, within=within, pointer="/unit_code")
    if filing.imported:
        procedure = catalogue.procedure(filing.procedure_code, pointer="/procedure_code")
    else:
        procedure = catalogue.offered(filing.procedure_code, pointer="/procedure_code")
        unit.check_open_on(now.astimezone(VIETNAM).date(), pointer="/unit_code")
    reception: Reception = take_in(
        filing, catalogue.terms(unit, procedure), now=now, comparison=comparison
    )
    return Accepted(line, unit, reception)
