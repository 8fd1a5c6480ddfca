"""Row security: the API sees the rows of the units that its caller reaches, and without a caller none.

The caller's reach is a setting of the transaction, `lienthong.reach`: a path as `domain.policy` writes it,
and beside it the units that it stands for. All other roles see all rows of the tables that they were granted.

Revision ID: 0022
Revises: 0021
"""

from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

# A setting that was never made is null, one that a former transaction made is empty: both reach nothing. The
# units are put down once, because a policy with a subquery is prepared for each table of a statement, used or
# not: for the statement that stores a dossier that is thirteen times.
REACH = """
CREATE FUNCTION take_reach(path text) RETURNS text LANGUAGE sql VOLATILE AS $$
    SELECT set_config('lienthong.units', coalesce(',' || string_agg(u.id::text, ',') || ',', ''), true)
    FROM units u WHERE $1 <> '' AND starts_with(u.path || '.', $1);
    SELECT set_config('lienthong.reach', coalesce($1, ''), true);
$$;
CREATE FUNCTION unit_is_reached(unit int) RETURNS boolean LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT strpos(current_setting('lienthong.units', true), ',' || unit::text || ',') > 0
$$;
CREATE FUNCTION caller_reach() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('lienthong.reach', true), '')
$$;
CREATE FUNCTION caller_errand() RETURNS text LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT nullif(current_setting('lienthong.errand', true), '')
$$;
"""

# A statement that stores a dossier stores its history, too, and does not see what it has just stored. A
# volatile function does.
NEW_ROWS = """
CREATE FUNCTION dossier_is_reached(wanted uuid) RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
BEGIN
    RETURN EXISTS (SELECT FROM dossiers WHERE id = wanted);
END $$;
"""

UNIT = "unit_is_reached(unit_id)"
# Something of a unit above counts where a unit has none of its own.
ABOVE = (
    "EXISTS (SELECT FROM units u WHERE u.id = {table}.unit_id"
    " AND starts_with((SELECT caller_reach()), u.path))"
)
# A unit's index is that of all below it, also for those who may otherwise see the unit alone.
BELOW = (
    "EXISTS (SELECT FROM units u WHERE u.id = {table}.unit_id"
    " AND starts_with(u.path, rtrim((SELECT caller_reach()), '.')))"
)
# A unit has the figures, and the unfinished work, of the units that were merged into it.
HEIR = """unit_id IN (
    WITH RECURSIVE reached AS (
        SELECT id FROM units WHERE unit_is_reached(id)
        UNION SELECT p.id FROM units p JOIN reached r ON p.successor_id = r.id
    ) SELECT id FROM reached)"""
DOSSIER = "EXISTS (SELECT FROM dossiers d WHERE d.id = {table}.dossier_id)"
NEW_OF_DOSSIER = "dossier_is_reached(dossier_id)"
SOME_CALLER = "(SELECT caller_reach()) IS NOT NULL"
ONBOARDING = "(SELECT caller_reach()) IS NOT NULL AND (SELECT caller_errand()) = 'onboarding'"

OF_UNIT = (
    "dossiers",
    "dossier_numbers",
    "deliveries",
    "look_ups",
    "look_up_days",
    "tallies",
    "dossier_days",
    "dossier_months",
    "dossier_totals",
    "delivery_days",
    "sightings",
    "payments",
    "payment_differences",
    "payouts",
    "payout_days",
    "index766_dossiers",
    "index766_counts",
    "index766_points",
)
OF_UNIT_OR_ABOVE = ("look_up_accounts", "unit_accounts", "onboarding_targets")
OF_UNIT_OR_HEIR = (
    "onboarding_tallies",
    "onboarding_spans",
    "onboarding_totals",
    "population_counts",
    "reported_counts",
)
OF_DOSSIER = (
    "progress_entries",
    "delivery_attempts",
    "disclosures",
    "outage_dossiers",
    "intervention_dossiers",
    "reconciliation_findings",
)
# A person may be helped in several units, and all that happened decides how far they have got.
FOLDED = ("onboarding_events", "onboarding_standings", "onboarding_attempts")
# Written by the API, and read by it through a function below, or not at all.
WRITTEN_ONLY = ("idempotency_keys", "audit_log")
# Who calls is found out before there is a reach; see the functions.
NOT_FOR_API = (
    "desk_clients",
    "client_keys",
    "officers",
    "look_up_questions",
    "look_up_answers",
    "audit_links",
    "audit_roots",
)

