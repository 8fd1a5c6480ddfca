"""Officers: whom we know of those that the issuer knows."""

from typing import Any, Final

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.officer import ListedOfficer, Officer, OfficerKnown, OfficerNotFound
from services.core.domain.role import Role

_FIND: Final = text("""
SELECT o.id, o.name, u.path, o.role
FROM officer_by_subject(CAST(:issuer AS text), CAST(:subject AS text)) o JOIN units u ON u.id = o.unit_id
WHERE o.revoked_at IS NULL
""")

_LIST: Final = text("""
SELECT o.issuer, o.subject, o.name, u.code AS unit_code, o.role, o.changed_at, o.revoked_at
FROM officers o JOIN units u ON u.id = o.unit_id ORDER BY u.path, o.name, o.subject
""")

# Somebody who left may come back; whoever is active is not taken over.
_ADD: Final = text("""
INSERT INTO officers (issuer, subject, name, unit_id, role)
VALUES (:issuer, :subject, :name, :unit_id, :role)
ON CONFLICT (issuer, subject) DO UPDATE SET name = excluded.name, unit_id = excluded.unit_id,
    role = excluded.role, changed_at = now(), revoked_at = NULL
WHERE officers.revoked_at IS NOT NULL
RETURNING id
""")

_CHANGE: Final = text("""
UPDATE officers SET name = coalesce(:name, name), unit_id = coalesce(CAST(:unit_id AS int), unit_id),
    role = coalesce(:role, role), changed_at = now()
WHERE issuer = :issuer AND subject = :subject AND revoked_at IS NULL RETURNING id
""")

_REVOKE: Final = text("""
UPDATE officers SET revoked_at = now(), changed_at = now()
WHERE issuer = :issuer AND subject = :subject AND revoked_at IS NULL RETURNING id
""")


class OfficerRepository:
    """Reads and writes officers of one issuer; never commits."""

    def __init__(self, session: AsyncSession, *, issuer: str) -> None:
        self._session = session
        self._issuer = issuer

    async def find(self, subject: str) -> Officer | None:
        """Give an active officer."""
        row = (await self._session.execute(_FIND, self._key(subject))).first()
        return None if row is None else Officer(row.id, row.name, row.path, Role(row.role))

    async def add(self, subject: str, *, name: str, unit_id: int, role: Role) -> None:
        """Put an officer on the list, or one who had left; raises `OfficerKnown` for one who has not."""
        values = {"name": name, "unit_id": unit_id, "role": role.value}
        if await self._session.scalar(_ADD, self._key(subject) | values) is None:
            raise OfficerKnown(pointer="/subject")

    async def change(self, subject: str, *, name: str | None, unit_id: int | None, role: Role | None) -> None:
        """Change what is given; raises `OfficerNotFound`."""
        values = {"name": name, "unit_id": unit_id, "role": role and role.value}
        await self._write(_CHANGE, self._key(subject) | values)

    async def revoke(self, subject: str) -> None:
        """End an officer's access; raises `OfficerNotFound`."""
        await self._write(_REVOKE, self._key(subject))

    async def _write(self, statement: Any, values: dict[str, Any]) -> None:
        if await self._session.scalar(statement, values) is None:
            raise OfficerNotFound(pointer="/subject")

    def _key(self, subject: str) -> dict[str, Any]:
        return {"issuer": self._issuer, "subject": subject}


async def list_all_officers(session: AsyncSession) -> list[ListedOfficer]:
    """Give the officers of all issuers, those who left included."""
    return [_listed(row) for row in await session.execute(_LIST)]


def _listed(row: Row[Any]) -> ListedOfficer:
    return ListedOfficer(
        row.issuer, row.subject, row.name, row.unit_code, Role(row.role), row.changed_at, row.revoked_at
    )
