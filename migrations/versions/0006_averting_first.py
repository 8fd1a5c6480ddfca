"""What averts a flag among what is due, which a claim reads first.

Revision ID: 0006
Revises: 0005
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        "CREATE INDEX ix_deliveries_claimable_averting ON deliveries (flagged_at)"
        " WHERE state IN ('due', 'unknown') AND (desk_flagged_at IS NULL OR desk_flagged_at > flagged_at)"
    )


def downgrade() -> None:
    op.execute("DROP INDEX ix_deliveries_claimable_averting")
