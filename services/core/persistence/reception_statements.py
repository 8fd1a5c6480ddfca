"""The statements that store receptions.

One statement for everything, because round trips, not rows, are what a reception costs. The lock on the
request key is only tried: who does not get it is told that the first call is still running. A call that ended
between the start of this statement and its lock is not seen by it, and runs into the primary key of the
answers instead.
"""

from typing import Final

from sqlalchemy import bindparam, text
from sqlalchemy.dialects.postgresql import JSONB

from services.core.persistence.audit_log import WHO, WHO_VALUES
from services.core.persistence.citizen_marks import ASKED_AGAIN, LEARNED
from services.core.persistence.delivery_marks import QUEUED
from services.core.persistence.look_up_marks import COUNTED, WANTED
from services.core.persistence.reach import REACHING

# The reach of the caller is known before there is a first row: all rows come from `filed`, and that from
# `request`. Nothing that row security hides is read before (citizens and their papers: `citizen_marks`).
# Rows that others want, too, are locked in one order everywhere, each kind sorted: numbers, codes, totals,
# days of look-ups, citizens, and at the end of the statement the counts of dossiers, which triggers keep.
# (Parts that nothing reads are run from the last to the first.)
RECEIVE: Final = text(f"""
WITH caller AS MATERIALIZED (
    SELECT {REACHING} AS reach
), request AS MATERIALIZED (
    SELECT pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', CAST(:client_id AS uuid),
        CAST(:route AS text), CAST(:key AS text)), 0)) AS free
    FROM caller WHERE reach IS NOT NULL
), seen AS MATERIALIZED (
    SELECT fingerprint, answer
    FROM first_answer(CAST(:client_id AS uuid), CAST(:route AS text), CAST(:key AS text))
), filed AS MATERIALIZED (
    SELECT uuidv7() AS id, f.*
    FROM request, jsonb_to_recordset(:filings) AS f(
        line int, code text, unit_id int, unit_code text, day date, origin text, procedure_code text,
        status smallint, version int, last_seq int, last_occurred_at timestamptz,
        supplement_requests smallint, channel smallint, filing_mode text, result_delivery smallint,
        submitted_at timestamptz, received_at timestamptz, promised_at timestamptz, due_at timestamptz,
        ended_at timestamptz, returned_at timestamptz, summary text, note text, applicant jsonb,
        components jsonb, fees jsonb, results jsonb, entries jsonb, flagged_at timestamptz,
        desk_flagged_at timestamptz, desk_ended_at timestamptz, ended_seq int, agent jsonb,
        acceptance_due_at timestamptz, answered_at timestamptz, identity_number text, name_key text,
        facts jsonb, prefilled jsonb, reception_day date,
        receiving_officer text, needs_look_up boolean)
    WHERE request.free AND NOT EXISTS (SELECT FROM seen)
), allotted AS (
    INSERT INTO dossier_numbers AS n (unit_id, day, last_number)
    SELECT unit_id, day, count(*) FROM filed WHERE code IS NULL
    GROUP BY unit_id, day ORDER BY unit_id, day
    ON CONFLICT (unit_id, day) DO UPDATE SET last_number = n.last_number + excluded.last_number
    RETURNING n.unit_id, n.day, n.last_number
), own AS (
    SELECT f.id, a.last_number + 1
        - row_number() OVER (PARTITION BY f.unit_id, f.day ORDER BY f.line DESC) AS number
    FROM filed f JOIN allotted a USING (unit_id, day) WHERE f.code IS NULL
), numbered AS MATERIALIZED (
    SELECT f.*, coalesce(f.code, concat_ws('-', f.unit_code, to_char(f.day, 'YYMMDD'),
        lpad(own.number::text, greatest(4, length(own.number::text)), '0'))) AS full_code
    FROM filed f LEFT JOIN own USING (id)
), asked AS MATERIALIZED ({ASKED_AGAIN}), stored AS (
    INSERT INTO dossiers (id, code, origin, unit_id, procedure_code, status, version, last_seq,
        last_occurred_at, supplement_requests, channel, filing_mode, result_delivery, submitted_at,
        received_at, promised_at, due_at, ended_at, returned_at, summary, note, applicant, components, fees,
        results, client_id, agent, acceptance_due_at, answered_at, known_values, values_asked_again,
        known_papers, papers_asked_again)
    SELECT id, full_code, origin, unit_id, procedure_code, status, version, last_seq,
        last_occurred_at, supplement_requests, channel, filing_mode, result_delivery, submitted_at,
        received_at, promised_at, due_at, ended_at, returned_at, summary, note, applicant, components, fees,
        results, :client_id, agent, acceptance_due_at, answered_at, coalesce(known_values, 0),
        coalesce(values_asked_again, 0), coalesce(known_papers, 0), coalesce(papers_asked_again, 0)
    FROM numbered LEFT JOIN asked USING (id) ORDER BY full_code
    ON CONFLICT (code) DO NOTHING
    RETURNING id
), history AS (
    INSERT INTO progress_entries (dossier_id, seq, status, occurred_at, officer, department, text, facts)
    SELECT f.id, e.*
    FROM numbered f JOIN stored USING (id), jsonb_to_recordset(f.entries) AS e(
        seq int, status smallint, occurred_at timestamptz, officer text, department text, text text,
        facts jsonb)
), learned AS ({LEARNED}), queued AS ({QUEUED}), wanted AS ({WANTED}), counted_by_day AS ({COUNTED}),
counted AS (
    INSERT INTO tallies AS t (name, label, unit_id, value)
    SELECT total.name, '', f.unit_id, count(*)
    FROM numbered f JOIN stored USING (id),
        LATERAL (VALUES ('received', true), ('ended', f.desk_ended_at IS NOT NULL),
            ('lookups_needed', f.needs_look_up)) AS total(name, counts)
    WHERE total.counts GROUP BY total.name, f.unit_id ORDER BY total.name, f.unit_id
    ON CONFLICT (name, label, unit_id) DO UPDATE SET value = t.value + excluded.value
), answer AS MATERIALIZED (
    SELECT jsonb_build_object('refused', CAST(:refused AS jsonb), 'received', coalesce(jsonb_agg(
        jsonb_build_object('line', f.line, 'id', s.id, 'code', f.full_code, 'version', f.version,
            'seq', f.last_seq, 'status', f.status, 'due_at', f.due_at)
        ORDER BY f.line), '[]')) AS document
    FROM numbered f LEFT JOIN stored s USING (id)
), remembered AS (
    INSERT INTO idempotency_keys (client_id, route, key, fingerprint, status, answer)
    SELECT :client_id, :route, :key, :fingerprint, :status, document FROM answer
    WHERE EXISTS (SELECT FROM stored)
), audited AS (
    INSERT INTO audit_log ({WHO}, action, objects, result)
    SELECT {WHO_VALUES}, CAST(:action AS text), array_agg(CAST(id AS text)), 'done'
    FROM stored HAVING count(*) > 0
)
SELECT request.free, seen.fingerprint AS seen_fingerprint, seen.answer AS seen_answer, answer.document
FROM request CROSS JOIN answer LEFT JOIN seen ON true
""").bindparams(bindparam("filings", type_=JSONB), bindparam("refused", type_=JSONB))  # noqa: S608 - joins constants

#: Wants units, days and numbers in the order of the rows' keys.
KEEP_CLEAR: Final = text(f"""
WITH caller AS MATERIALIZED (SELECT {REACHING} AS reach)
INSERT INTO dossier_numbers AS n (unit_id, day, last_number)
SELECT taken.* FROM caller CROSS JOIN LATERAL
    unnest(CAST(:units AS int[]), CAST(:days AS date[]), CAST(:numbers AS int[])) AS taken
WHERE caller.reach IS NOT NULL
ON CONFLICT (unit_id, day) DO UPDATE SET last_number = greatest(n.last_number, excluded.last_number)
""")  # noqa: S608 - as above
