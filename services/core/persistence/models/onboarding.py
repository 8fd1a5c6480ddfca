"""Onboarding events, append-only, and what is kept up to date from them in the same transaction."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base

_KIND: Final = "kind IN ('person', 'household', 'officer', 'hamlet', 'unit')"
_SHARE: Final = Numeric(5, 4)
_UNENDED: Final = "state IN ('open', 'interrupted', 'stuck', 'failed')"


class OnboardingSubject(Base):
    """Who events are about. `person_id` is the row itself, or that of the citizen it turned out to be."""

    __tablename__ = "onboarding_subjects"
    __table_args__ = (
        CheckConstraint(_KIND, name="kind"),
        CheckConstraint(
            "(identity_number IS NULL) <> (unit_id IS NULL AND reference IS NULL)", name="known_by"
        ),
        Index(
            "uq_onboarding_subjects_identity_number",
            "identity_number",
            unique=True,
            postgresql_where=text("identity_number IS NOT NULL"),
        ),
        Index(
            "uq_onboarding_subjects_reference",
            "unit_id",
            "kind",
            "reference",
            unique=True,
            postgresql_where=text("identity_number IS NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_onboarding_subjects_person_id", "person_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    kind: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("units.id"))
    reference: Mapped[str | None]
    identity_number: Mapped[str | None]
    person_id: Mapped[UUID]


class OnboardingEvent(Base):
    """One event as it was sent; `linked_to` is the citizen whom an `identified` subject turned out to be.

    Not partitioned: the sender's id has to be unique over all times.
    """

    __tablename__ = "onboarding_events"
    __table_args__ = (
        Index("ix_onboarding_events_subject_id", "subject_id"),
        Index("ix_onboarding_events_corrects", "corrects", postgresql_where=text("corrects IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(ForeignKey("onboarding_subjects.id"))
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    outcome: Mapped[str]
    occurred_at: Mapped[datetime]
    step: Mapped[str | None]
    attempt: Mapped[str | None]
    reason: Mapped[str | None]
    seconds: Mapped[int | None] = mapped_column(Integer)
    device: Mapped[str | None]
    provider: Mapped[str | None]
    provider_reference: Mapped[str | None]
    hamlet: Mapped[str | None]
    assisted: Mapped[bool]
    helper_kind: Mapped[str | None]
    team: Mapped[str | None]
    helper: Mapped[str | None]
    corrects: Mapped[UUID | None]
    linked_to: Mapped[UUID | None] = mapped_column(ForeignKey("onboarding_subjects.id"))
    fingerprint: Mapped[bytes]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("desk_clients.id"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OnboardingStanding(Base):
    """What a person has of one step."""

    __tablename__ = "onboarding_standings"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("onboarding_subjects.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    held: Mapped[bool]
    since: Mapped[datetime | None]
    unit_id: Mapped[int] = mapped_column(Integer)
    providers: Mapped[list[Any]]
    last_outcome: Mapped[str]
    last_at: Mapped[datetime]


class OnboardingAttempt(Base):
    """Where an attempt stands; the indexes have those that wait for somebody, in the order of their list."""

    __tablename__ = "onboarding_attempts"
    __table_args__ = (
        CheckConstraint(
            "state IN ('open', 'interrupted', 'stuck', 'failed', 'completed', 'given_up')", name="state"
        ),
        Index(
            "ix_onboarding_attempts_waiting",
            *("unit_id", "state", "last_at", "person_id", "step", "reference"),
            postgresql_where=text(_UNENDED),
        ),
        Index(
            "ix_onboarding_attempts_team",
            *("unit_id", "team", "state", "last_at", "person_id", "step", "reference"),
            postgresql_where=text(f"{_UNENDED} AND team IS NOT NULL"),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("onboarding_subjects.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    reference: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str]
    unit_id: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime]
    last_at: Mapped[datetime]
    events: Mapped[int] = mapped_column(Integer)
    seconds: Mapped[int | None] = mapped_column(Integer)
    reason: Mapped[str | None]
    device: Mapped[str | None]
    provider: Mapped[str | None]
    provider_reference: Mapped[str | None]
    hamlet: Mapped[str | None]
    team: Mapped[str | None]


class OnboardingTally(Base):
    """Counts by day, as the domain has them (`domain.onboarding.tally`)."""

    __tablename__ = "onboarding_tallies"

    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    measure: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class OnboardingSpan(Base):
    """The same added up for spans of days (`domain.onboarding.stretch`); triggers on that table keep them."""

    __tablename__ = "onboarding_spans"

    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    measure: Mapped[str] = mapped_column(primary_key=True)
    dimension: Mapped[str] = mapped_column(primary_key=True)
    span: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    day: Mapped[date] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class OnboardingTotal(Base):
    """Counts over all days, where nothing is kept apart: what a scrape reads."""

    __tablename__ = "onboarding_totals"

    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    step: Mapped[str] = mapped_column(primary_key=True)
    measure: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[int]


class OnboardingStep(Base):
    """A step that the province added to the standard ones, or changed."""

    __tablename__ = "onboarding_steps"
    __table_args__ = (CheckConstraint(_KIND.replace("kind", "subject", 1), name="subject"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name_vi: Mapped[str]
    name_en: Mapped[str]
    subject: Mapped[str]
    population: Mapped[str]
    target: Mapped[Decimal | None] = mapped_column(_SHARE)
    funnel: Mapped[int | None] = mapped_column(Integer)


class PopulationCount(Base):
    """How many of a population a unit has from a day on."""

    __tablename__ = "population_counts"
    __table_args__ = (CheckConstraint("number >= 0", name="number"),)

    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"), primary_key=True)
    population: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    number: Mapped[int]
    source: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OnboardingTarget(Base):
    """The share that a unit is to reach, where it is not that of the step."""

    __tablename__ = "onboarding_targets"
    __table_args__ = (CheckConstraint("share BETWEEN 0 AND 1", name="share"),)

    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"), primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    valid_from: Mapped[date] = mapped_column(primary_key=True)
    share: Mapped[Decimal] = mapped_column(_SHARE)


class ReportedCount(Base):
    """A day's count from those who keep the single cases to themselves; append-only."""

    __tablename__ = "reported_counts"
    __table_args__ = (
        CheckConstraint("part >= 0 AND (whole IS NULL OR part <= whole)", name="part"),
        Index("ix_reported_counts_unit_id", "unit_id", "figure", "day"),
        Index("ix_reported_counts_corrects", "corrects", postgresql_where=text("corrects IS NOT NULL")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    figure: Mapped[str]
    day: Mapped[date]
    part: Mapped[int]
    whole: Mapped[int | None]
    source: Mapped[str]
    corrects: Mapped[UUID | None]
    fingerprint: Mapped[bytes]
    client_id: Mapped[UUID] = mapped_column(ForeignKey("desk_clients.id"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())
