"""The statements of the look-up queue. All times are the database's."""

from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

#: By hand first, then by waiting time. The account is that of the officer, or of the unit, or of the nearest
#: unit above; an earlier match counts where it was asked for the same unit, purpose and legal basis.
CLAIM: Final = text("""
WITH due AS (
    SELECT id FROM look_ups
    WHERE state = 'pending' AND next_attempt_at <= now() AND (by_hand OR NOT :by_hand_only)
    ORDER BY by_hand DESC, next_attempt_at LIMIT :size FOR UPDATE SKIP LOCKED
), leased AS (
    UPDATE look_ups l SET state = 'leased', lease_until = now() + :lease, token = nextval('lease_tokens'),
        attempts = l.attempts + 1
    FROM due WHERE l.id = due.id
    RETURNING l.id, l.dossier_id, l.unit_id, l.officer, l.purpose, l.legal_basis, l.reason, l.subject_key,
        l.subject, l.by_hand, l.attempts, l.token
)
SELECT l.id, l.dossier_id, l.unit_id, l.officer, l.purpose, l.legal_basis, l.reason, l.attempts, l.token,
    coalesce(d.applicant, l.subject) AS applicant, u.code AS unit_code, a.id AS account_id,
    a.identity_number AS account, e.id AS earlier_id, e.found AS earlier_found
FROM leased l JOIN units u ON u.id = l.unit_id LEFT JOIN dossiers d ON d.id = l.dossier_id
LEFT JOIN LATERAL (
    SELECT a.id, a.identity_number FROM look_up_accounts a JOIN units o ON o.id = a.unit_id
    WHERE a.ended_at IS NULL AND a.officer IN ('', l.officer) AND starts_with(u.path, o.path)
    ORDER BY length(o.path) DESC, a.officer DESC LIMIT 1
) a ON true
LEFT JOIN LATERAL (
    SELECT e.id, e.found FROM look_ups e
    WHERE e.subject_key = l.subject_key AND e.result = 'match' AND e.reused_from IS NULL
        AND e.settled_at > now() - CAST(:reuse_for AS interval) AND NOT l.by_hand
        AND e.unit_id = l.unit_id AND e.purpose = l.purpose AND e.legal_basis = l.legal_basis
    ORDER BY e.settled_at DESC LIMIT 1
) e ON true
""")

QUESTIONS: Final = text("""
INSERT INTO look_up_questions (id, look_up_id, dossier_id, unit_id, officer, account_id, purpose, legal_basis,
    reason)
SELECT * FROM unnest(CAST(:id AS uuid[]), CAST(:look_up_id AS uuid[]), CAST(:dossier_id AS uuid[]),
    CAST(:unit_id AS int[]), CAST(:officer AS text[]), CAST(:account_id AS int[]), CAST(:purpose AS text[]),
    CAST(:legal_basis AS text[]), CAST(:reason AS text[]))
""")

#: Columns of `look_up_days` by what settled a look-up.
_SETTLED_COUNTS: Final = """
    count(*) FILTER (WHERE r.result = 'match'), count(*) FILTER (WHERE r.result = 'mismatch'),
    count(*) FILTER (WHERE r.result = 'not_found'), count(*) FILTER (WHERE r.result = 'refused')
"""

