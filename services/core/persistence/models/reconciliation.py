"""Comparisons with what the portal holds, and what they found."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class ReconciliationRun(Base):
    """One comparison. The open row is the leadership: there can be one, and its lease must be prolonged."""

    __tablename__ = "reconciliation_runs"
    __table_args__ = (
        CheckConstraint("source IN ('service', 'report')", name="source"),
        CheckConstraint("outcome IN ('complete', 'incomplete', 'abandoned')", name="outcome"),
        Index(
            "uq_reconciliation_runs_open",
            text("(finished_at IS NULL)"),
            unique=True,
            postgresql_where=text("finished_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    owner: Mapped[str]
    source: Mapped[str]
    first_day: Mapped[date]
    last_day: Mapped[date]
    unit_code: Mapped[str | None]
    repairing: Mapped[bool]
    started_at: Mapped[datetime] = mapped_column(server_default=func.now())
    lease_until: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    buckets: Mapped[int | None] = mapped_column(Integer)
    differing: Mapped[int | None] = mapped_column(Integer)
    unread: Mapped[int | None] = mapped_column(Integer)
    in_flight: Mapped[int | None] = mapped_column(Integer)


class ReconciliationFinding(Base):
    """One dossier that the two sides did not hold alike, and what was done about it; append-only.

    `ours` and `theirs` are the lines that entered the sums. `scheduled_at` is when a repair may begin.
    """

    __tablename__ = "reconciliation_findings"
    __table_args__ = (
        CheckConstraint(
            "direction IN ('ours_not_theirs', 'theirs_not_ours', 'both_differ')", name="direction"
        ),
        CheckConstraint(
            "effect IN ('reported', 'asked', 'parked', 'left_to_person', 'moved_on', 'postponed')",
            name="effect",
        ),
        Index("ix_reconciliation_findings_run_id", "run_id"),
        Index("ix_reconciliation_findings_dossier_id", "dossier_id"),
        Index("ix_reconciliation_findings_scheduled_at", "scheduled_at"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    run_id: Mapped[int] = mapped_column(Integer, ForeignKey("reconciliation_runs.id"))
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())
    code: Mapped[str]
    dossier_id: Mapped[UUID | None] = mapped_column(ForeignKey("dossiers.id"))
    direction: Mapped[str]
    day: Mapped[date]
    prefix: Mapped[str]
    ours: Mapped[str | None]
    theirs: Mapped[str | None]
    effect: Mapped[str]
    scheduled_at: Mapped[datetime | None]
