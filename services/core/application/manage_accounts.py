"""Say where the fees of units go."""

from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import UnknownUnit
from services.core.domain.payment import BankAccount
from services.core.persistence.payments import AccountRepository
from services.core.persistence.units import UnitRepository


async def set_account(session: AsyncSession, *, unit_code: str, account: BankAccount) -> None:
    """Give a unit its account; units below it without one use it, too.

    Raises `InvalidAccount` and `UnknownUnit`.
    """
    account.check()
    unit = (await UnitRepository(session).find_many({unit_code})).get(unit_code)
    if unit is None:
        raise UnknownUnit(pointer="/unit_code")
    await AccountRepository(session).set(unit.id, account)


async def list_accounts(session: AsyncSession) -> list[tuple[str, BankAccount]]:
    """Give all accounts by the code of their unit."""
    return await AccountRepository(session).list_all()
