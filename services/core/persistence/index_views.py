"""Reading the counts of index 766: by unit and month, the dossiers behind them, units side by side."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import UnknownUnit
from services.core.domain.delivery import DeliveryState
from services.core.domain.dossier import Status
from services.core.domain.indicator import CatalogueCounts, Cost, DossierCounts
from services.core.domain.indicator.published import TOTAL
from services.core.persistence.index_upkeep import LATE, MonthKey

_PROCEDURES: Final = "count(DISTINCT c.procedure_code) FILTER (WHERE"

_COUNTS: Final = text(f"""
SELECT w.unit_id, w.month, coalesce(sum(c.received), 0) AS received,
    coalesce(sum(c.received_here), 0) AS received_here, coalesce(sum(c.sent), 0) AS sent,
    coalesce(sum(c.late), 0) AS late, coalesce(sum(c.online), 0) AS online,
    coalesce(sum(c.fee_due), 0) AS fee_due, coalesce(sum(c.paid_of_due), 0) AS paid_of_due,
    coalesce(sum(c.result_file), 0) AS result_file, coalesce(sum(c.digitised), 0) AS digitised,
    coalesce(sum(c.digitised_with_result), 0) AS digitised_with_result,
    coalesce(sum(c.national_store), 0) AS national_store,
    coalesce(sum(c.population_data), 0) AS population_data,
    count(DISTINCT c.procedure_code) AS procedures,
    {_PROCEDURES} c.population_data > 0) AS procedures_population_data,
    {_PROCEDURES} c.online > 0 AND p.active AND p.service_level IN ('partial', 'full')) AS procedures_online,
    {_PROCEDURES} c.paid > 0 AND p.active AND p.fee_vnd > 0) AS procedures_paid,
    {_PROCEDURES} c.fee_listed > 0 AND p.active AND p.fee_vnd > 0) AS procedures_with_fees
FROM unnest(CAST(:units AS int[]), CAST(:months AS date[])) AS w (unit_id, month)
    JOIN units a ON a.id = w.unit_id
    JOIN units u ON starts_with(u.path, a.path)
    LEFT JOIN index766_counts c ON c.unit_id = u.id AND c.month = w.month
    LEFT JOIN procedures p ON p.code = c.procedure_code
GROUP BY w.unit_id, w.month
""")  # noqa: S608 - joins constants

# Code, name, field, level, time, fee and service level stand for the seven parts that have to be public.
_CATALOGUE: Final = text("""
SELECT count(*) AS procedures,
    count(*) FILTER (WHERE service_level IN ('partial', 'full')) AS offered_online,
    count(*) FILTER (WHERE fee_vnd > 0) AS with_fee,
    count(*) FILTER (WHERE name <> '' AND field_name <> '' AND level <> '' AND service_level <> 'unknown'
        AND processing_time_value IS NOT NULL AND fee_vnd IS NOT NULL) AS complete
FROM procedures WHERE active
""")

_UNIT: Final = text("""
SELECT id, code, name, path, level = 'province' AS is_province FROM units
WHERE (CAST(:code AS text) IS NULL OR code = :code) AND starts_with(path || '.', :within)
ORDER BY length(path), code LIMIT 1
""")

_PROVINCE: Final = text("""
SELECT id, code, name, path, true AS is_province FROM units
WHERE parent_id IS NULL AND starts_with(:path, path)
""")

_UNITS: Final = text("""
SELECT id, level = 'province' AS is_province FROM units WHERE id = ANY(CAST(:ids AS int[]))
""")

_RANKED: Final = text("""
SELECT u.code, u.name, p.points FROM index766_points p JOIN units u ON u.id = p.unit_id
WHERE p.month = :month AND p.code = :total AND starts_with(u.path || '.', :within)
ORDER BY p.points DESC, u.code LIMIT :limit
""")

_REFRESHED_AT: Final = text("SELECT refreshed_at FROM index766_refreshes")

# The order is that of the primary key, so a page reads on where the last one ended.
_COSTLY: Final = text(f"""
SELECT i.unit_id, i.dossier_id, d.code, u.code AS unit_code, i.procedure_code, d.status, d.received_at,
    d.due_at, d.ended_at, i.on_portal, v.state AS delivery_state, {LATE} AS late,
    {LATE} AND d.ended_at IS NOT NULL AND coalesce(v.desk_flagged_at > now(), true) AS false_late
FROM index766_dossiers i JOIN units u ON u.id = i.unit_id JOIN dossiers d ON d.id = i.dossier_id
    JOIN deliveries v ON v.dossier_id = i.dossier_id
