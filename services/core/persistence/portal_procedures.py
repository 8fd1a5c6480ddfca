"""What the portal's catalogue was seen to hold, beside our own."""

import json
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.deadline import ProcessingTime, TimeUnit
from services.core.domain.portal_catalogue import OurProcedure, ProcedureDetail, Sighting

_KNOWN: Final = text("SELECT code, name, on_portal, last_seen_at, missing_since FROM portal_procedures")

_SAVE: Final = text("""
INSERT INTO portal_procedures AS p (code, name, on_portal, last_seen_at, missing_since)
SELECT r.code, r.name, r.on_portal, r.last_seen_at, r.missing_since
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
    code text, name text, on_portal boolean, last_seen_at timestamptz, missing_since timestamptz)
ORDER BY r.code
ON CONFLICT (code) DO UPDATE SET name = excluded.name, on_portal = excluded.on_portal,
    last_seen_at = excluded.last_seen_at, missing_since = excluded.missing_since
""")

_OURS: Final = text("""
SELECT code, name, field_code, field_name, processing_time_value, processing_time_unit, fee_vnd
FROM procedures WHERE active ORDER BY code
""")

# The oldest first, so that a pass that is cut short goes on where it ended.
_TO_READ: Final = text("""
SELECT code FROM procedures JOIN portal_procedures p USING (code)
WHERE active AND p.on_portal AND p.missing_since IS NULL ORDER BY p.detail_at NULLS FIRST, code
""")

_SAVE_DETAILS: Final = text("""
UPDATE portal_procedures p SET detail = r.detail, detail_digest = decode(r.digest, 'hex'), detail_at = :now
FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(code text, detail jsonb, digest text)
WHERE p.code = r.code
""")

_DETAILS: Final = text("""
SELECT code, name, detail, detail_digest FROM portal_procedures WHERE detail IS NOT NULL
""")


class PortalProcedureRepository:
    """Reads and writes what was seen; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def known(self) -> dict[str, Sighting]:
        """Give everything that was seen, or missed, by code."""
        rows = await self._session.execute(_KNOWN)
        return {row.code: Sighting(**row._mapping) for row in rows}  # noqa: SLF001 - the documented way to a row's names

    async def save(self, sightings: Sequence[Sighting]) -> None:
        """Write down sightings."""
        rows = [
            {
                "code": sighting.code,
                "name": sighting.name,
                "on_portal": sighting.on_portal,
                "last_seen_at": _written(sighting.last_seen_at),
                "missing_since": _written(sighting.missing_since),
            }
            for sighting in sightings
        ]
        await self._session.execute(_SAVE, {"rows": json.dumps(rows)})

    async def ours(self) -> list[OurProcedure]:
        """Give our own active procedures."""
        return [_our_procedure(row) for row in await self._session.execute(_OURS)]

    async def codes_to_read(self) -> list[str]:
        """Give those of ours that are on the portal, the longest unread first."""
        return list(await self._session.scalars(_TO_READ))

    async def save_details(self, details: Collection[tuple[str, ProcedureDetail]], *, now: datetime) -> None:
        """Write down what the portal says of procedures, each under our own code."""
        rows = [
            {"code": code, "detail": _document(detail), "digest": detail.digest.hex()}
            for code, detail in details
        ]
        await self._session.execute(_SAVE_DETAILS, {"rows": json.dumps(rows), "now": now})

    async def details(self) -> dict[str, ProcedureDetail]:
        """Give what the portal says of procedures, by our code."""
        return {row.code: _detail(row) for row in await self._session.execute(_DETAILS)}

    async def is_off_portal(self, code: str) -> bool:
        """Tell whether the portal is proven not to have a procedure."""
        found: bool | None = await self._session.scalar(
            text("SELECT NOT on_portal FROM portal_procedures WHERE code = :code"), {"code": code}
        )
        return bool(found)


def _written(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()


def _our_procedure(row: Row[Any]) -> OurProcedure:
    value = row.processing_time_value
    return OurProcedure(
        code=row.code,
        name=row.name,
        field_code=row.field_code,
        field_name=row.field_name,
        processing=None if value is None else ProcessingTime(value, TimeUnit(row.processing_time_unit)),
        fee_vnd=row.fee_vnd,
    )


def _document(detail: ProcedureDetail) -> dict[str, Any]:
    return {
        "name": detail.name,
        "fields": dict(detail.fields),
        "times": sorted([time.value, time.unit.value] for time in detail.times),
        "fees_vnd": sorted(detail.fees_vnd),
    }


def _detail(row: Row[Any]) -> ProcedureDetail:
    document: dict[str, Any] = row.detail
    return ProcedureDetail(
        code=row.code,
        name=document["name"],
        fields=document["fields"],
        times=frozenset(ProcessingTime(value, TimeUnit(unit)) for value, unit in document["times"]),
        fees_vnd=frozenset(document["fees_vnd"]),
        digest=row.detail_digest,
    )
