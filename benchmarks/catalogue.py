"""Units, procedures and a desk client, the same for everybody who is measured."""

from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Scope, hash_key
from services.core.domain.deadline import ProcessingTime, TimeUnit
from services.core.persistence.clients import ClientRepository
from services.core.persistence.procedures import ProcedureRepository, ProcedureRow
from services.core.persistence.units import UnitRepository, UnitRow

PROVINCE_CODE: Final = "H44"
UNIT_CODES: Final = tuple(f"{PROVINCE_CODE}.{201 + number}" for number in range(20))
#: Procedures that the mock portal knows without a catalogue file.
PROCEDURE_CODES: Final = ("1.001193", "1.000894", "1.004873", "2.000815")
#: Not a secret: it opens a database that is gone after the run.
API_KEY: Final = "lt_benchmark"
_SINCE: Final = date(2025, 7, 1)


async def fill_catalogue(session: AsyncSession) -> None:
    """Store one province with twenty communes, four procedures, and a client that may write to all."""
    await UnitRepository(session).save_all([_unit(PROVINCE_CODE), *(_unit(code) for code in UNIT_CODES)])
    await ProcedureRepository(session).save_all([_procedure(code) for code in PROCEDURE_CODES])
    province = (await UnitRepository(session).find_many([PROVINCE_CODE]))[PROVINCE_CODE]
    await ClientRepository(session).add(
        name="benchmark", unit_id=province.id, scopes=list(Scope), key_hash=hash_key(API_KEY)
    )


def _unit(code: str) -> UnitRow:
    is_province = code == PROVINCE_CODE
    return UnitRow(
        code=code,
        name=f"Cơ quan {code}",
        level="province" if is_province else "commune",
        parent_code=None if is_province else PROVINCE_CODE,
        valid_from=_SINCE,
        valid_to=None,
        successor_code=None,
        opening_hours=None,
    )


def _procedure(code: str) -> ProcedureRow:
    return ProcedureRow(
        code=code,
        name=f"Thủ tục {code}",
        field_code="HO-TICH",
        field_name="Hộ tịch",
        level="commune",
        service_level="full",
        processing=ProcessingTime(3, TimeUnit.WORKING_DAY),
        fee_vnd=8000,
        yields_paper=True,
    )
