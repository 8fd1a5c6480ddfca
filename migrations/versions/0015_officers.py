"""Officers, keys of desk clients, and the proofs that clients have used up.

Revision ID: 0015
Revises: 0014
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE officers (
    id UUID DEFAULT uuidv7() NOT NULL,
    issuer TEXT NOT NULL,
    subject TEXT NOT NULL,
    name TEXT NOT NULL,
    unit_id INTEGER NOT NULL,
    role TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    revoked_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_officers PRIMARY KEY (id),
    CONSTRAINT uq_officers_issuer_subject UNIQUE (issuer, subject),
    CONSTRAINT fk_officers_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id),
    CONSTRAINT ck_officers_role CHECK (role IN ('desk-officer', 'unit-head', 'province-supervisor',
        'operator', 'auditor', 'onboarding-team'))
);

ALTER TABLE desk_clients ALTER COLUMN key_hash DROP NOT NULL;

ALTER TABLE desk_clients ADD COLUMN unattended BOOLEAN DEFAULT false NOT NULL;

CREATE TABLE client_keys (
    client_id UUID NOT NULL,
    key_id TEXT NOT NULL,
    public_key JSONB NOT NULL,
    added_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_client_keys PRIMARY KEY (client_id, key_id),
    CONSTRAINT fk_client_keys_client_id_desk_clients FOREIGN KEY(client_id) REFERENCES desk_clients (id)
);

CREATE TABLE used_assertions (
    client_id UUID NOT NULL,
    token_id TEXT NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_used_assertions PRIMARY KEY (client_id, token_id),
    CONSTRAINT fk_used_assertions_client_id_desk_clients FOREIGN KEY(client_id) REFERENCES desk_clients (id)
);

CREATE INDEX ix_used_assertions_ends_at ON used_assertions (ends_at);
"""

# Clients without an API key are closed on the way back: the hash given to them is that of no key.
BACK = """
DROP TABLE used_assertions, client_keys, officers;

ALTER TABLE desk_clients DROP COLUMN unattended;

UPDATE desk_clients SET revoked_at = now(),
    key_hash = sha256(convert_to(CAST(gen_random_uuid() AS text), 'UTF8'))
    WHERE key_hash IS NULL;

ALTER TABLE desk_clients ALTER COLUMN key_hash SET NOT NULL;
"""


def upgrade() -> None:
    run(TABLES)


def downgrade() -> None:
    run(BACK)


def run(script: str) -> None:
    for statement in script.split(";\n"):
        if statement.strip():
            op.execute(statement)