WHERE i.month = :month AND starts_with(u.path || '.', :within)
    AND i.facts & CAST(:among AS int) = CAST(:among AS int)
    AND (CAST(:lacking AS int) = 0 OR i.facts & CAST(:lacking AS int) <> CAST(:lacking AS int))
    AND (NOT CAST(:late AS boolean) OR {LATE})
    AND (NOT CAST(:unsent AS boolean) OR (i.received_here AND NOT i.on_portal))
    AND (i.unit_id, i.dossier_id) > (CAST(:after_unit AS int), CAST(:after_dossier AS uuid))
ORDER BY i.unit_id, i.dossier_id LIMIT :limit
""")  # noqa: S608 - joins constants

_FIRST: Final = (0, UUID(int=0))


@dataclass(frozen=True, slots=True)
class IndexUnit:
    """A unit that has an index of its own, with all units below it."""

    id: int
    code: str
    name: str
    path: str
    is_province: bool


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A unit with the points of its month."""

    code: str
    name: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class CostlyDossier:
    """A dossier that costs points; nothing in it says whose it is.

    `false_late` if the desk ended it in time, so that its points come back with its delivery.
    """

    unit_id: int
    dossier_id: UUID
    code: str
    unit_code: str
    procedure_code: str
    status: Status
    received_at: datetime
    due_at: datetime | None
    ended_at: datetime | None
    on_portal: bool
    delivery_state: DeliveryState
    late: bool
    false_late: bool

    @property
    def place(self) -> tuple[int, UUID]:
        """Where a page that ends with it goes on."""
        return self.unit_id, self.dossier_id


class IndexViewRepository:
    """Reads what the upkeep has counted; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find_unit(self, code: str | None, *, within: str) -> IndexUnit:
        """Give a unit, the topmost one without a code; raises `UnknownUnit`."""
        row = (await self._session.execute(_UNIT, {"code": code, "within": within})).first()
        if row is None:
            raise UnknownUnit(pointer="/unit")
        return IndexUnit(**row._asdict())

    async def find_province(self, unit: IndexUnit) -> IndexUnit:
        """Give the root of the tree that a unit stands in."""
        row = (await self._session.execute(_PROVINCE, {"path": unit.path})).one()
        return IndexUnit(**row._asdict())

    async def provinces(self, ids: Iterable[int]) -> dict[int, bool]:
        """Tell which units are scored as provinces."""
        rows = await self._session.execute(_UNITS, {"ids": list(set(ids))})
        return {row.id: row.is_province for row in rows}

    async def count(self, keys: Iterable[MonthKey]) -> dict[MonthKey, DossierCounts]:
        """Add up months, each with all units below."""
        ordered = sorted(keys)
        values = {"units": [unit for unit, _ in ordered], "months": [month for _, month in ordered]}
        return {
            (row.unit_id, row.month): _counts(row) for row in await self._session.execute(_COUNTS, values)
        }

    async def catalogue(self) -> CatalogueCounts:
        """Count the procedures that are offered now."""
        row = (await self._session.execute(_CATALOGUE)).one()
        return CatalogueCounts(**row._asdict())

    async def refreshed_at(self) -> datetime | None:
        """Tell for when the counts hold; `None` before they were made for the first time."""
        at: datetime | None = await self._session.scalar(_REFRESHED_AT)
        return at

    async def rank(self, month: date, *, within: str, limit: int) -> list[RankedUnit]:
        """Give units by their points, the best first."""
        rows = await self._session.execute(
            _RANKED, {"month": month, "total": TOTAL, "within": within, "limit": limit}
        )
        return [RankedUnit(**row._asdict()) for row in rows]

    async def costly(
        self, month: date, cost: Cost, *, within: str, after: tuple[int, UUID] | None, limit: int
    ) -> list[CostlyDossier]:
        """Give dossiers of a month that cost points in one way, by unit and then by age."""
        unit, dossier = after or _FIRST
        rows = await self._session.execute(
            _COSTLY,
            {
                "month": month,
                "within": within,
                "among": int(cost.among),
                "lacking": int(cost.lacking),
                "late": cost.late,
                "unsent": cost.unsent,
                "after_unit": unit,
                "after_dossier": dossier,
                "limit": limit,
            },
        )
        return [_costly(row) for row in rows]


def _counts(row: Row[Any]) -> DossierCounts:
    return DossierCounts(**{name: int(getattr(row, name)) for name in DossierCounts.__slots__})


def _costly(row: Row[Any]) -> CostlyDossier:
    values = row._asdict()
    values |= {"status": Status(row.status), "delivery_state": DeliveryState(row.delivery_state)}
    return CostlyDossier(**values)
