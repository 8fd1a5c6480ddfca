"""Database roles: who owns the tables, and what each service may do with which of them.

Roles belong to the cluster and may be there already, made by another database of ours or by an administrator.
The login that makes them becomes a member of all, so that one login can serve where there is one.

Revision ID: 0021
Revises: 0020
"""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

ROLES = ("owner", "api", "worker", "operator", "metrics", "audit")

# Other databases of the cluster may be doing the same at this moment. Of the owner the login has to be a
# member; of the others it becomes one if it made them, and otherwise whoever has logins made sees to that.
MAKE_ROLE = """
DO $$
BEGIN
    FOR attempt IN 1..20 LOOP
        BEGIN
            IF to_regrole('{role}') IS NULL THEN
                CREATE ROLE {role} NOLOGIN NOBYPASSRLS;
            END IF;
            IF NOT pg_has_role(current_user, '{role}', 'SET') AND ('{role}' = 'lienthong_owner'
                OR pg_has_role(current_user, '{role}', 'MEMBER WITH ADMIN OPTION')) THEN
                EXECUTE format('GRANT {role} TO %I WITH SET TRUE', current_user);
            END IF;
            RETURN;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE EXCEPTION '% may not make the role {role}, or become it', current_user
                    USING ERRCODE = 'insufficient_privilege', HINT = format(
                        'As an administrator: CREATE ROLE {role} NOLOGIN; GRANT {role} TO %I', current_user);
            WHEN duplicate_object OR unique_violation OR internal_error OR lock_not_available THEN
                PERFORM pg_sleep(0.05);
        END;
    END LOOP;
    RAISE EXCEPTION 'role {role} could not be made: others are changing roles all the time';
END $$;
"""

# What other sessions are doing shows only to members of pg_monitor; without it they are seen as far as the
# login sees them. Here an administrator's right is used if it is there, and not asked for.
MONITOR = """
DO $$
BEGIN
    IF (SELECT rolsuper FROM pg_roles WHERE rolname = current_user)
        AND NOT pg_has_role('lienthong_metrics', 'pg_monitor', 'MEMBER') THEN
        GRANT pg_monitor TO lienthong_metrics;
    END IF;
EXCEPTION WHEN unique_violation OR internal_error THEN
    RAISE NOTICE 'pg_monitor is being granted by another migration';
END $$;
"""

# Sequences of identity columns and indexes go with their tables.
GIVE = """
GRANT USAGE, CREATE ON SCHEMA public TO lienthong_owner;
DO $$
DECLARE
    thing record;
BEGIN
    FOR thing IN
        SELECT c.oid::regclass AS name FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
            AND c.relowner = '{giver}'::regrole
    LOOP
        EXECUTE format('ALTER TABLE %s OWNER TO {taker}', thing.name);
    END LOOP;
    FOR thing IN
        SELECT p.oid::regprocedure AS name FROM pg_proc p
        WHERE p.pronamespace = 'public'::regnamespace AND p.proowner = '{giver}'::regrole
            AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e')
    LOOP
        EXECUTE format('ALTER FUNCTION %s OWNER TO {taker}', thing.name);
    END LOOP;
    IF pg_get_userbyid((SELECT relowner FROM pg_class WHERE oid = 'lease_tokens'::regclass)) <> '{taker}' THEN
        ALTER SEQUENCE lease_tokens OWNER TO {taker};
    END IF;
END $$;
"""

# Counts follow from what somebody was allowed to write, so nobody else has to be allowed to write counts.
COUNTERS = (
    "count_new_dossiers()",
    "count_changed_dossiers()",
    "span_new_tallies()",
    "span_changed_tallies()",
)

