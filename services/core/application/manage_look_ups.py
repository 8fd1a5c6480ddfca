"""Say in whose name units ask the population database, and where a match is needed."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.identity import IdentityNumber
from services.core.persistence.look_up_accounts import AccountRow, LookUpAccountRepository
from services.core.persistence.look_ups import LookUpRepository


async def set_account(session: AsyncSession, *, unit_code: str, officer: str | None, number: str) -> int:
    """Give an officer of a unit, or all of them, the number to ask with.

    What was turned down for want of one in the unit's subtree is asked again; gives how many. Raises
    `UnknownUnit` or `InvalidIdentityNumber`.
    """
    parsed = IdentityNumber.parse(number)
    path = await LookUpAccountRepository(session).save(unit_code, officer=officer or "", number=parsed)
    return await LookUpRepository(session).reopen_refused(path)


async def end_account(session: AsyncSession, *, unit_code: str, officer: str | None) -> None:
    """Ask no more with an account; raises `AccountNotFound`."""
    await LookUpAccountRepository(session).end(unit_code, officer=officer or "")


async def list_accounts(session: AsyncSession) -> list[AccountRow]:
    """Give all accounts, the ended ones, too."""
    return await LookUpAccountRepository(session).list_all()


async def require_match(session: AsyncSession, *, unit_code: str, required: bool) -> None:
    """Let a unit insist on a match before it receives a dossier, or only warn; raises `UnknownUnit`."""
    await LookUpAccountRepository(session).set_rule(unit_code, required=required)


async def want_look_up(session: AsyncSession, *, procedure_code: str, wanted: bool) -> None:
    """Say whether dossiers under a procedure need a look-up; raises `UnknownProcedure`."""
    await LookUpAccountRepository(session).set_procedure(procedure_code, wanted=wanted)
