"""Tell what a citizen need not be asked again."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.citizen import CitizenField, Prefill
from services.core.persistence.citizens import CitizenRepository


async def read_prefill(session: AsyncSession, *, citizen_id: UUID, procedure_code: str | None) -> Prefill:
    """Give every known value with its source and date, and the papers that were digitised earlier.

    Papers are marked as usual by the newest dossiers of the procedure. Raises `CitizenNotFound`.
    """
    citizens = CitizenRepository(session)
    identity_number, values, contradictions = await citizens.get(citizen_id)
    name = next((known.value for known in values if known.field is CitizenField.NAME), "")
    papers = await citizens.papers(identity_number, name=name, procedure_code=procedure_code)
    return Prefill(citizen_id, values, tuple(papers), contradictions)
