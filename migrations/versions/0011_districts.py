"""Units of district level: they ended on 30 June 2025, and the figures of the years before are kept by them.

Revision ID: 0011
Revises: 0010
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        ALTER TABLE units DROP CONSTRAINT ck_units_level, ADD CONSTRAINT ck_units_level
            CHECK (level IN ('province', 'department', 'district', 'commune'))
    """)


def downgrade() -> None:
    op.execute("""
        ALTER TABLE units DROP CONSTRAINT ck_units_level, ADD CONSTRAINT ck_units_level
            CHECK (level IN ('province', 'department', 'commune'))
    """)
