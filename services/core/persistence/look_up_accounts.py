"""With whose number a unit asks the population database, and which units insist on a match."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.catalogue import UnknownProcedure, UnknownUnit
from services.core.domain.errors import DomainError
from services.core.domain.identity import IdentityNumber

_END: Final = text("""
UPDATE look_up_accounts a SET ended_at = now() FROM units u
WHERE u.id = a.unit_id AND u.code = :unit AND a.officer = :officer AND a.ended_at IS NULL
RETURNING a.id
""")

_ADD: Final = text("""
INSERT INTO look_up_accounts (unit_id, officer, identity_number)
SELECT id, :officer, :number FROM units WHERE code = :unit
""")

_PATH: Final = text("SELECT path FROM units WHERE code = :unit")

_LIST: Final = text("""
SELECT u.code AS unit_code, a.officer, a.identity_number, a.created_at, a.ended_at
FROM look_up_accounts a JOIN units u ON u.id = a.unit_id ORDER BY u.code, a.officer, a.created_at
""")

_EXISTS: Final = text("""
SELECT EXISTS (
    SELECT FROM look_up_accounts a JOIN units o ON o.id = a.unit_id
    WHERE a.ended_at IS NULL AND a.officer IN ('', :officer) AND starts_with(:path, o.path)
)
""")

_RULE: Final = text("""
UPDATE units SET look_up_rule = :rule WHERE code = :unit RETURNING id
""")

_PROCEDURE: Final = text("UPDATE procedures SET look_up = :wanted WHERE code = :code RETURNING code")


class AccountNotFound(DomainError):
    """The unit has no such account."""

    code = "lookup-account-not-found"


@dataclass(frozen=True, slots=True)
class AccountRow:
    """An account as operations see it; `officer` is empty where it is the unit's own."""

    unit_code: str
    officer: str
    number: IdentityNumber
    created_at: datetime
    ended_at: datetime | None


class LookUpAccountRepository:
    """Reads and writes accounts and rules; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def save(self, unit_code: str, *, officer: str, number: IdentityNumber) -> str:
        """Put an account in the place of the one before, and give the unit's path; raises `UnknownUnit`."""
        path: str | None = await self._session.scalar(_PATH, {"unit": unit_code})
        if path is None:
            raise UnknownUnit
        values = {"unit": unit_code, "officer": officer, "number": number.reveal()}
        await self._session.execute(_END, values)
        await self._session.execute(_ADD, values)
        return path

    async def end(self, unit_code: str, *, officer: str) -> None:
        """End an account; what was asked with it stays on record. Raises `AccountNotFound`."""
        ended = await self._session.scalar(_END, {"unit": unit_code, "officer": officer})
        if ended is None:
            raise AccountNotFound(unit=unit_code)

    async def list_all(self) -> list[AccountRow]:
        """Give all accounts, the ended ones, too."""
        return [_account(row) for row in await self._session.execute(_LIST)]

    async def may_ask(self, unit_path: str, *, officer: str) -> bool:
        """Tell whether the officer, the unit or one above it has an account."""
        found: bool = (
            await self._session.execute(_EXISTS, {"path": unit_path, "officer": officer})
        ).scalar_one()
        return found

    async def set_rule(self, unit_code: str, *, required: bool) -> None:
        """Let a unit insist on a match before it receives, or only warn; raises `UnknownUnit`."""
        rule = "require" if required else "warn"
        if await self._session.scalar(_RULE, {"unit": unit_code, "rule": rule}) is None:
            raise UnknownUnit

    async def set_procedure(self, code: str, *, wanted: bool) -> None:
        """Say whether dossiers under a procedure need a look-up; raises `UnknownProcedure`."""
        if await self._session.scalar(_PROCEDURE, {"code": code, "wanted": wanted}) is None:
            raise UnknownProcedure


def _account(row: Row[Any]) -> AccountRow:
    return AccountRow(
        row.unit_code, row.officer, IdentityNumber(row.identity_number), row.created_at, row.ended_at
    )
