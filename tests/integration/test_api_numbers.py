"""Dossier numbers come from the database, so that any number of servers may give them out."""

import asyncio
import json
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence.engine import Sessions, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole
from tests.desk_api import CountingBell, Desk, DeskApi, SettableClock, a_filing, client_of, serve

EACH = 40


async def file_many(sessions: Sessions, key: str) -> list[str]:
    async with (
        serve(sessions, clock=SettableClock(), bell=CountingBell()) as (app, _),
        client_of(app, key) as http,
    ):
        desk = Desk(http)
        answers = await asyncio.gather(*(desk.create(a_filing()) for _ in range(EACH)))
        batches = await asyncio.gather(*(desk.batch(*[a_filing()] * 10) for _ in range(2)))
    codes = [answer.json()["code"] for answer in answers]
    return codes + [row["code"] for batch in batches for row in map(json.loads, batch.text.splitlines())]


@asynccontextmanager
async def server_of_its_own(database_url: str) -> AsyncIterator[Sessions]:
    engine = create_engine(database_url, application="server", role=DatabaseRole.API)
    yield create_sessions(engine)
    await engine.dispose()


async def test_two_servers_never_give_the_same_number(api: DeskApi, database_url: str) -> None:
    async with server_of_its_own(database_url) as one, server_of_its_own(database_url) as other:
        issued = await asyncio.gather(*(file_many(server, api.keys["ward"]) for server in (one, other)))

    codes = Counter(code for server in issued for code in server)
    numbers = sorted(int(code.rpartition("-")[2]) for code in codes)
    assert set(codes.values()) == {1}
    assert numbers == list(range(1, 2 * (EACH + 20) + 1))


async def test_numbers_grow_beyond_9999(api: DeskApi, sessions: Sessions) -> None:
    await api.ward.created()
    async with sessions.begin() as session:
        await session.execute(text("UPDATE dossier_numbers SET last_number = 9998"))

    codes = [(await api.ward.created())["code"].rpartition("-")[2] for _ in range(3)]

    assert codes == ["9999", "10000", "10001"]


async def test_own_numbers_go_on_behind_an_imported_one(api: DeskApi) -> None:
    today = datetime.now(ZoneInfo("Asia/Ho_Chi_Minh"))
    imported = f"H44.101-{today:%y%m%d}-0007"
    step = {"status": 2, "occurred_at": "2026-01-05T08:00:00+07:00", "officer": "Bình", "text": "Tiếp nhận"}
    filing = a_filing(officer=None, code=imported, history=[step])

    assert (await api.ward.create(filing)).json()["code"] == imported
    assert (await api.ward.created())["code"] == f"H44.101-{today:%y%m%d}-0008"


async def test_a_rolled_back_creation_leaves_no_gap(api: DeskApi, engine: AsyncEngine) -> None:
    await api.ward.created()
    async with engine.begin() as connection:
        await connection.execute(
            text("ALTER TABLE deliveries ADD CONSTRAINT nothing_new CHECK (false) NOT VALID")
        )
    try:
        assert (await api.ward.create()).status_code == 500
    finally:
        async with engine.begin() as connection:
            await connection.execute(text("ALTER TABLE deliveries DROP CONSTRAINT nothing_new"))

    assert (await api.ward.created())["code"].endswith("-0002")
