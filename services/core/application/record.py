"""Put on record who did what, in the transaction in which it is done."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.audit import Act, Actor
from services.core.persistence.audit_log import AuditRepository
from services.core.telemetry import correlation


async def record(session: AsyncSession, *, actor: Actor, act: Act) -> None:
    """Write one entry of the audit log; it stands or falls with the transaction.

    The request id is that of the call under way, if there is one.
    """
    await AuditRepository(session).add(actor, act, request_id=correlation.current())
