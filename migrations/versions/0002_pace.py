"""Circuit breakers shared by all workers, turns between units in a claim, and the count of crashes.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

UP = (
    """
    CREATE TABLE portal_gates (
        operation TEXT NOT NULL,
        open_until TIMESTAMP WITH TIME ZONE,
        held_until TIMESTAMP WITH TIME ZONE,
        probe_until TIMESTAMP WITH TIME ZONE,
        closed_at TIMESTAMP WITH TIME ZONE,
        openings INTEGER DEFAULT 0 NOT NULL,
        good_probes INTEGER DEFAULT 0 NOT NULL,
        CONSTRAINT pk_portal_gates PRIMARY KEY (operation)
    )
    """,
    "ALTER TABLE deliveries ADD COLUMN crashes SMALLINT DEFAULT 0 NOT NULL",
    """
    CREATE INDEX ix_deliveries_claimable_by_unit ON deliveries (unit_id, flagged_at)
        WHERE state IN ('due', 'unknown')
    """,
)

DOWN = (
    "DROP INDEX ix_deliveries_claimable_by_unit",
    "ALTER TABLE deliveries DROP COLUMN crashes",
    "DROP TABLE portal_gates",
)


def upgrade() -> None:
    for statement in UP:
        op.execute(statement)


def downgrade() -> None:
    for statement in DOWN:
        op.execute(statement)
