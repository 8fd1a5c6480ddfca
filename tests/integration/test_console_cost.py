"""What the console's pages cost with a million dossiers, nearly all of them history."""

import re
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence.engine import PoolLimits, create_engine, create_sessions
from tests.integration.console_service import console
from tests.integration.test_metrics_cost import fill

SYNCED = 990_000
WAITING = 10_000
SERVER_SECONDS = 0.2
BYTES_OVER_THE_WIRE = 150_000
OTHERS = ("/late", "/parked", "/interventions", "/outages", "/reconciliation", "/look-ups")


@dataclass(frozen=True, slots=True)
class Cost:
    """The best of some calls: what the page costs, not what else this machine is doing."""

    seconds: float
    bytes: int


@pytest.fixture
async def million(database_url: str, engine: AsyncEngine) -> AsyncIterator[AsyncEngine]:
    """Fill the database; gives an engine as the console has it."""
    patient = create_engine(database_url, application="seeding", limits=PoolLimits(command=900))
    limited = create_engine(
        database_url, application="lienthong-console", limits=PoolLimits(size=4, overflow=0)
    )
    try:
        await fill(patient, synced=SYNCED, waiting=WAITING)
        yield limited
    finally:
        await limited.dispose()
        async with patient.begin() as connection:
            await connection.execute(text("TRUNCATE dossiers, delivery_attempts CASCADE"))
        await patient.dispose()
    assert engine is not limited


async def cost_of(client: httpx.AsyncClient, address: str, *, calls: int) -> Cost:
    seconds, size = [], 0
    for _ in range(calls):
        began = time.perf_counter()
        answer = await client.get(address)
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 200, address
        size = len(answer.content)
    return Cost(min(seconds), size)


@pytest.mark.fault
@pytest.mark.timeout(1200)
async def test_pages_are_quick_and_small_with_a_million_dossiers(million: AsyncEngine) -> None:
    async with console(create_sessions(million)) as client:
        first = await cost_of(client, "/", calls=10)
        html = (await client.get("/")).text
        files = [await client.get(file) for file in re.findall(r'(?:src|href)="(/static/[^"]+)"', html)]
        others = {address: await cost_of(client, address, calls=3) for address in OTHERS}

    over_the_wire = first.bytes + sum(len(file.content) for file in files)
    print(f"/ {first.seconds:.3f} s, {over_the_wire} bytes with all files")  # noqa: T201 - the measurement
    for address, cost in others.items():
        print(f"{address} {cost.seconds:.3f} s, {cost.bytes} bytes")  # noqa: T201 - as above
    assert len(files) == 4
    assert over_the_wire < BYTES_OVER_THE_WIRE
    assert first.seconds < SERVER_SECONDS
    assert max(cost.seconds for cost in others.values()) < 5 * SERVER_SECONDS
