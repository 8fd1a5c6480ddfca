"""What the desk writes into delivery rows: parts of the statements that write dossiers.

Everything else in a row belongs to the worker. A changed dossier is due again; one that was parked or
closed, too, because the change may be what it was parked for. A row that the worker has in hand, or that has
an unknown outcome, keeps its state: the worker compares the targets when it settles.
"""

from typing import Final

from services.core.persistence.deliveries import UNPARKED

#: Rows that nobody works on until the dossier changes.
_AT_REST: Final = "d.state IN ('synced', 'parked', 'closed')"

#: Wants `numbered` (the filings with their ids) and `stored` (the ids that were inserted).
QUEUED: Final = """
    INSERT INTO deliveries (dossier_id, unit_id, state, target_version, target_seq, on_portal, flagged_at,
        desk_flagged_at, ended_at, ended_seq, reported_at)
    SELECT f.id, f.unit_id, 'due', f.version, f.last_seq, f.origin = 'portal', f.flagged_at,
        f.desk_flagged_at, f.desk_ended_at, f.ended_seq, CASE WHEN f.desk_ended_at IS NOT NULL THEN now() END
    FROM numbered f JOIN stored USING (id)
"""

#: Wants `changed` (id, version, last_seq). A dossier that the portal does not hold is judged by its due time
#: as though it ran there.
MARKED: Final = f"""
    UPDATE deliveries d SET
        target_version = c.version, target_seq = c.last_seq,
        state = CASE WHEN d.state = 'synced' THEN 'due' WHEN {_AT_REST} THEN {UNPARKED} ELSE d.state END,
        due_since = CASE WHEN {_AT_REST} THEN now() ELSE d.due_since END,
        next_attempt_at = CASE WHEN {_AT_REST} THEN now() ELSE d.next_attempt_at END,
        attempts = CASE WHEN {_AT_REST} THEN 0 ELSE d.attempts END,
        park_cause = CASE WHEN {_AT_REST} THEN NULL ELSE d.park_cause END,
        park_group = NULL, parked_at = NULL,
        flagged_at = CASE WHEN d.acked_version = 0 THEN :flagged_at ELSE d.flagged_at END,
        desk_flagged_at = :desk_flagged_at,
        ended_at = :desk_ended_at,
        ended_seq = CAST(:ended_seq AS int),
        reported_at = CASE WHEN CAST(:ended_seq AS int) IS NOT NULL THEN coalesce(d.reported_at, now()) END
    FROM changed c WHERE d.dossier_id = c.id
    RETURNING d.dossier_id, d.unit_id, d.state, old.ended_at IS NULL AND d.ended_at IS NOT NULL AS just_ended
"""  # noqa: S608 - joins constants
