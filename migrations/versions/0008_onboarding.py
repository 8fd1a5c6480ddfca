"""Onboarding: events, what follows from them, and who is eligible.

Revision ID: 0008
Revises: 0007
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

CATALOGUE = """
CREATE TABLE onboarding_steps (
    code TEXT NOT NULL,
    name_vi TEXT NOT NULL,
    name_en TEXT NOT NULL,
    subject TEXT NOT NULL,
    population TEXT NOT NULL,
    target NUMERIC(5, 4),
    funnel INTEGER,
    CONSTRAINT pk_onboarding_steps PRIMARY KEY (code),
    CONSTRAINT ck_onboarding_steps_subject
        CHECK (subject IN ('person', 'household', 'officer', 'hamlet', 'unit'))
);

CREATE TABLE population_counts (
    unit_id INTEGER NOT NULL,
    population TEXT NOT NULL,
    valid_from DATE NOT NULL,
    number BIGINT NOT NULL,
    source TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_population_counts PRIMARY KEY (unit_id, population, valid_from),
    CONSTRAINT ck_population_counts_number CHECK (number >= 0),
    CONSTRAINT fk_population_counts_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id)
);

CREATE TABLE onboarding_targets (
    unit_id INTEGER NOT NULL,
    step TEXT NOT NULL,
    valid_from DATE NOT NULL,
    share NUMERIC(5, 4) NOT NULL,
    CONSTRAINT pk_onboarding_targets PRIMARY KEY (unit_id, step, valid_from),
    CONSTRAINT ck_onboarding_targets_share CHECK (share BETWEEN 0 AND 1),
    CONSTRAINT fk_onboarding_targets_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id)
);
"""

# A subject without a number is known by a reference within its unit; a commune is known by its unit alone.
EVENTS = """
CREATE TABLE onboarding_subjects (
    id UUID DEFAULT uuidv7() NOT NULL,
    kind TEXT NOT NULL,
    unit_id INTEGER,
    reference TEXT,
    identity_number TEXT,
    person_id UUID NOT NULL,
    CONSTRAINT pk_onboarding_subjects PRIMARY KEY (id),
    CONSTRAINT ck_onboarding_subjects_kind
        CHECK (kind IN ('person', 'household', 'officer', 'hamlet', 'unit')),
    CONSTRAINT ck_onboarding_subjects_known_by
        CHECK ((identity_number IS NULL) <> (unit_id IS NULL AND reference IS NULL)),
    CONSTRAINT fk_onboarding_subjects_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id)
);

CREATE UNIQUE INDEX uq_onboarding_subjects_identity_number ON onboarding_subjects (identity_number)
    WHERE identity_number IS NOT NULL;

CREATE UNIQUE INDEX uq_onboarding_subjects_reference ON onboarding_subjects (unit_id, kind, reference)
    NULLS NOT DISTINCT WHERE identity_number IS NULL;

CREATE INDEX ix_onboarding_subjects_person_id ON onboarding_subjects (person_id);

CREATE TABLE onboarding_events (
    id UUID NOT NULL,
    subject_id UUID NOT NULL,
    unit_id INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    step TEXT,
    attempt TEXT,
    reason TEXT,
    seconds INTEGER,
    device TEXT,
    provider TEXT,
    provider_reference TEXT,
    hamlet TEXT,
    assisted BOOLEAN NOT NULL,
    helper_kind TEXT,
    team TEXT,
    helper TEXT,
    corrects UUID,
    linked_to UUID,
    fingerprint BYTEA NOT NULL,
    client_id UUID NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_onboarding_events PRIMARY KEY (id),
    CONSTRAINT fk_onboarding_events_subject_id_onboarding_subjects
        FOREIGN KEY(subject_id) REFERENCES onboarding_subjects (id),
    CONSTRAINT fk_onboarding_events_linked_to_onboarding_subjects
        FOREIGN KEY(linked_to) REFERENCES onboarding_subjects (id),
    CONSTRAINT fk_onboarding_events_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id),
    CONSTRAINT fk_onboarding_events_client_id_desk_clients FOREIGN KEY(client_id) REFERENCES desk_clients (id)
);

CREATE INDEX ix_onboarding_events_subject_id ON onboarding_events (subject_id);

