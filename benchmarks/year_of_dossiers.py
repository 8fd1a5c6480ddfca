"""A province's year of dossiers as the report of figures finds it, with all its counts."""

from datetime import timedelta
from typing import Final

from benchmarks.database import TrialDatabase
from services.core.application.add_up_deliveries import add_up_deliveries
from services.core.persistence.engine import PoolLimits, create_engine, create_sessions

UNITS: Final = 200
PROCEDURES: Final = 100
#: Waiting to be sent, and not yet ended at the desk: the same beside any number of finished dossiers.
OPEN: Final = 1_000
RUNNING: Final = 4_000

_UNITS: Final = """
INSERT INTO units (id, code, name, level, parent_id, path, valid_from)
SELECT 100000 + i, p.code || '.S' || i, 'Xã ' || i, 'commune', p.id, p.path || (100000 + i) || '/',
    '2025-07-01'
FROM generate_series(1, $1::int) i, (SELECT id, code, path FROM units WHERE parent_id IS NULL) p
"""

_PROCEDURES: Final = """
INSERT INTO procedures (code, name, field_code, field_name, level, service_level, yields_paper)
SELECT '9.' || lpad(i::text, 6, '0'), 'Thủ tục ' || i, 'G' || i % 20, 'Lĩnh vực ' || i % 20, 'commune',
    (ARRAY['full', 'partial', 'information'])[1 + i % 3], i % 10 > 0
FROM generate_series(1, $1::int) i
"""

# Some procedures are asked for much more often than others. The last receptions are those that are open.
_DOSSIERS: Final = """
INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
    channel, filing_mode, result_delivery, submitted_at, received_at, promised_at, due_at, ended_at, summary,
    applicant, components, fees, results)
SELECT 'S-' || i, 'desk', 100001 + i % $2::int, '9.' || lpad((1 + d.rank)::text, 6, '0'),
    CASE WHEN i > $4::int THEN 10 ELSE 4 END, 2, 3, d.at, 1 + i % 3,
    (ARRAY['self', 'assisted', 'on_behalf'])[1 + i % 3], 1, d.at, d.at, d.due, d.due,
    CASE WHEN i > $4::int THEN d.at + interval '3 hours' END,
    'Hồ sơ số ' || i || ' đề nghị cấp bản sao trích lục',
    jsonb_build_object('kind', 1, 'name', 'Nguyễn Văn ' || i,
        'identity_number', '025' || lpad(i::text, 9, '0'), 'phone', '0912345678',
        'address', 'Tổ 3, phường Việt Trì, tỉnh Phú Thọ'),
    '[{"name": "Tờ khai theo mẫu", "code": "TP.01", "digitised": true},
      {"name": "Giấy tờ tùy thân", "code": "TP.02", "reuse": 1}]',
    '[{"name": "Lệ phí", "amount_vnd": 8000, "code": "LP.01", "paid_by": "cash"}]',
    '[{"name": "Bản sao trích lục", "code": "KQ.01"}]'
FROM generate_series(1, $1::int) i, LATERAL (
    SELECT now() - i * interval '365 days' / $1::int AS received,
        floor($3::int * power(hashint4(i) / 4294967296.0 + 0.5, 3))::int AS rank
) r, LATERAL (SELECT r.received AS at, r.received + (4 + i % 60) * interval '1 hour' AS due, r.rank) d
"""

# A tenth was falsely late, a twentieth really.
_DELIVERIES: Final = """
INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, acked_version,
    acked_seq, park_cause, flagged_at, desk_flagged_at, ended_at, ended_seq, reported_at, accepted_at,
    false_late_cause, due_since)
SELECT id, unit_id,
    CASE WHEN is_open THEN (ARRAY['due', 'leased', 'unknown', 'parked'])[1 + place % 4] ELSE 'synced' END,
    2, 3, NOT is_open, CASE WHEN is_open THEN 0 ELSE 2 END, CASE WHEN is_open THEN 0 ELSE 3 END,
    CASE WHEN is_open AND place % 4 = 3 THEN 'refused' END,
    CASE WHEN is_open OR is_running THEN now() + (place % 2000 - 200) * interval '1 minute'
        WHEN place % 20 < 3 THEN ended_at - interval '1 hour' END,
    CASE WHEN place % 20 = 0 THEN ended_at - interval '1 hour' END,
    CASE WHEN is_open THEN now() - interval '3 hours' ELSE ended_at END,
    CASE WHEN NOT is_running THEN 3 END,
    CASE WHEN is_open THEN now() - interval '3 hours' ELSE ended_at END,
    CASE WHEN NOT (is_open OR is_running) THEN ended_at + interval '1 minute' END,
    CASE WHEN NOT (is_open OR is_running) AND place % 20 IN (1, 2)
        THEN (ARRAY['portal_down', 'sent_after_due'])[place % 20] END,
    received_at + interval '3 hours'
FROM (
    SELECT *, place <= $1::int AS is_open, place > $1::int AND place <= $1::int + $2::int AS is_running
    FROM (
        SELECT id, unit_id, received_at, ended_at, row_number() OVER (ORDER BY received_at DESC) AS place
        FROM dossiers
    ) AS placed
) AS known
"""

_LOOK_UPS: Final = """
INSERT INTO look_up_days (day, unit_id, procedure_code, received, needed, asked, matched)
SELECT (received_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, unit_id, procedure_code, count(*), count(*),
    count(*), count(*)
FROM dossiers GROUP BY 1, 2, 3
"""

_PAYOUTS: Final = """
INSERT INTO payout_days (day, unit_id, programme, channel, payouts, amount_vnd)
SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - day, 100000 + unit, 'pension', channel, 4, 12000000
FROM generate_series(0, 360, 6) day, generate_series(1, $1::int) unit,
    unnest(ARRAY['cash', 'post', 'bank', 'wallet']) channel
"""

_OUTAGES: Final = """
INSERT INTO portal_outages (last_success_at, began_at, ended_at)
SELECT began - interval '1 second', began, began + interval '20 minutes'
FROM generate_series(now() - interval '365 days', now() - interval '1 hour', interval '1 day') began
"""


async def fill_year(database: TrialDatabase, dossiers: int) -> None:
    """Store that many, received evenly over the last year, without their histories, which no report reads."""
    connection = await database.connect()
    try:
        async with connection.transaction():
            await connection.execute(_UNITS, UNITS)
            await connection.execute(_PROCEDURES, PROCEDURES)
            await connection.execute(_DOSSIERS, dossiers, UNITS, PROCEDURES, OPEN + RUNNING)
            await connection.execute(_DELIVERIES, OPEN, RUNNING)
            await connection.execute(_LOOK_UPS)
            await connection.execute(_PAYOUTS, UNITS)
            await connection.execute(_OUTAGES)
        await _add_up(database)
        # What autovacuum does within minutes.
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()


async def _add_up(database: TrialDatabase) -> None:
    """Do what the worker does piece by piece, with rests, while dossiers come to their end."""
    engine = create_engine(database.url, application="lienthong-bench", limits=PoolLimits(command=600.0))
    sessions = create_sessions(engine)
    try:
        is_more = True
        while is_more:
            async with sessions.begin() as session:
                is_more = await add_up_deliveries(session, calm=timedelta())
    finally:
        await engine.dispose()
