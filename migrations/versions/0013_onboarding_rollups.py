"""Onboarding counts added up for spans of days, and lists of waiting attempts in the order of their index.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE onboarding_spans (
    unit_id INTEGER NOT NULL,
    measure TEXT NOT NULL,
    dimension TEXT NOT NULL,
    span INTEGER NOT NULL,
    day DATE NOT NULL,
    step TEXT NOT NULL,
    label TEXT NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_onboarding_spans PRIMARY KEY (unit_id, measure, dimension, span, day, step, label)
) WITH (fillfactor = 80);
"""


def adding(rows: str) -> str:
    """Give the statement that adds signed rows of `onboarding_tallies` to the spans that hold their days.

    In the order of the keys, so that writers never wait for each other in a circle.
    """
    return f"""
INSERT INTO onboarding_spans AS s (unit_id, measure, dimension, span, day, step, label, value)
SELECT r.unit_id, r.measure, r.dimension, w.span,
    DATE '0001-01-01' + (r.day - DATE '0001-01-01') / w.span * w.span AS first, r.step, r.label,
    sum(r.sign * r.value)
FROM ({rows}) AS r CROSS JOIN (VALUES (4), (16), (64)) AS w (span)
GROUP BY r.unit_id, r.measure, r.dimension, w.span, first, r.step, r.label
HAVING sum(r.sign * r.value) <> 0
ORDER BY r.unit_id, r.measure, r.dimension, w.span, first, r.step, r.label
ON CONFLICT (unit_id, measure, dimension, span, day, step, label)
    DO UPDATE SET value = s.value + excluded.value"""  # noqa: S608 - joins constants


TRIGGERS = f"""
CREATE FUNCTION span_new_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {adding("SELECT 1 AS sign, n.* FROM new_rows n")};
    RETURN NULL;
END $$;

CREATE FUNCTION span_changed_tallies() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    {adding("SELECT 1 AS sign, n.* FROM new_rows n UNION ALL SELECT -1, o.* FROM old_rows o")};
    RETURN NULL;
END $$;

CREATE TRIGGER span_new AFTER INSERT ON onboarding_tallies REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION span_new_tallies();

CREATE TRIGGER span_changed AFTER UPDATE ON onboarding_tallies
    REFERENCING NEW TABLE AS new_rows OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION span_changed_tallies();
"""  # noqa: S608 - joins constants

# A few days of one unit lie side by side now, whatever the steps are.
DAYS = """
ALTER TABLE onboarding_tallies DROP CONSTRAINT pk_onboarding_tallies,
    ADD CONSTRAINT pk_onboarding_tallies PRIMARY KEY (unit_id, measure, dimension, day, step, label);
"""

# With the whole order of the list, so that a page is read off the index; teams read lists of their own.
ATTEMPTS = """
CREATE INDEX ix_onboarding_attempts_waiting
    ON onboarding_attempts (unit_id, state, last_at, person_id, step, reference)
    WHERE state IN ('open', 'interrupted', 'stuck', 'failed');

CREATE INDEX ix_onboarding_attempts_team
    ON onboarding_attempts (unit_id, team, state, last_at, person_id, step, reference)
    WHERE state IN ('open', 'interrupted', 'stuck', 'failed') AND team IS NOT NULL;

DROP INDEX ix_onboarding_attempts_unended;
"""

DROP = """
ALTER TABLE onboarding_tallies DROP CONSTRAINT pk_onboarding_tallies,
    ADD CONSTRAINT pk_onboarding_tallies PRIMARY KEY (unit_id, measure, dimension, step, day, label);

CREATE INDEX ix_onboarding_attempts_unended ON onboarding_attempts (unit_id, state, last_at)
    WHERE state IN ('open', 'interrupted', 'stuck', 'failed');

DROP INDEX ix_onboarding_attempts_team, ix_onboarding_attempts_waiting;

DROP TRIGGER span_changed ON onboarding_tallies;
DROP TRIGGER span_new ON onboarding_tallies;
DROP FUNCTION span_changed_tallies();
DROP FUNCTION span_new_tallies();
DROP TABLE onboarding_spans;
"""


def upgrade() -> None:
    for script in (TABLE, TRIGGERS):
        run(script)
    # The counts that are there already; the triggers' lock keeps writers out until this is done.
    op.execute(adding("SELECT 1 AS sign, t.* FROM onboarding_tallies t"))
    run(DAYS)
    run(ATTEMPTS)


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
