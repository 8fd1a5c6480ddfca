"""One good probe opens a gate again, so nobody counts them.

Revision ID: 0020
Revises: 0019
"""

from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE portal_gates DROP COLUMN good_probes")


def downgrade() -> None:
    op.execute("ALTER TABLE portal_gates ADD COLUMN good_probes INTEGER DEFAULT 0 NOT NULL")