# Partitions can be made by the owner of the table only, and the worker is not.
KEEP_MONTH = """
CREATE FUNCTION keep_month(parent text, first date) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    dated text := CASE parent WHEN 'delivery_attempts' THEN 'started_at' WHEN 'audit_log' THEN 'at' END;
    part text := format('%s_%s', parent, to_char(first, 'YYYY_MM'));
    begins text := first || ' 00:00+00';
    ends text := (first + interval '1 month')::date || ' 00:00+00';
    taken boolean;
BEGIN
    IF dated IS NULL OR first <> date_trunc('month', first) THEN
        RAISE EXCEPTION 'no month of % begins at %', parent, first USING ERRCODE = 'invalid_parameter_value';
    END IF;
    IF to_regclass('public.' || part) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('SELECT EXISTS (SELECT FROM public.%I WHERE %I >= %L AND %I < %L)',
        parent || '_default', dated, begins, dated, ends) INTO taken;
    IF taken THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE public.%I PARTITION OF public.%I FOR VALUES FROM (%L) TO (%L)',
        part, parent, begins, ends);
    -- Unlike triggers on rows, this one holds for the table that is named and not for its partitions.
    IF parent = 'audit_log' THEN
        EXECUTE format('CREATE TRIGGER never_emptied BEFORE TRUNCATE ON public.%I'
            ' FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()', part);
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON public.%I FROM PUBLIC, CURRENT_USER', part);
    END IF;
END $$;
REVOKE EXECUTE ON FUNCTION keep_month(text, date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_month(text, date) TO lienthong_worker, lienthong_operator;
"""

CATALOGUE = "units, procedures, portal_procedures, decreed_days, onboarding_steps, alembic_version"
INDEX = "index766_dossiers, index766_counts, index766_points, index766_refreshes"
PORTAL = "portal_gates, portal_minutes, portal_operations, portal_outages, portal_refusals"
FOLDED = "onboarding_standings, onboarding_attempts, onboarding_tallies, onboarding_totals"
PLANNED = "population_counts, onboarding_targets"
COUNTED = "dossier_days, dossier_months, dossier_totals, delivery_days, look_up_days, tallies, payout_days"
RECORDS = (
    "progress_entries, delivery_attempts, payments, payment_differences, disclosures, interventions,"
    " intervention_dossiers, look_up_questions, look_up_answers, onboarding_events, reported_counts,"
    " reconciliation_findings"
)

GRANTS = {
    "lienthong_api": f"""
        SELECT ON {CATALOGUE}, {INDEX}, {COUNTED}, {FOLDED}, {PLANNED}, dossiers, progress_entries,
            dossier_numbers, deliveries, delivery_attempts, citizens, look_ups, payments,
            payment_differences, payouts,
            unit_accounts, interventions, intervention_dossiers, outage_dossiers, portal_operations,
            portal_outages, portal_refusals, disclosures, reported_counts, onboarding_subjects,
            onboarding_events, onboarding_spans, idempotency_keys, desk_clients, client_keys, officers,
            used_assertions
        SELECT (unit_id, officer, ended_at) ON look_up_accounts
        INSERT ON {FOLDED}, {PLANNED}, dossiers, progress_entries, dossier_numbers, deliveries, citizens,
            look_ups, look_up_days, tallies, payments, payment_differences, payouts, payout_days,
            interventions, intervention_dossiers, disclosures, reported_counts, onboarding_subjects,
            onboarding_events, idempotency_keys, used_assertions, audit_log
        UPDATE ON {FOLDED}, {PLANNED}, dossiers, dossier_numbers, deliveries, citizens, look_ups,
            look_up_days, tallies, payouts, payout_days, onboarding_subjects
        DELETE ON onboarding_standings, onboarding_attempts, used_assertions
        USAGE ON SEQUENCE lease_tokens
    """,
    # A dossier is locked while its lost delivery row is made anew, which takes a right to change something.
    "lienthong_worker": f"""
        SELECT ON {CATALOGUE}, {INDEX}, {PORTAL}, dossiers, progress_entries, deliveries, delivery_attempts,
            citizens, look_ups, look_up_accounts, look_up_days, tallies, outage_dossiers,
            reconciliation_runs, reconciliation_findings, delivery_days, sightings, audit_log, audit_links,
            audit_roots
        SELECT (created_at) ON idempotency_keys
        INSERT ON {INDEX}, {PORTAL}, portal_procedures, deliveries, delivery_attempts, citizens,
            look_up_questions, look_up_answers, look_up_days, tallies, outage_dossiers, reconciliation_runs,
            reconciliation_findings, delivery_days, sightings, audit_log, audit_links, audit_roots
        UPDATE ON {PORTAL}, portal_procedures, deliveries, citizens, look_ups, look_up_days, tallies,
            index766_refreshes, reconciliation_runs, delivery_days, sightings
        UPDATE (id) ON dossiers
        DELETE ON idempotency_keys, index766_dossiers, index766_counts, index766_points, portal_minutes,
            sightings
        USAGE ON SEQUENCE lease_tokens
    """,
    "lienthong_operator": f"""
        SELECT, INSERT, UPDATE, DELETE ON units, procedures, portal_procedures, decreed_days,
            onboarding_steps, {INDEX}, {PORTAL}, {FOLDED}, {PLANNED}, {COUNTED}, onboarding_spans,
            onboarding_subjects, dossiers, dossier_numbers, deliveries, citizens, look_ups,
            look_up_accounts, payouts, unit_accounts,
            outage_dossiers, idempotency_keys, desk_clients, client_keys, officers, reconciliation_runs,
            sightings
        SELECT, INSERT ON {RECORDS}, audit_log, audit_links, audit_roots
        SELECT ON alembic_version
        MAINTAIN ON ALL TABLES IN SCHEMA public
        USAGE ON SEQUENCE lease_tokens
    """,
    # Columns by name: what is added to a table stays out of sight until somebody decides otherwise.
    "lienthong_metrics": """
        SELECT (id, code, path, parent_id, successor_id, level, valid_from, valid_to) ON units
        SELECT (id, unit_id, procedure_code, status, acceptance_due_at, received_at, due_at) ON dossiers
        SELECT (dossier_id, unit_id, state, target_version, acked_version, flagged_at, desk_flagged_at,
            ended_at, reported_at, accepted_at, due_since, next_attempt_at, park_cause, park_group)
            ON deliveries
        SELECT (state, last_at) ON onboarding_attempts
        SELECT (unit_id, accepted_at, ask_at, questions, seen_at) ON sightings
        SELECT (id, run_id, direction) ON reconciliation_findings
        SELECT (id, finished_at) ON reconciliation_runs
        SELECT ON procedures, portal_procedures, decreed_days, onboarding_steps, alembic_version, tallies,
            dossier_days, dossier_totals, onboarding_totals, population_counts, index766_points,
            portal_operations, portal_outages, portal_gates, portal_minutes
    """,
    "lienthong_audit": """
        SELECT ON audit_log, audit_links, audit_roots, alembic_version
    """,
}

