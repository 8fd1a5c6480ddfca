"""Counts for reports over long periods: of dossiers by month of filing, of delivered dossiers by day.

Revision ID: 0018
Revises: 0017
"""

from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

# What one dossier adds to each count, as since 0009; `d` is its row, `c` and `f` sum up its components and
# fees.
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
ADDED = ", ".join(f"{name} = t.{name} + excluded.{name}" for name in COUNTS)
ADDED_UP = ", ".join(f"sum({name})" for name in COUNTS)
ZEROES = ", ".join("0" for _ in COUNTS)

# The rows of one unit lie side by side: reports ask for units.
MONTHS = f"""
CREATE TABLE dossier_months (
    unit_id INTEGER NOT NULL,
    month DATE NOT NULL,
    procedure_code TEXT NOT NULL,
    {COLUMNS},
    CONSTRAINT pk_dossier_months PRIMARY KEY (unit_id, month, procedure_code)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.02);
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


def moved(source: str, *, signed: bool) -> str:
    """Give what rows of dossiers (with a `sign`, if they are signed) amount to, by day, unit, procedure."""
    sums = ", ".join(
        f"sum({f'd.sign * ({counted})' if signed else counted}) AS {name}" for name, counted in COUNTS.items()
    )
    return f"""
        SELECT (d.submitted_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS day, d.unit_id, d.procedure_code,
            {sums}
        FROM ({source}) d {LATERAL}
        GROUP BY 1, 2, 3
    """  # noqa: S608 - joins constants


def by_month(rows: str, *, where: str) -> str:
    """Add rows of counts to their months, in the order of the keys."""
    return f"""
        INSERT INTO dossier_months AS t (unit_id, month, procedure_code, {NAMES})
        SELECT unit_id, date_trunc('month', day)::date AS month, procedure_code, {ADDED_UP}
        FROM {rows} {where}
        GROUP BY unit_id, month, procedure_code ORDER BY unit_id, month, procedure_code
        ON CONFLICT (unit_id, month, procedure_code) DO UPDATE SET {ADDED}
    """  # noqa: S608 - joins constants


def counting(source: str, *, signed: bool, months: bool = True) -> str:
    """Add what rows of dossiers amount to: totals first, as who has locked a total is alone with its days.

    New dossiers always amount to something; a change may amount to nothing.
    """
    where = f"WHERE ({NAMES}) <> ({ZEROES})" if signed else ""
    month = f", by_month AS ({by_month('moved', where=where)})" if months else ""
    return f"""
    WITH moved AS MATERIALIZED ({moved(source, signed=signed)}), by_day AS (
        INSERT INTO dossier_days AS t (day, unit_id, procedure_code, {NAMES})
        SELECT day, unit_id, procedure_code, {NAMES} FROM moved {where}
        ORDER BY day, unit_id, procedure_code
        ON CONFLICT (day, unit_id, procedure_code) DO UPDATE SET {ADDED}
    ){month}
    INSERT INTO dossier_totals AS t (unit_id, procedure_code, {NAMES})
    SELECT unit_id, procedure_code, {ADDED_UP} FROM moved {where}
    GROUP BY unit_id, procedure_code ORDER BY unit_id, procedure_code
    ON CONFLICT (unit_id, procedure_code) DO UPDATE SET {ADDED}
    """  # noqa: S608 - joins constants


def functions(*, months: bool) -> str:
    """Give the functions that the triggers of 0009 call, with or without counts by month."""
    changes = "SELECT 1 AS sign, n.* FROM new_rows n UNION ALL SELECT -1, o.* FROM old_rows o"
    return f"""
CREATE OR REPLACE FUNCTION count_new_dossiers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {counting("TABLE new_rows", signed=False, months=months)};
    RETURN NULL;
END $$;

CREATE OR REPLACE FUNCTION count_changed_dossiers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {counting(changes, signed=True, months=months)};
    RETURN NULL;
END $$;
"""


# `counted_*` is as what a row stands among the counts; that is true of it as long as `is_counted` holds.
# Nullable columns and constant defaults do not rewrite the table.
DELIVERIES = """
ALTER TABLE deliveries
    ADD COLUMN is_counted BOOLEAN DEFAULT false NOT NULL,
    ADD COLUMN counted_on DATE,
    ADD COLUMN counted_late BOOLEAN,
    ADD COLUMN counted_cause TEXT;

CREATE INDEX ix_deliveries_uncounted ON deliveries (dossier_id) WHERE NOT is_counted;

CREATE TABLE delivery_days (
    unit_id INTEGER NOT NULL,
    day DATE NOT NULL,
    late BOOLEAN NOT NULL,
    cause TEXT NOT NULL,
    dossiers BIGINT NOT NULL,
    CONSTRAINT pk_delivery_days PRIMARY KEY (unit_id, day, late, cause)
) WITH (fillfactor = 80);
"""

# Whoever changes a counted row says so by that alone. Nothing is subtracted here: writers would have to lock
# counts, and wait for each other in circles.
UNCOUNTED = """
CREATE FUNCTION delivery_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.is_counted := false;
    RETURN NEW;
END $$;

CREATE TRIGGER uncounted BEFORE UPDATE ON deliveries FOR EACH ROW
    WHEN (OLD.is_counted AND NEW.is_counted) EXECUTE FUNCTION delivery_uncounted();
"""

DROP = """
DROP TRIGGER uncounted ON deliveries;
DROP FUNCTION delivery_uncounted();
DROP TABLE delivery_days, dossier_months;
DROP INDEX ix_deliveries_uncounted;
ALTER TABLE deliveries DROP COLUMN is_counted, DROP COLUMN counted_on, DROP COLUMN counted_late,
    DROP COLUMN counted_cause;
"""


def upgrade() -> None:
    # Writers of dossiers wait, before they count anything, until the days that are there are added up.
    op.execute("LOCK TABLE dossiers IN SHARE ROW EXCLUSIVE MODE")
    for script in (MONTHS, DELIVERIES, UNCOUNTED):
        run(script)
    op.execute(by_month("dossier_days", where=""))
    run(functions(months=True))


def downgrade() -> None:
    run(functions(months=False))
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
