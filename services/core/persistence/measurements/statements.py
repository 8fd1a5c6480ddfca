"""One statement per measurement.

None of them reads history. Open work comes from the partial indexes of `deliveries`, everything that ever
happened from `tallies`, which are kept up to date in the writing transactions. All ages are at the database's
`now()`; what commits while a snapshot is taken may be a moment younger than that, hence `greatest`.
"""

from collections.abc import Mapping
from typing import Final

from sqlalchemy import TextClause, text

from services.core.domain.false_late import UNSEEN_AT_MOST
from services.core.domain.figures import COUNT_NAMES
from services.core.persistence.dossier_counts import sums_of
from services.core.persistence.measurements.backlog import AGES, TIME_LEFT
from services.core.persistence.measurements.forecast import (
    FORECAST_COMING,
    FORECAST_HABIT,
    FORECAST_OPEN,
    FORECAST_PACE,
)

CLOCK: Final = text("SELECT now()")

#: What stands before the colon of a park group is a fault or a cause, of which there are few.
UNSYNCED: Final = text("""
    SELECT unit_id, state, park_cause,
        CASE WHEN state = 'parked' THEN split_part(coalesce(park_group, park_cause), ':', 1) END AS park_kind,
        count(*) AS number,
        greatest(extract(epoch FROM now() - min(due_since)), 0)::float8 AS oldest_age_seconds
    FROM deliveries
    WHERE state <> 'synced'
    GROUP BY unit_id, state, park_cause, park_kind
""")

TALLIES: Final = text("""
    SELECT name, label, sum(value) AS value,
        CASE WHEN name IN ('received', 'ended', 'accepted', 'accepted_late', 'false_late') THEN unit_id END
            AS unit_id
    FROM tallies
    GROUP BY name, label, 4
""")

#: The latest only: what a portal has begun to refuse is among them, and thousands of parked dossiers cost
#: thousands of look-ups of their procedures.
REFUSED: Final = text("""
    WITH latest AS (
        SELECT dossier_id FROM deliveries
        WHERE state = 'parked' AND park_cause = 'refused'
        ORDER BY due_since DESC LIMIT 2000
    )
    SELECT d.procedure_code, count(*) AS number
    FROM latest JOIN dossiers d ON d.id = latest.dossier_id
    GROUP BY d.procedure_code ORDER BY number DESC, d.procedure_code LIMIT 10
""")

#: The partial index holds what the portal has not been seen to show.
UNSEEN: Final = text("SELECT count(*) FROM sightings WHERE seen_at IS NULL AND questions > 0")

FLAGGED: Final = text("""
    SELECT unit_id, count(*) AS number,
        count(*) FILTER (
            WHERE ended_at IS NOT NULL AND (desk_flagged_at IS NULL OR desk_flagged_at > now())
        ) AS falsely
    FROM deliveries
    WHERE accepted_at IS NULL AND flagged_at <= now()
    GROUP BY unit_id
""")

#: The last outage that had begun by an instant is found in it by bisection: a subquery per row takes 400 ms
#: for 100,000 rows and 50 outages. Needs `unseen`.
OUTAGE_TIMELINE: Final = """
    WITH outages AS (
        SELECT since, max(until) OVER (ORDER BY since) AS until
        FROM (
            SELECT greatest(last_success_at, began_at - :unseen) AS since,
                coalesce(ended_at, 'infinity') AS until
            FROM portal_outages WHERE kind = 'unreachable'
        ) AS outage
    ), timeline AS (
        SELECT array_agg(since ORDER BY since) AS since, array_agg(until ORDER BY since) AS until FROM outages
    )
"""

#: Condition on `deliveries` for those that the portal calls late and the desk finished on time.
IS_FALSELY_LATE: Final = """
    accepted_at IS NULL AND flagged_at <= now()
    AND ended_at IS NOT NULL AND (desk_flagged_at IS NULL OR desk_flagged_at > now())
"""

#: Whether one outage lasted from the report until the flag.
PORTAL_WAS_DOWN: Final = "timeline.until[width_bucket(reported_at, timeline.since)] >= flagged_at"

#: Says what `cause_of` says, for all rows at once; a test holds the two together.
FALSE_LATE: Final = text(f"""
    {OUTAGE_TIMELINE}
    SELECT state, park_cause, count(*) AS number,
        reported_at >= flagged_at AS reported_after_flag, {PORTAL_WAS_DOWN} AS portal_was_down
    FROM deliveries, timeline WHERE {IS_FALSELY_LATE}
    GROUP BY 1, 2, 4, 5
""").bindparams(unseen=UNSEEN_AT_MOST)  # noqa: S608 - joins constants

#: Condition on `deliveries` for those that will be falsely late within a day unless the portal gets the end.
IS_AT_RISK: Final = """
    accepted_at IS NULL AND flagged_at > now() AND flagged_at <= now() + interval '24 hours'
    AND ended_at IS NOT NULL AND (desk_flagged_at IS NULL OR desk_flagged_at > now())
    AND state <> 'closed'
"""

AT_RISK: Final = text(f"""
    SELECT
        count(*) FILTER (WHERE flagged_at <= now() + interval '1 hour') AS within_1h,
        count(*) FILTER (WHERE flagged_at <= now() + interval '4 hours') AS within_4h,
        count(*) AS within_24h,
        extract(epoch FROM min(flagged_at) - now())::float8 AS seconds_to_flag
    FROM deliveries WHERE {IS_AT_RISK}
""")  # noqa: S608 - joins constants

PORTAL: Final = text("""
    SELECT operation, last_success_at, failing_since, consecutive_failures FROM portal_operations
""")

