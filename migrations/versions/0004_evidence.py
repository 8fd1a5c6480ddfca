"""Evidence: windows in which the portal refused service, who an outage made late, what the portal lists.

Revision ID: 0004
Revises: 0003
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

OUTAGES = """
ALTER TABLE portal_outages
    ADD COLUMN kind TEXT DEFAULT 'unreachable' NOT NULL,
    ADD COLUMN reasons TEXT[] DEFAULT '{}' NOT NULL,
    ADD COLUMN dossiers_waiting INTEGER,
    ADD COLUMN dossiers_flagged INTEGER,
    ADD CONSTRAINT ck_portal_outages_kind CHECK (kind IN ('unreachable', 'refused'));
DROP INDEX uq_portal_outages_open;
CREATE UNIQUE INDEX uq_portal_outages_open ON portal_outages (kind) WHERE ended_at IS NULL;

CREATE TABLE portal_refusals (
    reason TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    calls INTEGER NOT NULL,
    CONSTRAINT pk_portal_refusals PRIMARY KEY (reason)
);

CREATE TABLE outage_dossiers (
    dossier_id UUID NOT NULL,
    outage_id INTEGER NOT NULL,
    reported_at TIMESTAMP WITH TIME ZONE NOT NULL,
    flagged_at TIMESTAMP WITH TIME ZONE NOT NULL,
    accepted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_outage_dossiers PRIMARY KEY (dossier_id),
    CONSTRAINT fk_outage_dossiers_dossier_id_dossiers FOREIGN KEY(dossier_id) REFERENCES dossiers (id),
    CONSTRAINT fk_outage_dossiers_outage_id_portal_outages FOREIGN KEY(outage_id)
        REFERENCES portal_outages (id)
);
CREATE INDEX ix_outage_dossiers_outage_id ON outage_dossiers (outage_id);
"""

CATALOGUE = """
CREATE TABLE portal_procedures (
    code TEXT NOT NULL,
    name TEXT,
    on_portal BOOLEAN NOT NULL,
    last_seen_at TIMESTAMP WITH TIME ZONE,
    missing_since TIMESTAMP WITH TIME ZONE,
    detail JSONB,
    detail_digest BYTEA,
    detail_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_portal_procedures PRIMARY KEY (code)
);
"""

# A window that was refused service says nothing to a version that knows outages only.
DROP = """
DROP TABLE portal_procedures;
DROP TABLE outage_dossiers;
DROP TABLE portal_refusals;
DELETE FROM portal_outages WHERE kind = 'refused';
DROP INDEX uq_portal_outages_open;
CREATE UNIQUE INDEX uq_portal_outages_open ON portal_outages ((ended_at IS NULL)) WHERE ended_at IS NULL;
ALTER TABLE portal_outages DROP COLUMN kind, DROP COLUMN reasons, DROP COLUMN dossiers_waiting,
    DROP COLUMN dossiers_flagged;
"""


def upgrade() -> None:
    for script in (OUTAGES, CATALOGUE):
        run(script)


def downgrade() -> None:
    run(DROP)


def run(script: str) -> None:
    """Send statements one by one: the driver's protocol takes a single statement at a time."""
    for statement in script.strip().split(";\n"):
        op.execute(statement)
