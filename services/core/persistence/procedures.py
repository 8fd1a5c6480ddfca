"""The catalogue of procedures."""

import json
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import Procedure
from services.core.domain.deadline import ProcessingTime, TimeUnit

_FIND: Final = text("""
SELECT code, name, field_code, field_name, processing_time_value, processing_time_unit, active, look_up
FROM procedures WHERE code = ANY(CAST(:codes AS text[]))
""")

_SAVE: Final = text("""
INSERT INTO procedures (code, name, field_code, field_name, level, service_level, processing_time_value,
    processing_time_unit, fee_vnd, yields_paper, active)
SELECT r.*, true FROM jsonb_to_recordset(CAST(:rows AS jsonb)) AS r(
    code text, name text, field_code text, field_name text, level text, service_level text,
    processing_time_value int, processing_time_unit text, fee_vnd bigint, yields_paper boolean)
ON CONFLICT (code) DO UPDATE SET name = excluded.name, field_code = excluded.field_code,
    field_name = excluded.field_name, level = excluded.level, service_level = excluded.service_level,
    processing_time_value = excluded.processing_time_value,
    processing_time_unit = excluded.processing_time_unit, fee_vnd = excluded.fee_vnd,
    yields_paper = excluded.yields_paper, active = true
""")


@dataclass(frozen=True, slots=True)
class ProcedureRow:
    """A procedure as a catalogue file has it; `None` is "not known"."""

    code: str
    name: str
    field_code: str
    field_name: str
    level: str
    service_level: str
    processing: ProcessingTime | None
    fee_vnd: int | None
    yields_paper: bool | None


class ProcedureRepository:
    """Reads and writes procedures; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def find_many(self, codes: Collection[str]) -> dict[str, Procedure]:
        """Give those that exist, by code."""
        rows = await self._session.execute(_FIND, {"codes": list(codes)})
        return {row.code: _procedure(row) for row in rows}

    async def save_all(self, procedures: Sequence[ProcedureRow]) -> None:
        """Add procedures or bring them up to date.

        One that the file does not name stays active: a list cut short must not close procedures
        (portal-interface 3.1).
        """
        await self._session.execute(_SAVE, {"rows": json.dumps([_document(p) for p in procedures])})


def _procedure(row: Row[Any]) -> Procedure:
    value = row.processing_time_value
    return Procedure(
        code=row.code,
        name=row.name,
        field_code=row.field_code,
        field_name=row.field_name,
        processing=None if value is None else ProcessingTime(value, TimeUnit(row.processing_time_unit)),
        active=row.active,
        wants_look_up=row.look_up,
    )


def _document(procedure: ProcedureRow) -> dict[str, Any]:
    row = asdict(procedure)
    processing = procedure.processing
    del row["processing"]
    return row | {
        "processing_time_value": processing and processing.value,
        "processing_time_unit": processing and processing.unit.value,
    }
