"""Who was shown a citizen's whole number, and why.

Revision ID: 0016
Revises: 0015
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE disclosures (
    id UUID DEFAULT uuidv7() NOT NULL,
    dossier_id UUID NOT NULL,
    client_id UUID NOT NULL,
    officer_id UUID,
    reason TEXT NOT NULL,
    shown_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_disclosures PRIMARY KEY (id),
    CONSTRAINT fk_disclosures_dossier_id_dossiers FOREIGN KEY(dossier_id) REFERENCES dossiers (id),
    CONSTRAINT fk_disclosures_client_id_desk_clients FOREIGN KEY(client_id) REFERENCES desk_clients (id),
    CONSTRAINT fk_disclosures_officer_id_officers FOREIGN KEY(officer_id) REFERENCES officers (id)
);

CREATE INDEX ix_disclosures_dossier_id ON disclosures (dossier_id);

CREATE INDEX ix_disclosures_officer_id_shown_at ON disclosures (officer_id, shown_at);

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON disclosures
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""


def upgrade() -> None:
    for statement in TABLES.split(";\n"):
        if statement.strip():
            op.execute(statement)


def downgrade() -> None:
    op.execute("DROP TABLE disclosures")
