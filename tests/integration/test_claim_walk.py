"""A claim reads what it looks at and no more, however much else the table holds."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from services.core.persistence.deliveries import DeliveryRepository
from services.core.persistence.engine import Sessions
from tests.integration.delivery_cases import file_dossier, seed_catalogue

LEASE = timedelta(seconds=60)
SIZE = 20
#: Looked at for the choice, and read again to be leased.
MOST_READ = 3 * SIZE + SIZE

_COPY_DOSSIERS = text("""
INSERT INTO dossiers SELECT (jsonb_populate_record(d,
    jsonb_build_object('id', gen_random_uuid(), 'code', d.code || '-' || n))).*
FROM dossiers d, generate_series(1, :copies) n WHERE d.code = :code
""")

#: Flags in no order, so that neighbours in the index lie far apart in the table.
_COPY_DELIVERIES = text("""
INSERT INTO deliveries SELECT (jsonb_populate_record(v, jsonb_build_object(
    'dossier_id', copy.id, 'flagged_at', now() + make_interval(mins => CAST(1 + 9000 * random() AS int))
))).*
FROM deliveries v JOIN dossiers d ON d.id = v.dossier_id JOIN dossiers copy ON copy.code LIKE d.code || '-%'
WHERE d.code = :code
""")

_FINISH = text("""
UPDATE deliveries SET state = 'synced', on_portal = true, acked_version = target_version,
    acked_seq = target_seq, flagged_at = NULL, accepted_at = now()
""")

_READ = text("""
SELECT seq_tup_read + idx_tup_fetch FROM pg_stat_xact_user_tables WHERE relname = 'deliveries'
""")


async def copy_dossier(desk: Sessions, code: str, copies: int) -> None:
    async with desk.begin() as session:
        # Past foreign keys and triggers, which would look at every copy.
        await session.execute(text("SET LOCAL session_replication_role = replica"))
        await session.execute(_COPY_DOSSIERS, {"code": code, "copies": copies})
        await session.execute(_COPY_DELIVERIES, {"code": code})


@pytest.fixture
async def desk(sessions: Sessions) -> Sessions:
    await seed_catalogue(sessions)
    return sessions


async def rows_read_by_claims(desk: Sessions) -> list[int]:
    """Give what each of some claims reads: a plan may change when a statement has run five times."""
    read = []
    for _ in range(7):
        async with desk() as session:
            before = (await session.execute(_READ)).scalar_one()
            claims = await DeliveryRepository(session).claim(size=SIZE, owner="test", lease=LEASE, chance=0.0)
            assert len(claims) == SIZE
            read.append((await session.execute(_READ)).scalar_one() - before)
            await session.rollback()
    return read


async def test_a_claim_reads_what_it_looks_at_beside_many_finished_dossiers(desk: Sessions) -> None:
    await file_dossier(desk, "FINISHED")
    await copy_dossier(desk, "FINISHED", 3_000)
    async with desk.begin() as session:
        await session.execute(_FINISH)
    await file_dossier(desk, "DUE")
    await copy_dossier(desk, "DUE", 600)
    async with desk.begin() as session:
        await session.execute(text("ANALYZE deliveries"))

    assert max(await rows_read_by_claims(desk)) <= MOST_READ