OTHERS = "lienthong_owner, lienthong_worker, lienthong_operator, lienthong_metrics, lienthong_audit"

# Each lets the API have what its caller's reach would keep from it, and no more than that.
FUNCTIONS = {
    "client_by_key(wanted bytea) RETURNS SETOF desk_clients": (
        "SELECT * FROM desk_clients WHERE key_hash = wanted"
    ),
    "client_by_id(wanted uuid) RETURNS SETOF desk_clients": "SELECT * FROM desk_clients WHERE id = wanted",
    "keys_of_client(wanted uuid) RETURNS SETOF client_keys": (
        "SELECT * FROM client_keys WHERE client_id = wanted"
    ),
    "officer_by_subject(wanted_issuer text, wanted_subject text) RETURNS SETOF officers": (
        "SELECT * FROM officers WHERE issuer = wanted_issuer AND subject = wanted_subject"
    ),
    "first_answer(client uuid, wanted_route text, wanted_key text) RETURNS SETOF idempotency_keys": (
        "SELECT * FROM idempotency_keys"
        " WHERE client_id = client AND route = wanted_route AND key = wanted_key"
    ),
    "shown_to(officer uuid, since timestamptz) RETURNS bigint": (
        "SELECT count(*) FROM disclosures WHERE officer_id = officer AND shown_at > since"
    ),
    "citizen_by_number(number text) RETURNS SETOF citizens": (
        "SELECT * FROM citizens WHERE identity_number = number"
    ),
    "dossiers_of_owner(number text, latest int) RETURNS SETOF dossiers": (
        "SELECT * FROM dossiers WHERE applicant ->> 'identity_number' = number ORDER BY id DESC LIMIT latest"
    ),
    "usual_components(wanted_procedure text, latest int) RETURNS SETOF text": (
        "SELECT DISTINCT used ->> 'code' FROM (SELECT components FROM dossiers"
        " WHERE procedure_code = wanted_procedure ORDER BY id DESC LIMIT latest) d,"
        " jsonb_array_elements(d.components) used WHERE used ? 'code'"
    ),
    "payment_by_reference(wanted_provider text, wanted_reference text) RETURNS SETOF payments": (
        "SELECT * FROM payments WHERE provider = wanted_provider AND reference = wanted_reference"
    ),
    "payment_of_difference(wanted uuid) RETURNS TABLE"
    " (provider text, reference text, method text, dossier_code text)": (
        "SELECT p.provider, p.reference, p.method, d.code"
        " FROM payments p JOIN dossiers d ON d.id = p.dossier_id WHERE p.id = wanted"
    ),
    "replays_until() RETURNS timestamptz": "SELECT max(spread_until) FROM interventions",
    "has_step(person uuid, wanted_step text) RETURNS boolean": (
        "SELECT held FROM onboarding_standings WHERE person_id = person AND step = wanted_step"
    ),
    # As `persistence.outages` counts them when a window closes.
    "dossiers_waiting(until timestamptz) RETURNS bigint": (
        "SELECT count(*) FROM deliveries v"
        " WHERE v.state IN ('due', 'leased', 'unknown') AND v.due_since < until"
    ),
    "dossiers_flagged(began timestamptz, until timestamptz) RETURNS bigint": (
        "SELECT count(*) FROM deliveries v WHERE v.accepted_at IS NULL AND v.flagged_at >= began"
        " AND v.flagged_at < until AND v.state IN ('due', 'leased', 'unknown') AND v.ended_at IS NOT NULL"
        " AND v.reported_at < v.flagged_at"
        " AND (v.desk_flagged_at IS NULL OR v.desk_flagged_at > v.flagged_at)"
    ),
    "dossiers_excused(outage int) RETURNS bigint": (
        "SELECT count(*) FROM outage_dossiers WHERE outage_id = outage"
    ),
}
CALLERS = "lienthong_api, lienthong_worker, lienthong_operator"


