"""Citizens and what is known of them, who acts for whom, and counts of dossiers by the day of their filing.

Revision ID: 0009
Revises: 0008
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

CITIZENS = """
CREATE TABLE citizens (
    id UUID DEFAULT uuidv7() NOT NULL,
    identity_number TEXT NOT NULL,
    name_key TEXT,
    facts JSONB NOT NULL,
    contradictions INTEGER DEFAULT 0 NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_citizens PRIMARY KEY (id),
    CONSTRAINT uq_citizens_identity_number UNIQUE (identity_number)
) WITH (fillfactor = 80);
"""

# Columns with a constant default do not rewrite the table.
DOSSIERS = """
ALTER TABLE dossiers
    ADD COLUMN agent JSONB,
    ADD COLUMN acceptance_due_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN answered_at TIMESTAMP WITH TIME ZONE,
    ADD COLUMN known_values SMALLINT DEFAULT 0 NOT NULL,
    ADD COLUMN values_asked_again SMALLINT DEFAULT 0 NOT NULL,
    ADD COLUMN known_papers SMALLINT DEFAULT 0 NOT NULL,
    ADD COLUMN papers_asked_again SMALLINT DEFAULT 0 NOT NULL;

CREATE INDEX ix_dossiers_owner ON dossiers ((applicant ->> 'identity_number'), id);

CREATE INDEX ix_dossiers_to_accept ON dossiers (acceptance_due_at)
    WHERE status = 1 AND acceptance_due_at IS NOT NULL;
"""

# What one dossier adds to each count; `d` is its row, `c` and `f` sum up its components and fees.
COUNTS = {
    "dossiers": "1",
    "by_citizen": "(d.filing_mode = 'self')::int",
    "assisted": "(d.filing_mode = 'assisted')::int",
    "on_behalf": "(d.filing_mode = 'on_behalf')::int",
    "filed_at_desk": "(d.channel = 1)::int",
    "filed_online": "(d.channel = 2)::int",
    "filed_by_post": "(d.channel = 3)::int",
    "handed_over": "(d.status = 10)::int",
    "handed_over_by_post": "(d.status = 10 AND d.result_delivery = 1)::int",
    "components": "c.number",
    "digitised_components": "c.digitised",
    "reused_components": "c.reused",
    "finished": "(d.status IN (9, 10))::int",
    "digitised_results": "(d.status IN (9, 10) AND d.results @? '$[*].link')::int",
    "to_accept": "(d.acceptance_due_at IS NOT NULL)::int",
    "accepted_in_time": "coalesce((d.answered_at <= d.acceptance_due_at)::int, 0)",
    "accepted_late": "coalesce((d.answered_at > d.acceptance_due_at)::int, 0)",
    "known_values": "d.known_values",
    "values_asked_again": "d.values_asked_again",
    "known_papers": "d.known_papers",
    "papers_asked_again": "d.papers_asked_again",
    "fees": "f.number",
    "paid_fees": "f.paid",
    "fees_paid_without_cash": "f.without_cash",
    "fees_vnd": "f.vnd",
    "paid_vnd": "f.paid_vnd",
    "paid_without_cash_vnd": "f.without_cash_vnd",
}

NAMES = ", ".join(COUNTS)
COLUMNS = ",\n    ".join(f"{name} BIGINT DEFAULT 0 NOT NULL" for name in COUNTS)
SUMS = ",\n        ".join(f"sum(d.sign * ({counted})) AS {name}" for name, counted in COUNTS.items())
ADDED = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in COUNTS)
ZEROES = ", ".join("0" for _ in COUNTS)

TABLES = f"""
CREATE TABLE dossier_days (
    day DATE NOT NULL,
    unit_id INTEGER NOT NULL,
    procedure_code TEXT NOT NULL,
    {COLUMNS},
    CONSTRAINT pk_dossier_days PRIMARY KEY (day, unit_id, procedure_code)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);

CREATE TABLE dossier_totals (
    unit_id INTEGER NOT NULL,
    procedure_code TEXT NOT NULL,
    {COLUMNS},
    CONSTRAINT pk_dossier_totals PRIMARY KEY (unit_id, procedure_code)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 500);