VERBS = ("SELECT", "INSERT", "UPDATE", "DELETE", "MAINTAIN", "USAGE")


def upgrade() -> None:
    for role in ROLES:
        op.execute(MAKE_ROLE.format(role=f"lienthong_{role}"))
    op.execute(MONITOR)
    run(GIVE.format(giver=session_user(), taker="lienthong_owner"))
    # What this run of migrations makes from here on belongs to the owner, too.
    op.execute("SET ROLE lienthong_owner")
    for counter in COUNTERS:
        op.execute(f"ALTER FUNCTION {counter} SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp")
    run(KEEP_MONTH)
    for role, allowed in GRANTS.items():
        for grant in grants_of(allowed):
            op.execute(f"GRANT {grant} TO {role}")


def downgrade() -> None:
    op.execute("DROP FUNCTION keep_month(text, date)")
    for counter in COUNTERS:
        op.execute(f"ALTER FUNCTION {counter} SECURITY INVOKER RESET search_path")
    op.execute("RESET ROLE")
    run(GIVE.format(giver="lienthong_owner", taker=session_user()))
    # Other databases of the cluster may need the roles themselves.
    for role in ROLES:
        op.execute(f"DROP OWNED BY lienthong_{role}")


def session_user() -> str:
    """Give the login that migrates, as an identifier."""
    return str(op.get_bind().exec_driver_sql("SELECT quote_ident(session_user)").scalar_one())


def grants_of(allowed: str) -> list[str]:
    """Put each grant into one line; a new one begins with a verb."""
    grants: list[str] = []
    for line in filter(None, map(str.strip, allowed.splitlines())):
        if line.startswith(VERBS):
            grants.append(line)
        else:
            grants[-1] += f" {line}"
    return grants


def run(script: str) -> None:
    """Send statements one by one: the driver's protocol takes a single statement at a time."""
    for statement in split(script):
        op.execute(statement)


def split(script: str) -> list[str]:
    """Split at the semicolons that end a line outside of a function body."""
    statements, lines, in_body = [], [], False
    for line in script.strip().splitlines():
        lines.append(line)
        in_body ^= line.count("$$") % 2 == 1
        if line.endswith(";") and not in_body:
            statements.append("\n".join(lines))
            lines = []
    return statements
