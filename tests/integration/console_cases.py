"""A day in the console: a falsely late dossier, a parked group, and something on every page."""

from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import text

from services.core.application.intervene import intervene
from services.core.domain.audit import Actor
from services.core.domain.intervention import Action, Decision
from services.core.persistence.engine import Sessions
from services.core.persistence.parked import ParkedFilter
from tests.desk_api import DeskApi

GROUP: Final = "unknown_procedure:1.000999"
WORDS: Final = "-3: Mã thủ tục 1.000999 không tồn tại"

_FALSELY_LATE: Final = """
UPDATE deliveries SET state = 'unknown', on_portal = true, acked_version = target_version, acked_seq = 2,
    portal_due_at = now() - interval '1 h', flagged_at = now() - interval '1 h',
    reported_at = now() - interval '2 h', attempts = 1, last_cause = 'unknown: ReadTimeout'
WHERE dossier_id = :id
"""
_PARK: Final = """
UPDATE deliveries SET state = 'parked', park_cause = 'refused', park_group = :group, last_cause = :words,
    parked_at = now(), flagged_at = now() + interval '3 h'
WHERE dossier_id = ANY(CAST(:ids AS uuid[]))
"""
_ELSEWHERE: Final = (
    """
    INSERT INTO portal_outages (kind, reasons, last_success_at, began_at, ended_at) VALUES
        ('unreachable', '{}', now() - interval '5 h', now() - interval '5 h', now() - interval '4 h'),
        ('refused', '{auth}', now() - interval '3 h', now() - interval '3 h', now() - interval '150 min')
    """,
    """
    INSERT INTO reconciliation_runs (owner, source, first_day, last_day, repairing, lease_until, finished_at,
        outcome, buckets, differing, unread, in_flight)
    VALUES ('console', 'report', '2026-11-01', '2026-11-20', true, now(), now(), 'complete', 40, 2, 0, 1)
    """,
    """
    INSERT INTO reconciliation_findings (run_id, code, dossier_id, direction, day, prefix, effect,
        scheduled_at)
    SELECT r.id, d.code, d.id, 'ours_not_theirs', '2026-11-03', 'H44.101', 'asked', now()
    FROM reconciliation_runs r, (SELECT * FROM dossiers ORDER BY code LIMIT 2) d
    """,
    """
    INSERT INTO reconciliation_findings (run_id, code, direction, day, prefix, effect)
    SELECT id, 'H44.101-261103-9999', 'theirs_not_ours', '2026-11-03', 'H44.101', 'left_to_person'
    FROM reconciliation_runs
    """,
    """
    INSERT INTO look_up_days (day, unit_id, procedure_code, received, needed, asked, reused, matched,
        mismatched, not_found, refused)
    SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - age, u.id, '', 20, 16, 15, 2, 10, 2, 1, 1
    FROM units u, generate_series(0, 6) AS age WHERE u.code IN ('H44.101', 'H44.102')
    """,
    """
    INSERT INTO population_counts (unit_id, population, valid_from, number, source)
    SELECT u.id, p, '2025-07-01', 100, 'Công an xã'
    FROM units u, unnest(ARRAY['adults_15', 'identity_eligible']) p WHERE u.code IN ('H44.101', 'H44.102')
    """,
    """
    INSERT INTO onboarding_totals (unit_id, step, measure, value)
    SELECT u.id, s.step, 'held', s.held + u.id % 2
    FROM units u, (VALUES ('smartphone', 85), ('payment_account', 62), ('vneid_2', 20)) AS s (step, held)
    WHERE u.code IN ('H44.101', 'H44.102')
    """,
    """
    WITH subject AS (
        INSERT INTO onboarding_subjects (id, person_id, kind, reference, unit_id)
        SELECT key, key, 'household', 'ho-1', id FROM units, CAST(uuidv7() AS uuid) AS key
        WHERE code = 'H44.101' RETURNING id, unit_id
    )
    INSERT INTO onboarding_attempts (person_id, step, reference, unit_id, state, reason, team, started_at,
        last_at, events)
    SELECT id, 'payment_account', 'TK-77', unit_id, 'stuck', 'request_without_account', 'Tổ 3', now(),
        now(), 2
    FROM subject
    """,
)


@dataclass(frozen=True, slots=True)
class Day:
    """The dossiers that the story is about, and the number of the reconciliation."""

    late: dict[str, Any]
    parked: list[dict[str, Any]]
    closed: dict[str, Any]
    run: int


async def a_day(api: DeskApi, sessions: Sessions) -> Day:
    """Store it; the group of parked dossiers has three."""
    late = await api.ward.move(await api.ward.created(), 4, 9)
    parked = [await api.ward.created() for _ in range(3)]
    closed = await api.ward.created()
    async with sessions.begin() as session:
        await session.execute(text(_FALSELY_LATE), {"id": late["id"]})
        for dossiers, group in ((parked, GROUP), ([closed], "refused: -5: *")):
            ids = [dossier["id"] for dossier in dossiers]
            await session.execute(text(_PARK), {"ids": ids, "group": group, "words": WORDS})
    decision = Decision(Action.CLOSE, "Trần Văn Bình", "nộp trùng, đã hỏi đơn vị")
    async with sessions.begin() as session:
        wanted = ParkedFilter(dossier=closed["code"])
        await intervene(session, decision=decision, wanted=wanted, per_minute=100, actor=Actor("bình"))
        for statement in _ELSEWHERE:
            await session.execute(text(statement))
        run = (await session.execute(text("SELECT id FROM reconciliation_runs"))).scalar_one()
    return Day(late, parked, closed, run)