# A row whose token has moved on is left alone, and counts nothing; the record of the question stays.
SETTLE: Final = text(f"""
WITH s AS (
    SELECT * FROM jsonb_to_recordset(:outcomes) AS s(
        id uuid, token bigint, question_id uuid, result text, refusal text, detail text, settled boolean,
        answered boolean, pause float, reused_from uuid, found jsonb)
), noted AS (
    INSERT INTO look_up_answers (question_id, result, detail)
    SELECT question_id, result, detail FROM s WHERE question_id IS NOT NULL
), done AS (
    UPDATE look_ups l SET
        state = CASE WHEN s.settled THEN 'settled' ELSE 'pending' END,
        result = s.result, refusal = s.refusal, reused_from = s.reused_from,
        found = CASE WHEN jsonb_typeof(s.found) = 'object' THEN s.found END,
        subject = CASE WHEN s.settled THEN NULL ELSE l.subject END,
        asked_at = CASE WHEN s.question_id IS NULL THEN l.asked_at ELSE now() END,
        settled_at = CASE WHEN s.settled THEN now() END,
        next_attempt_at = now() + s.pause * interval '1 second', lease_until = NULL
    FROM s WHERE l.id = s.id AND l.token = s.token AND l.state = 'leased'
    RETURNING l.id, l.dossier_id, l.unit_id, l.procedure_code, l.day, s.result, s.settled, s.answered,
        l.reused_from IS NOT NULL AS reused
), counts AS (
    SELECT r.day, r.unit_id, r.procedure_code, 0 AS asked, count(*) FILTER (WHERE r.reused) AS reused,
        {_SETTLED_COUNTS}
    FROM done r WHERE r.settled AND r.dossier_id IS NOT NULL GROUP BY 1, 2, 3
    UNION ALL
    SELECT (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, r.unit_id, r.procedure_code, count(*), 0, 0, 0, 0, 0
    FROM done r WHERE r.answered GROUP BY 1, 2, 3
), by_day AS (
    INSERT INTO look_up_days AS t
        (day, unit_id, procedure_code, asked, reused, matched, mismatched, not_found, refused)
    SELECT day, unit_id, procedure_code, sum(asked), sum(reused), sum(matched), sum(mismatched),
        sum(not_found), sum(refused)
    FROM counts AS c(day, unit_id, procedure_code, asked, reused, matched, mismatched, not_found, refused)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (day, unit_id, procedure_code) DO UPDATE SET asked = t.asked + excluded.asked,
        reused = t.reused + excluded.reused, matched = t.matched + excluded.matched,
        mismatched = t.mismatched + excluded.mismatched, not_found = t.not_found + excluded.not_found,
        refused = t.refused + excluded.refused
), totals AS (
    INSERT INTO tallies AS t (name, label, unit_id, value)
    SELECT total.name, total.label, r.unit_id, count(*)
    FROM done r, LATERAL (VALUES ('lookups', r.result, r.answered), ('lookups_reused', '', r.reused),
        ('lookups_settled', r.result, r.settled AND r.dossier_id IS NOT NULL)) AS total(name, label, counts)
    WHERE total.counts GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
)
SELECT id FROM done
""").bindparams(bindparam("outcomes", type_=JSONB))  # noqa: S608 - joins constants

EXPIRE: Final = text("""
UPDATE look_ups SET state = 'pending', lease_until = NULL, next_attempt_at = now()
WHERE state = 'leased' AND lease_until < now()
""")

#: Takes settled look-ups out of the counts of their days; wants `old_ones`.
_UNCOUNT: Final = """
    INSERT INTO look_up_days AS t
        (day, unit_id, procedure_code, needed, reused, matched, mismatched, not_found, refused)
    SELECT day, unit_id, procedure_code, -count(*) FILTER (WHERE no_longer_needed),
        -count(*) FILTER (WHERE reused), -count(*) FILTER (WHERE result = 'match'),
        -count(*) FILTER (WHERE result = 'mismatch'), -count(*) FILTER (WHERE result = 'not_found'),
        -count(*) FILTER (WHERE result = 'refused')
    FROM old_ones WHERE dossier_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (day, unit_id, procedure_code) DO UPDATE SET needed = t.needed + excluded.needed,
        reused = t.reused + excluded.reused, matched = t.matched + excluded.matched,
        mismatched = t.mismatched + excluded.mismatched, not_found = t.not_found + excluded.not_found,
        refused = t.refused + excluded.refused
"""

#: The same for the running totals.
_UNTOTAL: Final = """
    INSERT INTO tallies AS t (name, label, unit_id, value)
    SELECT total.name, total.label, o.unit_id, -count(*)
    FROM old_ones o, LATERAL (VALUES ('lookups_settled', o.result, o.result IS NOT NULL),
        ('lookups_needed', '', o.no_longer_needed)) AS total(name, label, counts)
    WHERE total.counts AND o.dossier_id IS NOT NULL GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
"""