def upgrade() -> None:
    run(REACH)
    run(NEW_ROWS)
    for table in OF_UNIT:
        wall(table, UNIT)
    allow("index766_counts", "below", BELOW)
    for table in OF_UNIT_OR_ABOVE:
        wall(table, UNIT)
        allow(table, "above", ABOVE)
    for table in (*OF_UNIT_OR_HEIR, *FOLDED):
        wall(table, UNIT)
    wall("onboarding_subjects", f"unit_id IS NULL AND {SOME_CALLER} OR {UNIT}")
    for table in (*OF_UNIT_OR_HEIR, *FOLDED, "onboarding_subjects"):
        allow(table, "heir", HEIR)
        allow(table, "onboarding", ONBOARDING, also_writing=True)
    for table in OF_DOSSIER:
        wall(table, DOSSIER, check=NEW_OF_DOSSIER)
    # Citizens belong to the province; whoever is found for a caller may be read by any.
    wall("citizens", SOME_CALLER)
    wall(
        "interventions",
        "EXISTS (SELECT FROM intervention_dossiers l WHERE l.intervention_id = {table}.id)",
        check=SOME_CALLER,
    )
    for table in WRITTEN_ONLY:
        close(table)
        op.execute(f"CREATE POLICY written ON {table} FOR INSERT TO lienthong_api WITH CHECK (true)")
    for table in NOT_FOR_API:
        close(table)
    op.execute("REVOKE SELECT ON idempotency_keys, desk_clients, client_keys, officers FROM lienthong_api")
    for head, body in FUNCTIONS.items():
        make_function(head, body)


def downgrade() -> None:
    for head in reversed(FUNCTIONS):
        op.execute(f"DROP FUNCTION {head.partition('(')[0]}")
    op.execute("GRANT SELECT ON idempotency_keys, desk_clients, client_keys, officers TO lienthong_api")
    run(UNWALL)
    op.execute("DROP FUNCTION dossier_is_reached")
    op.execute("DROP FUNCTION caller_errand")
    op.execute("DROP FUNCTION caller_reach")
    op.execute("DROP FUNCTION unit_is_reached")
    op.execute("DROP FUNCTION take_reach")


UNWALL = """
DO $$
DECLARE
    wall record;
BEGIN
    FOR wall IN SELECT policyname, tablename FROM pg_policies WHERE schemaname = 'public' LOOP
        EXECUTE format('DROP POLICY %I ON %I', wall.policyname, wall.tablename);
        EXECUTE format('ALTER TABLE %I DISABLE ROW LEVEL SECURITY, NO FORCE ROW LEVEL SECURITY',
            wall.tablename);
    END LOOP;
END $$;
"""


def close(table: str) -> None:
    """Let nobody see a row who is not named by a policy, the owner included."""
    op.execute(f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY")
    op.execute(f"CREATE POLICY whole ON {table} TO {OTHERS} USING (true) WITH CHECK (true)")


def wall(table: str, seen: str, *, check: str | None = None) -> None:
    """Let the API see rows by its caller's reach, and write those that it would see."""
    close(table)
    using, checked = seen.format(table=table), (check or seen).format(table=table)
    op.execute(f"CREATE POLICY reached ON {table} TO lienthong_api USING ({using}) WITH CHECK ({checked})")


def allow(table: str, name: str, seen: str, *, also_writing: bool = False) -> None:
    """Let the API see more rows for one purpose."""
    using = seen.format(table=table)
    scope = f"USING ({using}) WITH CHECK ({using})" if also_writing else f"USING ({using})"
    command = "ALL" if also_writing else "SELECT"
    op.execute(f"CREATE POLICY {name} ON {table} FOR {command} TO lienthong_api {scope}")


def make_function(head: str, body: str) -> None:
    """Make a function that sees as the owner of the tables does; few may call it."""
    name = head.partition("(")[0]
    few = " ROWS 10" if "SETOF" in head or "TABLE" in head else ""
    op.execute(
        f"CREATE FUNCTION {head} LANGUAGE sql STABLE{few} SECURITY DEFINER"
        f" SET search_path = pg_catalog, public, pg_temp AS $$ {body} $$"
    )
    op.execute(f"REVOKE EXECUTE ON FUNCTION {name} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON FUNCTION {name} TO {CALLERS}")


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
