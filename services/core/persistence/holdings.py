"""What the portal should hold by its own acknowledgements: sums per bucket, and dossier by dossier."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import Cursor, DeliveryState, Target
from services.core.domain.dossier import Status
from services.core.domain.filing import Origin
from services.core.domain.holdings import Bucket, Held, Sum
from services.core.domain.reconciliation import Ours
from services.core.domain.verdict import VIETNAM

_RECEPTION: Final = "coalesce(d.received_at, d.submitted_at)"
_DAY: Final = f"CAST({_RECEPTION} AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)"
_PREFIX: Final = "CASE WHEN position('-' IN d.code) > 0 THEN split_part(d.code, '-', 1) ELSE '' END"

#: The acknowledged part of a history; its order is also that of its times.
_ACKNOWLEDGED: Final = """
    SELECT count(*) AS entries, max(p.occurred_at) AS last_at,
        (array_agg(p.status ORDER BY p.seq DESC))[1] AS last_status
    FROM progress_entries p
    WHERE p.dossier_id = d.id AND p.seq <= v.acked_seq AND p.kind = 'progress'
"""

_IN_RANGE: Final = f"{_RECEPTION} >= :since AND {_RECEPTION} < :until AND v.on_portal"

# The spelling of a line and of a sum is that of `domain.holdings`; a test compares the two.
_SUMS: Final = text(f"""
WITH held AS (
    SELECT {_DAY} AS day, {_PREFIX} AS prefix,
        d.code || '|' || coalesce(e.last_status, d.status) || '|' || e.entries || '|'
            || coalesce(to_char(e.last_at AT TIME ZONE 'Asia/Ho_Chi_Minh', 'YYYYMMDDHH24MISS'), '') AS line
    FROM dossiers d JOIN deliveries v ON v.dossier_id = d.id CROSS JOIN LATERAL ({_ACKNOWLEDGED}) e
    WHERE {_IN_RANGE}
        AND (CAST(:prefixes AS text[]) IS NULL OR {_PREFIX} = ANY(CAST(:prefixes AS text[])))
)
SELECT day, prefix, count(*) AS dossiers,
    encode(sha256(convert_to(string_agg(line, E'\\n' ORDER BY line COLLATE "C"), 'UTF8')), 'hex') AS digest
FROM held
GROUP BY day, prefix
""")  # noqa: S608 - joins constants

_DOSSIERS: Final = text(f"""
WITH wanted AS (
    SELECT d.id FROM dossiers d JOIN deliveries v ON v.dossier_id = d.id
    WHERE {_IN_RANGE} AND {_PREFIX} = :prefix
    UNION
    SELECT d.id FROM dossiers d WHERE d.code = ANY(CAST(:codes AS text[]))
)
SELECT d.id, d.code, d.procedure_code, d.origin, d.due_at, {_DAY} AS day, {_PREFIX} AS prefix,
    coalesce(e.last_status, d.status) AS status, e.entries, e.last_at,
    v.state, v.token, v.on_portal, v.acked_version, v.acked_seq, v.target_version, v.target_seq,
    greatest(v.due_since, v.last_attempt_at) < :quiet_since AS quiet,
    (SELECT count(*) FROM progress_entries p WHERE p.dossier_id = d.id AND p.kind = 'progress') AS travelling
FROM wanted JOIN dossiers d USING (id) JOIN deliveries v ON v.dossier_id = d.id
    CROSS JOIN LATERAL ({_ACKNOWLEDGED}) e
""")  # noqa: S608 - joins constants


@dataclass(frozen=True, slots=True)
class UnitName:
    """What people call the unit whose code a number begins with."""

    code: str
    name: str


class HoldingsRepository:
    """Reads what has been acknowledged; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def sums(
        self, first: date, last: date, *, prefixes: Sequence[str] | None = None
    ) -> dict[Bucket, Sum]:
        """Sum up dossiers received from `first` to `last`, local days, both included."""
        rows = await self._session.execute(
            _SUMS, {**_range(first, last), "prefixes": None if prefixes is None else list(prefixes)}
        )
        return {Bucket(row.day, row.prefix): Sum(row.dossiers, row.digest) for row in rows}

    async def dossiers(self, bucket: Bucket, *, codes: Sequence[str], quiet_since: datetime) -> list[Ours]:
        """Give the acknowledged dossiers of a bucket, and all that we know under these numbers.

        A dossier is quiet if neither the desk nor the worker has touched its delivery since then.
        """
        rows = await self._session.execute(
            _DOSSIERS,
            {
                **_range(bucket.day, bucket.day),
                "prefix": bucket.prefix,
                "codes": list(codes),
                "quiet_since": quiet_since,
            },
        )
        return [_ours(row) for row in rows]

    async def units_within(self, code: str) -> list[UnitName]:
        """Give a unit and all below it; nothing if there is no such unit."""
        return await self._units(
            "WHERE path LIKE (SELECT path FROM units WHERE code = :code) || '%'", {"code": code}
        )

    async def unit_names(self) -> dict[str, str]:
        """Name all units by their code."""
        return {unit.code: unit.name for unit in await self._units("", {})}

    async def _units(self, condition: str, parameters: dict[str, Any]) -> list[UnitName]:
        rows = await self._session.execute(
            text(f"SELECT code, name FROM units {condition} ORDER BY code"),  # noqa: S608 - joins constants
            parameters,
        )
        return [UnitName(row.code, row.name) for row in rows]


def _range(first: date, last: date) -> dict[str, datetime]:
    return {
        "since": datetime.combine(first, time.min, tzinfo=VIETNAM),
        "until": datetime.combine(last + timedelta(days=1), time.min, tzinfo=VIETNAM),
    }


def _ours(row: Row[Any]) -> Ours:
    return Ours(
        dossier_id=row.id,
        held=Held(row.code, Status(row.status), row.entries, row.last_at),
        bucket=Bucket(row.day, row.prefix),
        procedure_code=row.procedure_code,
        state=DeliveryState(row.state),
        token=row.token,
        cursor=Cursor(row.on_portal, row.acked_version, row.acked_seq),
        target=Target(row.target_version, row.target_seq),
        travelling=row.travelling,
        born_on_portal=row.origin == Origin.PORTAL.value,
        due_at=row.due_at,
        quiet=row.quiet,
    )