_REOPENED: Final = """
    state = 'pending', result = NULL, refusal = NULL, reused_from = NULL, found = NULL, settled_at = NULL,
    next_attempt_at = now(), attempts = 0, lease_until = NULL
"""

_OLD: Final = """
    RETURNING l.id, l.dossier_id, l.day, l.unit_id, l.procedure_code,
        CASE WHEN old.state = 'settled' THEN old.result END AS result,
        old.state = 'settled' AND old.reused_from IS NOT NULL AS reused, l.state = 'void' AS no_longer_needed
"""

#: A person asks about a dossier: at once, in the name of that officer. A match stays as it is.
REQUEST: Final = text(f"""
WITH old_ones AS (
    UPDATE look_ups l SET {_REOPENED}, by_hand = true, requested_at = now(), officer = :officer,
        reason = :reason
    WHERE l.dossier_id = :dossier_id AND l.state IN ('pending', 'settled')
        AND l.result IS DISTINCT FROM 'match'
    {_OLD}
), uncounted AS ({_UNCOUNT}), untotalled AS ({_UNTOTAL})
SELECT id FROM old_ones
""")  # noqa: S608 - joins constants

#: What was turned down for want of an account is asked once there is one for the unit or one above it.
REOPEN_REFUSED: Final = text(f"""
WITH old_ones AS (
    UPDATE look_ups l SET {_REOPENED}
    WHERE l.refusal = 'no_account' AND l.state = 'settled'
        AND l.unit_id IN (SELECT id FROM units WHERE starts_with(path, :path))
    {_OLD}
), uncounted AS ({_UNCOUNT}), untotalled AS ({_UNTOTAL})
SELECT count(*) FROM old_ones
""")  # noqa: S608 - as above

#: The applicant was corrected: what was found before says nothing of them.
RENEW: Final = text(f"""
WITH old_ones AS (
    UPDATE look_ups l SET {
    _REOPENED.replace("state = 'pending'", "state = CASE WHEN :needed THEN 'pending' ELSE 'void' END")
},
        token = nextval('lease_tokens'), subject_key = sha256(convert_to(:number, 'UTF8'))
    WHERE l.dossier_id = :dossier_id AND l.state <> 'void'
    {_OLD}
), uncounted AS ({_UNCOUNT}), untotalled AS ({_UNTOTAL})
SELECT id FROM old_ones
""")  # noqa: S608 - as above

#: The applicant was corrected into somebody who has to be looked up.
ADD_FOR_DOSSIER: Final = text("""
WITH added AS (
    INSERT INTO look_ups AS l (dossier_id, unit_id, procedure_code, day, officer, legal_basis, subject_key)
    SELECT d.id, d.unit_id, d.procedure_code,
        (coalesce(d.received_at, d.submitted_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, :officer,
        :legal_basis, sha256(convert_to(:number, 'UTF8'))
    FROM dossiers d WHERE d.id = :dossier_id
    ON CONFLICT (dossier_id) DO UPDATE SET state = 'pending', next_attempt_at = now(), attempts = 0,
        token = nextval('lease_tokens'), subject_key = excluded.subject_key WHERE l.state = 'void'
    RETURNING id, day, unit_id, procedure_code
), counted AS (
    INSERT INTO look_up_days AS t (day, unit_id, procedure_code, needed)
    SELECT day, unit_id, procedure_code, 1 FROM added
    ON CONFLICT (day, unit_id, procedure_code) DO UPDATE SET needed = t.needed + excluded.needed
), totalled AS (
    INSERT INTO tallies AS t (name, label, unit_id, value)
    SELECT 'lookups_needed', '', unit_id, 1 FROM added
    ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
)
SELECT id FROM added
""")

ADD_WITHOUT_DOSSIER: Final = text("""
INSERT INTO look_ups (unit_id, day, officer, purpose, legal_basis, reason, subject_key, subject, by_hand,
    requested_at)
VALUES (:unit_id, (now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date, :officer, 'other', :legal_basis, :reason,
    sha256(convert_to(:number, 'UTF8')), :subject, true, now())
RETURNING id
""").bindparams(bindparam("subject", type_=JSONB))
