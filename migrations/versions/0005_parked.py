"""Parked dossiers in groups, deliveries that a person has closed, and the record of who did it.

Revision ID: 0005
Revises: 0004
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# A check that is not validated takes no scan under the strong lock; the second step scans under a weak one.
DELIVERIES = """
ALTER TABLE deliveries ADD COLUMN park_group TEXT, ADD COLUMN parked_at TIMESTAMP WITH TIME ZONE;

ALTER TABLE deliveries DROP CONSTRAINT ck_deliveries_state;

ALTER TABLE deliveries ADD CONSTRAINT ck_deliveries_state
    CHECK (state IN ('synced', 'due', 'leased', 'unknown', 'parked', 'closed')) NOT VALID;

ALTER TABLE deliveries VALIDATE CONSTRAINT ck_deliveries_state;

CREATE INDEX ix_deliveries_parked ON deliveries (park_group, parked_at) WHERE state = 'parked';
"""

INTERVENTIONS = """
CREATE TABLE interventions (
    id UUID DEFAULT uuidv7() NOT NULL,
    done_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    done_by TEXT NOT NULL,
    action TEXT NOT NULL,
    reason TEXT,
    wanted JSONB NOT NULL,
    dossiers INTEGER NOT NULL,
    spread_until TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_interventions PRIMARY KEY (id),
    CONSTRAINT ck_interventions_action CHECK (action IN ('replay', 'close')),
    CONSTRAINT ck_interventions_reason CHECK (action <> 'close' OR reason IS NOT NULL)
);

CREATE INDEX ix_interventions_spread_until ON interventions (spread_until);

CREATE TABLE intervention_dossiers (
    intervention_id UUID NOT NULL,
    dossier_id UUID NOT NULL,
    park_cause TEXT,
    park_group TEXT,
    CONSTRAINT pk_intervention_dossiers PRIMARY KEY (intervention_id, dossier_id),
    CONSTRAINT fk_intervention_dossiers_intervention_id_interventions
        FOREIGN KEY(intervention_id) REFERENCES interventions (id),
    CONSTRAINT fk_intervention_dossiers_dossier_id_dossiers FOREIGN KEY(dossier_id) REFERENCES dossiers (id)
);

CREATE INDEX ix_intervention_dossiers_dossier_id ON intervention_dossiers (dossier_id);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON interventions
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON intervention_dossiers
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# Closed deliveries are parked again: the older version must not take them for anything else.
DROP = """
DROP TABLE intervention_dossiers, interventions;
DROP INDEX ix_deliveries_parked;
UPDATE deliveries SET state = 'parked' WHERE state = 'closed';
ALTER TABLE deliveries DROP CONSTRAINT ck_deliveries_state;
ALTER TABLE deliveries ADD CONSTRAINT ck_deliveries_state
    CHECK (state IN ('synced', 'due', 'leased', 'unknown', 'parked'));
ALTER TABLE deliveries DROP COLUMN park_group, DROP COLUMN parked_at;
"""


def upgrade() -> None:
    for script in (DELIVERIES, INTERVENTIONS):
        run(script)


def downgrade() -> None:
    run(DROP)


def run(script: str) -> None:
    """Send statements one by one: the driver's protocol takes a single statement at a time."""
    for statement in split(script):
        op.execute(statement)


def split(script: str) -> list[str]:
    """Split at the semicolons that end a line."""
    return [f"{statement};" for statement in script.strip().removesuffix(";").split(";\n")]
