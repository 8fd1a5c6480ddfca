"""Pushes taken by minute, what is received and due within a day, and totals of what others report.

Revision ID: 0014
Revises: 0013
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


#: Totals of what others have reported so far; from now on they are kept by whoever stores a report.
REPORTED = """
INSERT INTO tallies (name, label, unit_id, value)
SELECT kept.name, c.figure, c.unit_id, sum(kept.value)
FROM reported_counts c CROSS JOIN LATERAL (
    VALUES ('reported', c.part), ('reported_whole', coalesce(c.whole, 0)),
        ('reported_without_whole', CASE WHEN c.whole IS NULL THEN 1 ELSE 0 END)
) AS kept (name, value)
WHERE NOT EXISTS (
    SELECT FROM reported_counts x WHERE x.corrects = c.id OR (x.corrects = c.corrects AND x.id > c.id))
GROUP BY kept.name, c.figure, c.unit_id
"""


def upgrade() -> None:
    op.execute(
        "CREATE TABLE portal_minutes (minute TIMESTAMP WITH TIME ZONE NOT NULL, taken INTEGER NOT NULL,"
        " CONSTRAINT pk_portal_minutes PRIMARY KEY (minute))"
    )
    op.execute(REPORTED)
    op.execute(
        "CREATE INDEX ix_dossiers_due_within_a_day ON dossiers (received_at) INCLUDE (due_at)"
        " WHERE due_at - received_at <= INTERVAL '24 hours'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM tallies WHERE name LIKE 'reported%' OR name = 'lead_bucket'")
    op.execute("DROP INDEX ix_dossiers_due_within_a_day")
    op.execute("DROP TABLE portal_minutes")