#: One operation may have failed before all did; the outage proper began after the last good call of any.
OUTAGES: Final = text("""
    SELECT count(*) AS number, count(*) FILTER (WHERE ended_at IS NULL) AS under_way,
        coalesce(sum(greatest(
            extract(epoch FROM coalesce(ended_at, now()) - greatest(began_at, last_success_at)), 0
        )), 0)::float8 AS seconds
    FROM portal_outages WHERE kind = 'unreachable'
""")

#: For how long dossiers wait, and how long until the flag. What a person has closed does not wait.
BACKLOG: Final = text("""
    SELECT width_bucket(now() - due_since, CAST(:ages AS interval[])) AS age,
        CASE WHEN flagged_at IS NULL THEN -1
            ELSE width_bucket(flagged_at - now(), CAST(:left AS interval[])) END AS left,
        count(*) AS number
    FROM deliveries WHERE state <> 'synced' AND state <> 'closed'
    GROUP BY 1, 2
""").bindparams(ages=list(AGES.values()), left=list(TIME_LEFT.values()))

GATES: Final = text("""
    SELECT operation, open_until IS NOT NULL AS open, coalesce(held_until > now(), false) AS held
    FROM portal_gates
""")

RECONCILIATION: Final = text("""
    WITH last AS (
        SELECT id, finished_at FROM reconciliation_runs WHERE finished_at IS NOT NULL ORDER BY id DESC LIMIT 1
    )
    SELECT last.finished_at, f.direction, count(f.id) AS number
    FROM last LEFT JOIN reconciliation_findings f ON f.run_id = last.id
    GROUP BY last.finished_at, f.direction
""")

DEAD_TUPLES: Final = text("""
    SELECT relname AS table_name, n_dead_tup AS number
    FROM pg_stat_user_tables
    WHERE relid IN ('deliveries'::regclass, 'dossiers'::regclass, 'tallies'::regclass)
""")

#: Needs `pg_monitor` to see the sessions of other roles. Lazy vacuum holds nothing back.
TRANSACTIONS: Final = text("""
    WITH holders AS (
        SELECT xact_start AS since, backend_xmin AS oldest_xid
        FROM pg_stat_activity
        WHERE (datname = current_database() OR datname IS NULL) AND pid <> pg_backend_pid()
            AND backend_type <> 'autovacuum worker' AND (backend_xmin IS NOT NULL OR backend_xid IS NOT NULL)
        UNION ALL SELECT prepared, transaction FROM pg_prepared_xacts WHERE database = current_database()
        UNION ALL SELECT NULL, xmin FROM pg_replication_slots
        UNION ALL SELECT NULL, catalog_xmin FROM pg_replication_slots
    )
    SELECT coalesce(max(age(oldest_xid)), 0) AS oldest_xmin,
        greatest(extract(epoch FROM now() - min(since)), 0)::float8 AS oldest_age_seconds
    FROM holders
""")

DOSSIER_COUNTS: Final = text(
    f"SELECT {sums_of(COUNT_NAMES)} FROM dossier_totals n JOIN procedures p ON p.code = n.procedure_code"  # noqa: S608 - joins constants
)

#: The partial index holds only what nobody has answered.
ACCEPTANCE_OVERDUE: Final = text("""
    SELECT count(*) FROM dossiers WHERE status = 1 AND acceptance_due_at < now()
""")

#: A row a unit, step and measure, whatever has happened; the counts by day are not read.
ONBOARDING: Final = text("""
    SELECT unit_id, step, measure, sum(value)::bigint AS number FROM onboarding_totals
    WHERE measure IN ('held', 'started', 'resumed', 'interrupted', 'failed', 'completed', 'given_up',
        'deactivated', 'helped')
    GROUP BY unit_id, step, measure
""")

ATTEMPTS_WAITING: Final = text("""
    SELECT state, count(*) AS number,
        greatest(extract(epoch FROM now() - min(last_at)), 0)::float8 AS oldest_age_seconds
    FROM onboarding_attempts WHERE state IN ('open', 'interrupted', 'stuck', 'failed') GROUP BY state
""")

POPULATION: Final = text("""
    SELECT DISTINCT ON (unit_id, population) unit_id, population, number
    FROM population_counts WHERE valid_from <= CAST(now() AT TIME ZONE 'Asia/Ho_Chi_Minh' AS date)
    ORDER BY unit_id, population, valid_from DESC
""")

STEP_POPULATIONS: Final = text("SELECT code, population FROM onboarding_steps")

UNITS: Final = text("SELECT id, code FROM units")

INDEX766: Final = text("""
    SELECT u.code AS unit, p.code AS indicator, p.points::float8 AS points
    FROM index766_points p JOIN units u ON u.id = p.unit_id
    WHERE p.month = date_trunc('month', now() AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
""")

STATEMENTS: Final[Mapping[str, TextClause]] = {
    "clock": CLOCK,
    "unsynced": UNSYNCED,
    "backlog": BACKLOG,
    "tallies": TALLIES,
    "refused": REFUSED,
    "unseen": UNSEEN,
    "flagged": FLAGGED,
    "false_late": FALSE_LATE,
    "at_risk": AT_RISK,
    "forecast_open": FORECAST_OPEN,
    "forecast_pace": FORECAST_PACE,
    "forecast_habit": FORECAST_HABIT,
    "forecast_coming": FORECAST_COMING,
    "portal": PORTAL,
    "gates": GATES,
    "outages": OUTAGES,
    "reconciliation": RECONCILIATION,
    "dead_tuples": DEAD_TUPLES,
    "transactions": TRANSACTIONS,
    "dossier_counts": DOSSIER_COUNTS,
    "acceptance": ACCEPTANCE_OVERDUE,
    "onboarding": ONBOARDING,
    "attempts": ATTEMPTS_WAITING,
    "population": POPULATION,
    "units": UNITS,
    "index766": INDEX766,
}
