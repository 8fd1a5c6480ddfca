"""A sample of accepted dossiers, and when the portal was first seen to show each; one total less is kept.

Revision ID: 0019
Revises: 0018
"""

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE = """
CREATE TABLE sightings (
    dossier_id UUID NOT NULL,
    unit_id INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ask_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    questions INTEGER DEFAULT 0 NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_sightings PRIMARY KEY (dossier_id),
    CONSTRAINT fk_sightings_dossier_id_dossiers FOREIGN KEY (dossier_id) REFERENCES dossiers (id),
    CONSTRAINT fk_sightings_unit_id_units FOREIGN KEY (unit_id) REFERENCES units (id)
);
CREATE INDEX ix_sightings_waiting ON sightings (ask_at) WHERE seen_at IS NULL;
"""

#: The buckets add up to it.
RECOUNT = """
INSERT INTO tallies (name, label, unit_id, value)
SELECT 'lag_count', '', unit_id, sum(value) FROM tallies WHERE name = 'lag_bucket' GROUP BY unit_id
"""


def upgrade() -> None:
    run(TABLE)
    op.execute("DELETE FROM tallies WHERE name = 'lag_count'")


def downgrade() -> None:
    op.execute("DELETE FROM tallies WHERE name IN ('seen_bucket', 'seen_sum', 'queued_bucket', 'queued_sum')")
    op.execute(RECOUNT)
    op.execute("DROP TABLE sightings")


def run(script: str) -> None:
    """Send statements one by one: the driver's protocol takes a single statement at a time."""
    for statement in script.strip().split(";\n"):
        op.execute(statement)
