"""The delivery queue, its record, and running totals for the metrics."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Double,
    ForeignKey,
    Identity,
    Index,
    Integer,
    SmallInteger,
    false,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class Delivery(Base):
    """One narrow row per dossier: how far the portal has got, and who is working on the rest.

    - `target_*` is what there is, `acked_*` what the portal has acknowledged.
    - `flagged_at` is when the portal's view turns late on what it holds; for a dossier that it does not hold
      yet, as though it held it as running. `desk_flagged_at` is the same for the full history.
    - `park_group` and `parked_at` stand while a person has to look, and after one has closed the delivery.
    - `ended_seq` is the entry that stops the portal's clock, `reported_at` when that entry reached us,
      `accepted_at` when the portal acknowledged it.
    - `counted_*` is as what the dossier stands in `delivery_days`; the database takes `is_counted` away when
      anything else in the row changes.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        CheckConstraint("state IN ('synced', 'due', 'leased', 'unknown', 'parked', 'closed')", name="state"),
        Index(
            "ix_deliveries_claimable",
            "flagged_at",
            postgresql_where=text("state IN ('due', 'unknown')"),
        ),
        Index(
            "ix_deliveries_claimable_averting",
            "flagged_at",
            postgresql_where=text(
                "state IN ('due', 'unknown') AND (desk_flagged_at IS NULL OR desk_flagged_at > flagged_at)"
            ),
        ),
        Index(
            "ix_deliveries_claimable_by_unit",
            "unit_id",
            "flagged_at",
            postgresql_where=text("state IN ('due', 'unknown')"),
        ),
        Index("ix_deliveries_leased", "lease_until", postgresql_where=text("state = 'leased'")),
        Index("ix_deliveries_open", "state", "due_since", postgresql_where=text("state <> 'synced'")),
        Index(
            "ix_deliveries_running",
            "flagged_at",
            postgresql_where=text("accepted_at IS NULL AND flagged_at IS NOT NULL"),
        ),
        Index("ix_deliveries_uncounted", "dossier_id", postgresql_where=text("NOT is_counted")),
        Index("ix_deliveries_parked", "park_group", "parked_at", postgresql_where=text("state = 'parked'")),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    state: Mapped[str]
    target_version: Mapped[int] = mapped_column(Integer)
    target_seq: Mapped[int] = mapped_column(Integer)
    on_portal: Mapped[bool]
    acked_version: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    acked_seq: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    portal_due_at: Mapped[datetime | None]
    flagged_at: Mapped[datetime | None]
    desk_flagged_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_seq: Mapped[int | None] = mapped_column(Integer)
    reported_at: Mapped[datetime | None]
    accepted_at: Mapped[datetime | None]
    false_late_cause: Mapped[str | None]
    due_since: Mapped[datetime] = mapped_column(server_default=func.now())
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    crashes: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    lease_owner: Mapped[str | None]
    lease_until: Mapped[datetime | None]
    token: Mapped[int] = mapped_column(server_default=text("0"))
    park_cause: Mapped[str | None]
    park_group: Mapped[str | None]
    parked_at: Mapped[datetime | None]
    last_cause: Mapped[str | None]
    last_attempt_at: Mapped[datetime | None]
    is_counted: Mapped[bool] = mapped_column(server_default=false())
    counted_on: Mapped[date | None]
    counted_late: Mapped[bool | None]
    counted_cause: Mapped[str | None]


class DeliveryDay(Base):
    """Synced dossiers whose end the portal has taken, by the Vietnamese day of their reception.

    `late` is by the desk's clock; `cause` is why the portal showed them falsely late, empty if it did not.
    """

    __tablename__ = "delivery_days"
    __table_args__ = ({"postgresql_with": {"fillfactor": "80"}},)

    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    late: Mapped[bool] = mapped_column(primary_key=True)
    cause: Mapped[str] = mapped_column(primary_key=True)
    dossiers: Mapped[int]


class DeliveryAttempt(Base):
    """One dossier in one call to the portal; append-only, partitioned by month of `started_at`."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (
        Index("ix_delivery_attempts_dossier_id_started_at", "dossier_id", "started_at"),
        {"postgresql_partition_by": "RANGE (started_at)"},
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(primary_key=True)
    finished_at: Mapped[datetime]
    dossier_id: Mapped[UUID]
    call_id: Mapped[UUID]
    operation: Mapped[str]
    outcome: Mapped[str]
    version: Mapped[int] = mapped_column(Integer)
    first_seq: Mapped[int | None] = mapped_column(Integer)
    last_seq: Mapped[int | None] = mapped_column(Integer)
    request_hash: Mapped[bytes]
    detail: Mapped[str | None]


class PortalOperation(Base):
    """Health of one portal operation, shared by all workers.

    `missed_*` count calls without an answer since the last success of any operation.
    """

    __tablename__ = "portal_operations"

    operation: Mapped[str] = mapped_column(primary_key=True)
    last_success_at: Mapped[datetime | None]
    last_failure_at: Mapped[datetime | None]
    failing_since: Mapped[datetime | None]
    consecutive_failures: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    missed_since: Mapped[datetime | None]
    missed_in_a_row: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class PortalGate(Base):
    """Circuit breaker of one portal operation, shared by all workers; see `domain.pace.gate`."""

    __tablename__ = "portal_gates"

    operation: Mapped[str] = mapped_column(primary_key=True)
    open_until: Mapped[datetime | None]
    held_until: Mapped[datetime | None]
    probe_until: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    openings: Mapped[int] = mapped_column(Integer, server_default=text("0"))


class Sighting(Base):
    """An accepted dossier of which the portal is asked whether it shows entry `seq`, which ended it.

    A sample: `seen_at` is when it was first seen to. After `questions` that did not show it, the next comes
    at `ask_at`; infinity where nobody asks any more.
    """

    __tablename__ = "sightings"
    __table_args__ = (Index("ix_sightings_waiting", "ask_at", postgresql_where=text("seen_at IS NULL")),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    seq: Mapped[int] = mapped_column(Integer)
    accepted_at: Mapped[datetime]
    ask_at: Mapped[datetime] = mapped_column(server_default=func.now())
    questions: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    seen_at: Mapped[datetime | None]


class PortalMinute(Base):
    """Dossiers in pushes that the portal took in one minute; the forecast learns its pace from them."""

    __tablename__ = "portal_minutes"

    minute: Mapped[datetime] = mapped_column(primary_key=True)
    taken: Mapped[int] = mapped_column(Integer)


class Tally(Base):
    """Running total, kept in the writing transaction so that a scrape never reads history."""

    __tablename__ = "tallies"

    name: Mapped[str] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    value: Mapped[float] = mapped_column(Double, server_default=text("0"))
