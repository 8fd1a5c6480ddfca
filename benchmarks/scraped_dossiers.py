"""A province as metrics and console find it: a day's open work, and however much that is over."""

from typing import Final

from benchmarks.database import TrialDatabase

UNITS: Final = 200
#: Waiting to be sent, and not yet ended at the desk: the same beside any number of finished dossiers.
OPEN: Final = 1_000
RUNNING: Final = 4_000

_UNITS: Final = """
INSERT INTO units (id, code, name, level, path, valid_from)
SELECT 100000 + i, 'S.' || i, 'Xã ' || i, 'commune', '/' || (100000 + i) || '/', '2025-07-01'
FROM generate_series(1, $1::int) i
"""

#: A year of receptions; the last days' are those that are open.
_DOSSIERS: Final = """
INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
    channel, filing_mode, result_delivery, submitted_at, received_at, promised_at, due_at, summary, applicant,
    components, fees, results)
SELECT 'S-' || i, 'desk', 100001 + i % $2::int, p.codes[1 + i % cardinality(p.codes)], 9, 2, 3, at.received,
    1 + i % 2, 'self', 1, at.received, at.received, at.due, at.due, 'Hồ sơ số ' || i,
    '{"kind": 1, "name": "A"}', '[]', '[]', '[]'
FROM generate_series(1, $1::int) i, (SELECT array_agg(code ORDER BY code) AS codes FROM procedures) p,
    LATERAL (SELECT now() - i * interval '365 days' / $1::int AS received) r,
    LATERAL (SELECT r.received, r.received + (4 + i % 60) * interval '1 hour' AS due) at
"""

_DELIVERIES: Final = """
INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, acked_version,
    acked_seq, park_cause, flagged_at, ended_at, ended_seq, reported_at, accepted_at, due_since)
SELECT id, unit_id,
    CASE WHEN is_open THEN (ARRAY['due', 'leased', 'unknown', 'parked'])[1 + place % 4] ELSE 'synced' END,
    2, 3, NOT is_open, CASE WHEN is_open THEN 0 ELSE 2 END, CASE WHEN is_open THEN 0 ELSE 3 END,
    CASE WHEN is_open AND place % 4 = 3 THEN 'refused' END,
    CASE WHEN is_open OR is_running THEN now() + (place % 2000 - 200) * interval '1 minute' END,
    CASE WHEN NOT is_running THEN received_at + interval '3 hours' END,
    CASE WHEN NOT is_running THEN 3 END, CASE WHEN NOT is_running THEN received_at + interval '3 hours' END,
    CASE WHEN NOT (is_open OR is_running) THEN received_at + interval '181 minutes' END,
    received_at + interval '3 hours'
FROM (
    SELECT *, place <= $1::int AS is_open, place > $1::int AND place <= $1::int + $2::int AS is_running
    FROM (SELECT id, unit_id, received_at, row_number() OVER (ORDER BY id) AS place FROM dossiers) AS placed
) AS known
"""

_TALLIES: Final = """
INSERT INTO tallies (name, label, unit_id, value)
SELECT name, label, 100000 + unit, $1::int / $2::int FROM generate_series(1, $2::int) unit, (
    VALUES ('received', ''), ('ended', ''), ('accepted', ''), ('accepted_late', 'desk'), ('lag_sum', ''),
        ('accepted_late', 'false'), ('false_late', 'not_yet_sent'), ('false_late', 'portal_down'),
        ('lag_bucket', '1.0'), ('lag_bucket', '5.0'), ('lag_bucket', '60.0'), ('lag_bucket', '+Inf'),
        ('queued_sum', ''), ('queued_bucket', '1.0'), ('queued_bucket', '3600.0'),
        ('seen_sum', ''), ('seen_bucket', '1.0'), ('seen_bucket', '5.0'),
        ('lead_bucket', '0.0'), ('lead_bucket', '600.0'), ('lead_bucket', '3600.0'),
        ('lead_bucket', '14400.0'), ('lead_bucket', '86400.0'), ('lead_bucket', '+Inf'),
        ('lookups', 'match'), ('lookups_needed', ''), ('lookups_settled', 'match'),
        ('lookups_settled', 'not_found')
) AS kept (name, label)
"""

_COUNTS: Final = """
INSERT INTO dossier_totals (unit_id, procedure_code, dossiers, filed_online)
SELECT unit_id, procedure_code, count(*), count(*) FILTER (WHERE channel = 2) FROM dossiers GROUP BY 1, 2
"""

_MINUTES: Final = """
INSERT INTO portal_minutes (minute, taken)
SELECT at, 20 FROM generate_series(date_trunc('minute', now()) - interval '2 days', now(), '1 minute') at
"""

_OUTAGES: Final = """
INSERT INTO portal_outages (last_success_at, began_at, ended_at)
SELECT began - interval '1 second', began, began + interval '20 minutes'
FROM generate_series(now() - interval '365 days', now() - interval '1 hour', interval '1 day') began
"""

_INDEX: Final = """
INSERT INTO index766_points (month, unit_id, code, points)
SELECT date_trunc('month', now() AT TIME ZONE 'Asia/Ho_Chi_Minh') - age * interval '1 month',
    100000 + unit, code, 50
FROM generate_series(0, 11) age, generate_series(1, $1::int) unit, LATERAL (
    SELECT 'TOTAL' AS code UNION ALL
    SELECT 'INDICATOR ' || i FROM generate_series(1, 23) i WHERE unit = 1
) AS kept
"""


async def fill_province(database: TrialDatabase, dossiers: int, *, waiting: int = OPEN) -> None:
    """Store that many dossiers with all the totals that a scrape reads, without their histories.

    Of them `waiting` are to be sent, and `RUNNING` more not yet ended.
    """
    connection = await database.connect()
    try:
        async with connection.transaction():
            # References and triggers are not what is measured, and checking them takes longer than the rest.
            await connection.execute("SET LOCAL session_replication_role = replica")
            await connection.execute(_UNITS, UNITS)
            await connection.execute(_DOSSIERS, dossiers, UNITS)
            await connection.execute(_DELIVERIES, waiting, RUNNING)
            await connection.execute(_TALLIES, dossiers, UNITS)
            await connection.execute(_INDEX, UNITS)
            for statement in (_COUNTS, _MINUTES, _OUTAGES):
                await connection.execute(statement)
        # What autovacuum does within minutes.
        await connection.execute("VACUUM (ANALYZE)")
    finally:
        await connection.close()
