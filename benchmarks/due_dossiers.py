"""Dossiers whose whole story is waiting for the portal: taken in, worked on, finished, nothing sent."""

from typing import Final

from benchmarks.catalogue import PROCEDURE_CODES
from benchmarks.database import TrialDatabase

ENTRIES_EACH: Final = 3

_DOSSIERS: Final = """
INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
    channel, filing_mode, result_delivery, submitted_at, received_at, promised_at, due_at, ended_at, summary,
    applicant, components, fees, results)
SELECT u.code || '-260101-' || lpad(n::text, 6, '0'), 'desk', u.id, ($2::text[])[1 + n % $3], 9, 3, 3,
    done.at, 1, 'self', 0, now() - INTERVAL '2 days', now() - INTERVAL '2 days', due.at, due.at, done.at,
    'Hồ sơ số ' || n || ' đề nghị cấp bản sao trích lục',
    jsonb_build_object('kind', 1, 'name', 'Nguyễn Văn ' || n,
        'identity_number', '025090' || lpad(n::text, 6, '0'), 'phone', '0912345678',
        'address', 'Tổ 3, phường Việt Trì, tỉnh Phú Thọ'),
    '[{"name": "Tờ khai theo mẫu", "code": "TP.01", "digitised": true},
      {"name": "Giấy tờ tùy thân", "code": "TP.02", "digitised": true, "reuse": 1}]',
    '[{"name": "Lệ phí", "amount_vnd": 8000, "code": "LP.01", "paid_by": "cash"}]',
    '[{"name": "Bản sao trích lục", "code": "KQ.01"}]'
FROM generate_series(1, $1) AS n,
    LATERAL (SELECT now() + make_interval(hours => 24 + n % 200) AS at) AS due,
    LATERAL (SELECT now() - INTERVAL '1 hour' AS at) AS done,
    LATERAL (SELECT id, code FROM units WHERE level = 'commune' ORDER BY id LIMIT 1 OFFSET n % 20) AS u
"""

_ENTRIES: Final = """
INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, department, text)
SELECT d.id, e.seq, e.status, d.received_at + e.after, 'Trần Thị Bình', 'Bộ phận Một cửa', e.text
FROM dossiers d CROSS JOIN (VALUES
    (1, 2, INTERVAL '0', 'Tiếp nhận hồ sơ'),
    (2, 4, INTERVAL '3 hours', 'Chuyển chuyên viên xử lý'),
    (3, 9, INTERVAL '47 hours', 'Đã có kết quả')) AS e (seq, status, after, text)
WHERE d.code LIKE '%-260101-%'
"""

_DELIVERIES: Final = """
INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, flagged_at,
    ended_at, ended_seq, reported_at)
SELECT id, unit_id, 'due', 3, 3, false, due_at + INTERVAL '1 second', ended_at, 3, now()
FROM dossiers WHERE code LIKE '%-260101-%'
"""


_FINISHED: Final = """
WITH filed AS (
    INSERT INTO dossiers (code, origin, unit_id, procedure_code, status, version, last_seq, last_occurred_at,
        channel, filing_mode, result_delivery, submitted_at, received_at, promised_at, due_at, ended_at,
        summary, applicant, components, fees, results)
    SELECT u.code || '-250101-' || lpad(n::text, 7, '0'), 'desk', u.id, $2, 9, 3, 3, done.at, 1, 'self', 0,
        done.at, done.at, done.at, done.at, done.at, 'Hồ sơ số ' || n, '{"kind": 1, "name": "A"}', '[]', '[]',
        '[]'
    FROM generate_series(1, $1) AS n,
        LATERAL (SELECT now() - make_interval(mins => n % 400000) AS at) AS done,
        LATERAL (SELECT id, code FROM units WHERE level = 'commune' ORDER BY id LIMIT 1 OFFSET n % 20) AS u
    RETURNING id, unit_id, due_at, ended_at
)
INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, acked_version,
    acked_seq, flagged_at, ended_at, ended_seq, reported_at, accepted_at)
SELECT id, unit_id, 'synced', 3, 3, true, 3, 3, NULL, ended_at, 3, ended_at, ended_at FROM filed
"""


async def file_finished_dossiers(database: TrialDatabase, number: int) -> None:
    """Store that many which the portal has in full, without their histories, which no claim reads."""
    connection = await database.connect()
    try:
        await connection.execute(_FINISHED, number, PROCEDURE_CODES[0])
    finally:
        await connection.close()


async def file_due_dossiers(database: TrialDatabase, number: int) -> None:
    """Store that many, each with three entries, the last of which finishes it in time."""
    connection = await database.connect()
    try:
        async with connection.transaction():
            await connection.execute(_DOSSIERS, number, list(PROCEDURE_CODES), len(PROCEDURE_CODES))
            await connection.execute(_ENTRIES)
            await connection.execute(_DELIVERIES)
        # As autovacuum would have done long since in a database that has been in use.
        await connection.execute("VACUUM ANALYZE")
        await connection.execute("CHECKPOINT")
    finally:
        await connection.close()