CREATE INDEX ix_onboarding_events_corrects ON onboarding_events (corrects) WHERE corrects IS NOT NULL;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON onboarding_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE TABLE reported_counts (
    id UUID NOT NULL,
    unit_id INTEGER NOT NULL,
    figure TEXT NOT NULL,
    day DATE NOT NULL,
    part BIGINT NOT NULL,
    whole BIGINT,
    source TEXT NOT NULL,
    corrects UUID,
    fingerprint BYTEA NOT NULL,
    client_id UUID NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT now() NOT NULL,
    CONSTRAINT pk_reported_counts PRIMARY KEY (id),
    CONSTRAINT ck_reported_counts_part CHECK (part >= 0 AND (whole IS NULL OR part <= whole)),
    CONSTRAINT fk_reported_counts_unit_id_units FOREIGN KEY(unit_id) REFERENCES units (id),
    CONSTRAINT fk_reported_counts_client_id_desk_clients FOREIGN KEY(client_id) REFERENCES desk_clients (id)
);

CREATE INDEX ix_reported_counts_unit_id ON reported_counts (unit_id, figure, day);

CREATE INDEX ix_reported_counts_corrects ON reported_counts (corrects) WHERE corrects IS NOT NULL;

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON reported_counts
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
"""

# Rows are changed in place again and again; with room on the page no index entry has to be made anew.
STATES = """
CREATE TABLE onboarding_standings (
    person_id UUID NOT NULL,
    step TEXT NOT NULL,
    held BOOLEAN NOT NULL,
    since TIMESTAMP WITH TIME ZONE,
    unit_id INTEGER NOT NULL,
    providers JSONB NOT NULL,
    last_outcome TEXT NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_onboarding_standings PRIMARY KEY (person_id, step),
    CONSTRAINT fk_onboarding_standings_person_id_onboarding_subjects
        FOREIGN KEY(person_id) REFERENCES onboarding_subjects (id)
) WITH (fillfactor = 80);

CREATE TABLE onboarding_attempts (
    person_id UUID NOT NULL,
    step TEXT NOT NULL,
    reference TEXT NOT NULL,
    state TEXT NOT NULL,
    unit_id INTEGER NOT NULL,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    last_at TIMESTAMP WITH TIME ZONE NOT NULL,
    events INTEGER NOT NULL,
    seconds INTEGER,
    reason TEXT,
    device TEXT,
    provider TEXT,
    provider_reference TEXT,
    hamlet TEXT,
    team TEXT,
    CONSTRAINT pk_onboarding_attempts PRIMARY KEY (person_id, step, reference),
    CONSTRAINT ck_onboarding_attempts_state
        CHECK (state IN ('open', 'interrupted', 'stuck', 'failed', 'completed', 'given_up')),
    CONSTRAINT fk_onboarding_attempts_person_id_onboarding_subjects
        FOREIGN KEY(person_id) REFERENCES onboarding_subjects (id)
) WITH (fillfactor = 80);

CREATE INDEX ix_onboarding_attempts_unended ON onboarding_attempts (unit_id, state, last_at)
    WHERE state IN ('open', 'interrupted', 'stuck', 'failed');

CREATE TABLE onboarding_tallies (
    unit_id INTEGER NOT NULL,
    measure TEXT NOT NULL,
    dimension TEXT NOT NULL,
    step TEXT NOT NULL,
    day DATE NOT NULL,
    label TEXT NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_onboarding_tallies PRIMARY KEY (unit_id, measure, dimension, step, day, label)
) WITH (fillfactor = 80);

CREATE TABLE onboarding_totals (
    unit_id INTEGER NOT NULL,
    step TEXT NOT NULL,
    measure TEXT NOT NULL,
    value BIGINT NOT NULL,
    CONSTRAINT pk_onboarding_totals PRIMARY KEY (unit_id, step, measure)
) WITH (fillfactor = 50);
"""

DROP = """
DROP TABLE onboarding_totals, onboarding_tallies, onboarding_attempts, onboarding_standings, reported_counts,
    onboarding_events, onboarding_subjects, onboarding_targets, population_counts, onboarding_steps;
"""


def upgrade() -> None:
    for script in (CATALOGUE, EVENTS, STATES):
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
