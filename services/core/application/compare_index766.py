"""Compare our estimate of index 766 with what the portal publishes."""

from dataclasses import dataclass
from datetime import date

from services.core.application.read_index766 import UnitIndex, read_index766
from services.core.domain.indicator.published import Difference, Published, differences
from services.core.domain.outcome import Failure
from services.core.domain.ports import PublishedIndex
from services.core.persistence.engine import Sessions
from services.core.persistence.index_views import IndexViewRepository


@dataclass(frozen=True, slots=True)
class Compared:
    """Both sides of a unit's month; no differences says that they agree to the last decimal."""

    ours: UnitIndex
    published: Published
    differences: list[Difference]


async def compare_index766(
    sessions: Sessions, *, portal: PublishedIndex, unit: str | None, month: date, department: str | None
) -> Compared | Failure:
    """Read both; `department` is the portal's id of the province, by default the province's code.

    A unit below the province is found by its name, which is all that a pushed dossier says of it. Raises
    `UnknownUnit`.
    """
    async with sessions() as session:
        ours = await read_index766(session, unit=unit, month=month)
        province = await IndexViewRepository(session).find_province(ours.unit)
    unit_name = None if ours.unit.is_province else ours.unit.name
    published = await portal.published(department or province.code, unit_name=unit_name, month=month)
    if not isinstance(published, Published):
        return published
    return Compared(ours, published, differences(ours.report, published))
