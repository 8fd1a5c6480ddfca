"""Index 766: what each dossier says to it by month, counts per unit and procedure, points per unit.

Revision ID: 0012
Revises: 0006
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE index766_dossiers (
    unit_id INTEGER NOT NULL,
    month DATE NOT NULL,
    dossier_id UUID NOT NULL,
    procedure_code TEXT NOT NULL,
    received_here BOOLEAN NOT NULL,
    facts SMALLINT NOT NULL,
    on_portal BOOLEAN NOT NULL,
    flagged_at TIMESTAMP WITH TIME ZONE,
    accepted BOOLEAN NOT NULL,
    version INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    CONSTRAINT pk_index766_dossiers PRIMARY KEY (unit_id, month, dossier_id),
    CONSTRAINT fk_index766_dossiers_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id),
    CONSTRAINT fk_index766_dossiers_dossier_id_dossiers FOREIGN KEY(dossier_id) REFERENCES dossiers (id)
);
CREATE INDEX ix_index766_dossiers_dossier_id ON index766_dossiers (dossier_id);
CREATE INDEX ix_index766_dossiers_running ON index766_dossiers (flagged_at)
    WHERE flagged_at IS NOT NULL AND NOT accepted;

CREATE TABLE index766_counts (
    unit_id INTEGER NOT NULL,
    month DATE NOT NULL,
    procedure_code TEXT NOT NULL,
    received INTEGER NOT NULL,
    received_here INTEGER NOT NULL,
    sent INTEGER NOT NULL,
    late INTEGER NOT NULL,
    online INTEGER NOT NULL,
    fee_listed INTEGER NOT NULL,
    fee_due INTEGER NOT NULL,
    paid INTEGER NOT NULL,
    paid_of_due INTEGER NOT NULL,
    result_file INTEGER NOT NULL,
    digitised INTEGER NOT NULL,
    digitised_with_result INTEGER NOT NULL,
    national_store INTEGER NOT NULL,
    population_data INTEGER NOT NULL,
    CONSTRAINT pk_index766_counts PRIMARY KEY (unit_id, month, procedure_code),
    CONSTRAINT fk_index766_counts_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id)
);

CREATE TABLE index766_points (
    month DATE NOT NULL,
    unit_id INTEGER NOT NULL,
    code TEXT NOT NULL,
    points NUMERIC(5, 2) NOT NULL,
    CONSTRAINT pk_index766_points PRIMARY KEY (month, unit_id, code),
    CONSTRAINT fk_index766_points_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id)
);

CREATE TABLE index766_refreshes (
    id SMALLINT NOT NULL,
    attempts_before BIGINT NOT NULL,
    attempts_seen BIGINT NOT NULL,
    looked_up_to UUID,
    refreshed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_index766_refreshes PRIMARY KEY (id),
    CONSTRAINT ck_index766_refreshes_id CHECK (id = 1)
);
"""

DROP = "DROP TABLE index766_refreshes, index766_points, index766_counts, index766_dossiers;"


def upgrade() -> None:
    run(TABLES)


def downgrade() -> None:
    run(DROP)


def run(script: str) -> None:
    """Send statements one by one: the driver's protocol takes a single statement at a time."""
    for statement in script.strip().split(";\n"):
        op.execute(statement)
