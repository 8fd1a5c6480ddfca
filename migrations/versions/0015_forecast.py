"""What the forecast reads: pushes taken by minute, and what is received and due within a day.

Revision ID: 0015
Revises: 0012
"""

from alembic import op

revision = "0015"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE TABLE portal_minutes (minute TIMESTAMP WITH TIME ZONE NOT NULL, taken INTEGER NOT NULL,"
        " CONSTRAINT pk_portal_minutes PRIMARY KEY (minute))"
    )
    op.execute(
        "CREATE INDEX ix_dossiers_due_within_a_day ON dossiers (received_at) INCLUDE (due_at)"
        " WHERE due_at - received_at <= INTERVAL '24 hours'"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_dossiers_due_within_a_day")
    op.execute("DROP TABLE portal_minutes")
