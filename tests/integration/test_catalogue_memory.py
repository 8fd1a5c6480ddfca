"""The catalogue is remembered for a while, and no longer."""

import pytest
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.application.catalogue import Catalogue
from services.core.domain.catalogue import UnknownUnit
from services.core.persistence.engine import Sessions
from tests.desk_api import THREE_DAYS, seed


class Watch:
    """A clock that moves when told."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def load(catalogue: Catalogue, sessions: Sessions) -> None:
    async with sessions() as session:
        await catalogue.load(session, units={"H44.101", "H99"}, procedures={THREE_DAYS})


async def test_what_was_read_is_believed_until_its_time_is_up(sessions: Sessions) -> None:
    await seed(sessions)
    watch = Watch()
    catalogue = Catalogue(seconds=30, now=watch)
    await load(catalogue, sessions)
    async with sessions.begin() as session:
        await session.execute(text("UPDATE units SET name = 'Tên mới' WHERE code = 'H44.101'"))

    watch.seconds = 29
    await load(catalogue, sessions)
    assert catalogue.unit("H44.101", within="/").name == "UBND phường Việt Trì"

    watch.seconds = 31
    await load(catalogue, sessions)
    assert catalogue.unit("H44.101", within="/").name == "Tên mới"


async def test_a_known_catalogue_costs_no_query(sessions: Sessions, engine: AsyncEngine) -> None:
    await seed(sessions)
    catalogue = Catalogue(seconds=30)
    statements: list[str] = []
    event.listen(engine.sync_engine, "before_cursor_execute", lambda *call: statements.append(call[2]))

    async with sessions() as session:
        for _ in range(3):
            await catalogue.load(session, units={"H44.101"}, procedures={THREE_DAYS})

    assert len(statements) == 3


async def test_a_code_that_is_not_there_is_not_remembered(sessions: Sessions) -> None:
    await seed(sessions)
    catalogue = Catalogue(seconds=30)
    await load(catalogue, sessions)
    with pytest.raises(UnknownUnit):
        catalogue.unit("H99", within="/")

    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO units (code, name, level, path, valid_from)"
                " VALUES ('H99', 'Tỉnh mới', 'province', '/99/', '2026-01-01')"
            )
        )
    await load(catalogue, sessions)

    assert catalogue.unit("H99", within="/99/").name == "Tỉnh mới"


async def test_a_unit_beside_the_subtree_is_unknown_even_if_its_id_begins_alike(sessions: Sessions) -> None:
    await seed(sessions)
    async with sessions.begin() as session:
        await session.execute(text("UPDATE units SET path = '/12/' WHERE code = 'H44.101'"))
    catalogue = Catalogue(seconds=30)
    await load(catalogue, sessions)

    assert catalogue.unit("H44.101", within="/12/")
    with pytest.raises(UnknownUnit):
        catalogue.unit("H44.101", within="/1/")
