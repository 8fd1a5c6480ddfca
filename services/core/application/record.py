"""Put on record who did what, in the transaction in which it is done."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.access import Caller
from services.core.domain.audit import Act, Action, Actor
from services.core.persistence.audit_log import AuditRepository
from services.core.persistence.receptions import Recording
from services.core.telemetry import correlation


def actor_of(caller: Caller, *, officer: str | None = None) -> Actor:
    """Name a desk client whose call is under way, the officer it speaks for, and where it calls from.

    An officer who is known by a token goes before one whom the desk software names.
    """
    known = caller.officer
    return Actor(
        name=caller.name,
        client_id=caller.client_id,
        officer=officer if known is None else known.name,
        device=correlation.device(),
        unit_path=caller.unit_path,
    )


async def record(session: AsyncSession, *, actor: Actor, act: Act) -> None:
    """Write one entry of the audit log; it stands or falls with the transaction.

    The request id is that of the call under way, if there is one.
    """
    await AuditRepository(session).add(actor, act, request_id=correlation.current())


def recording(caller: Caller, action: Action, *, officer: str | None) -> Recording:
    """Say how a reception is to be recorded, which its own statement does."""
    return Recording(actor_of(caller, officer=officer), action, correlation.current())