"""

LATERAL = """
    CROSS JOIN LATERAL (
        SELECT count(*) AS number,
            count(*) FILTER (WHERE (p ->> 'digitised')::boolean) AS digitised,
            count(*) FILTER (
                WHERE (p ->> 'reuse')::int > 0 OR (p ->> 'from_national_store')::boolean) AS reused
        FROM jsonb_array_elements(d.components) p
    ) c
    CROSS JOIN LATERAL (
        SELECT count(*) AS number, coalesce(sum(vnd), 0) AS vnd,
            count(*) FILTER (WHERE way IS NOT NULL) AS paid,
            count(*) FILTER (WHERE way <> 'cash') AS without_cash,
            coalesce(sum(vnd) FILTER (WHERE way IS NOT NULL), 0) AS paid_vnd,
            coalesce(sum(vnd) FILTER (WHERE way <> 'cash'), 0) AS without_cash_vnd
        FROM jsonb_to_recordset(d.fees) AS fee(amount_vnd bigint, paid_by text),
            LATERAL (VALUES (fee.amount_vnd, fee.paid_by)) AS v(vnd, way)
        WHERE vnd > 0
    ) f
"""


def counting(source: str) -> str:
    """Add what `source` (rows of dossiers with a `sign`) amounts to, rows in the order of their keys."""
    return f"""
    WITH moved AS MATERIALIZED (
        SELECT (d.submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, d.unit_id, d.procedure_code,
        {SUMS}
        FROM ({source}) d {LATERAL}
        GROUP BY 1, 2, 3
    ), by_day AS (
        INSERT INTO dossier_days AS t (day, unit_id, procedure_code, {NAMES})
        SELECT day, unit_id, procedure_code, {NAMES} FROM moved
        WHERE ({NAMES}) <> ({ZEROES})
        ORDER BY day, unit_id, procedure_code
        ON CONFLICT (day, unit_id, procedure_code) DO UPDATE SET {ADDED}
    )
    INSERT INTO dossier_totals AS t (unit_id, procedure_code, {NAMES})
    SELECT unit_id, procedure_code, {", ".join(f"sum({name})" for name in COUNTS)} FROM moved
    WHERE ({NAMES}) <> ({ZEROES})
    GROUP BY unit_id, procedure_code ORDER BY unit_id, procedure_code
    ON CONFLICT (unit_id, procedure_code) DO UPDATE SET {ADDED}
    """  # noqa: S608 - joins constants


# Whatever writes a dossier is counted, in the same transaction and at the end of its statement.
TRIGGERS = f"""
CREATE FUNCTION count_new_dossiers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {counting("SELECT 1 AS sign, n.* FROM new_rows n")};
    RETURN NULL;
END $$;

CREATE FUNCTION count_changed_dossiers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {counting("SELECT 1 AS sign, n.* FROM new_rows n UNION ALL SELECT -1, o.* FROM old_rows o")};
    RETURN NULL;
END $$;

CREATE TRIGGER count_new AFTER INSERT ON dossiers REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_new_dossiers();

CREATE TRIGGER count_changed AFTER UPDATE ON dossiers REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION count_changed_dossiers();
"""  # noqa: S608 - joins constants

DROP = """
DROP TRIGGER count_changed ON dossiers;
DROP TRIGGER count_new ON dossiers;
DROP FUNCTION count_changed_dossiers();
DROP FUNCTION count_new_dossiers();
DROP TABLE dossier_totals, dossier_days, citizens;
DROP INDEX ix_dossiers_to_accept, ix_dossiers_owner;
ALTER TABLE dossiers DROP COLUMN agent, DROP COLUMN acceptance_due_at, DROP COLUMN answered_at,
    DROP COLUMN known_values, DROP COLUMN values_asked_again, DROP COLUMN known_papers,
    DROP COLUMN papers_asked_again;
"""


def upgrade() -> None:
    for script in (CITIZENS, DOSSIERS, TABLES, TRIGGERS):
        run(script)
    # The dossiers that are there already; the trigger's lock keeps others out until this is done.
    op.execute(counting("SELECT 1 AS sign, d.* FROM dossiers d"))


def downgrade() -> None:
    run(DROP)


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
