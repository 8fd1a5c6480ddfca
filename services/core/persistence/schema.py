"""The version of the database schema, and how to bring it up to date."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession

from services.core.persistence.roles import DatabaseRole

MIGRATIONS = Path(__file__).resolve().parents[3] / "migrations"

#: Any number will do, as long as all servers that upgrade at once use the same.
_UPGRADE_LOCK = 766_2022

_OWNED = text("""
SELECT pg_get_userbyid(relowner) = :role FROM pg_class WHERE oid = to_regclass('alembic_version')
""")


def wanted_revision() -> str:
    """Give the revision that this code was written for."""
    head = ScriptDirectory.from_config(_config()).get_current_head()
    if head is None:
        raise FileNotFoundError(f"no migrations in {MIGRATIONS}")
    return head


async def present_revision(session: AsyncSession) -> str | None:
    """Give the revision of the database, `None` if it has never been set up."""
    exists = await session.scalar(text("SELECT to_regclass('alembic_version') IS NOT NULL"))
    if not exists:
        return None
    revision: str | None = await session.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def schema_obstacle(present: str | None, wanted: str) -> str | None:
    """Say why readers cannot work with a schema; revisions are numbered, and a later one does no harm."""
    if present is None or present < wanted:
        return f"database schema is at {present}, {wanted} is needed"
    return None


async def upgrade(engine: AsyncEngine, *, revision: str = "head") -> None:
    """Apply what is missing. Safe to run from several servers at once: one works, the others wait."""
    async with engine.connect() as connection:
        await connection.execute(text("SET lock_timeout = 0"))
        await connection.execute(text("SET statement_timeout = 0"))
        await connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": _UPGRADE_LOCK})
        await connection.commit()
        try:
            await _become_owner(connection)
            await connection.run_sync(_run, revision)
            await connection.commit()
        finally:
            await connection.rollback()
            await connection.execute(text("RESET ROLE"))
            await connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _UPGRADE_LOCK})
            await connection.commit()


async def _become_owner(connection: AsyncConnection) -> None:
    """Take the role that owns the tables, from the migration on that gives them to it."""
    if await connection.scalar(_OWNED, {"role": DatabaseRole.OWNER.value}):
        await connection.execute(text(f"SET ROLE {DatabaseRole.OWNER.value}"))
    await connection.commit()


def _run(connection: Connection, revision: str) -> None:
    config = _config()
    config.attributes["connection"] = connection
    if revision == "base":
        command.downgrade(config, revision)
    else:
        command.upgrade(config, revision)


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    return config
