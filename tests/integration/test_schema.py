import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence import schema
from services.core.persistence.engine import Sessions
from services.core.persistence.models import Base


async def test_migrations_give_what_the_models_describe(engine: AsyncEngine) -> None:
    async with engine.connect() as connection:
        assert await connection.run_sync(_differences) == []


async def test_migrations_go_down_and_up_again(engine: AsyncEngine, sessions: Sessions) -> None:
    await schema.upgrade(engine, revision="base")
    async with sessions.begin() as session:
        assert await session.scalar(text("SELECT to_regclass('dossiers')")) is None
    await schema.upgrade(engine)
    async with sessions.begin() as session:
        assert await schema.present_revision(session) == schema.wanted_revision()


async def test_a_database_that_was_never_set_up_has_no_revision(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL search_path = pg_catalog"))
        assert await schema.present_revision(session) is None


async def test_history_cannot_be_rewritten(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(
            text(
                "INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, text)"
                " VALUES (uuidv7(), 1, 2, now(), 'A', 'B')"
            )
        )
    for statement in ("UPDATE progress_entries SET occurred_at = now()", "DELETE FROM progress_entries"):
        with pytest.raises(IntegrityError, match="append-only"):
            async with sessions.begin() as session:
                await session.execute(text(statement))


def _differences(connection: Connection) -> list[object]:
    context = MigrationContext.configure(
        connection,
        opts={
            "compare_type": True,
            "compare_server_default": True,
            # Partitions are made by the running system; alembic's own table is not ours.
            "include_name": lambda name, kind, _: (
                kind != "table"
                or not (name or "").startswith(("delivery_attempts_", "audit_log_", "alembic_"))
            ),
        },
    )
    return list(compare_metadata(context, Base.metadata))
