"""Dossiers and their append-only history."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, SmallInteger, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class Dossier(Base):
    """One application under one procedure.

    `version` counts what the portal's body is made of, `last_seq` the history; together they are the ETag.
    `promised_at` is the due time first told to the citizen, `due_at` the one that counts now.
    `acceptance_due_at` is when the desk must have answered an online filing, `answered_at` when it did.
    The counts at the end say what was known of the owner at the filing, and asked for nevertheless.
    """

    __tablename__ = "dossiers"
    __table_args__ = (
        CheckConstraint("status BETWEEN 1 AND 10", name="status"),
        CheckConstraint("channel BETWEEN 1 AND 3", name="channel"),
        CheckConstraint("filing_mode IN ('self', 'assisted', 'on_behalf')", name="filing_mode"),
        CheckConstraint("origin IN ('desk', 'portal')", name="origin"),
        Index("ix_dossiers_unit_id_id", "unit_id", "id"),
        Index("ix_dossiers_procedure_code_id", "procedure_code", "id"),
        Index("ix_dossiers_reception", text("coalesce(received_at, submitted_at)")),
        Index("ix_dossiers_owner", text("(applicant ->> 'identity_number')"), "id"),
        Index(
            "ix_dossiers_due_within_a_day",
            "received_at",
            postgresql_include=["due_at"],
            postgresql_where=text("due_at - received_at <= interval '24 hours'"),
        ),
        Index(
            "ix_dossiers_to_accept",
            "acceptance_due_at",
            postgresql_where=text("status = 1 AND acceptance_due_at IS NOT NULL"),
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    code: Mapped[str] = mapped_column(unique=True)
    origin: Mapped[str]
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    procedure_code: Mapped[str] = mapped_column(ForeignKey("procedures.code"))
    status: Mapped[int] = mapped_column(SmallInteger)
    version: Mapped[int] = mapped_column(Integer)
    last_seq: Mapped[int] = mapped_column(Integer)
    last_occurred_at: Mapped[datetime]
    supplement_requests: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    channel: Mapped[int] = mapped_column(SmallInteger)
    filing_mode: Mapped[str]
    result_delivery: Mapped[int] = mapped_column(SmallInteger)
    submitted_at: Mapped[datetime]
    received_at: Mapped[datetime | None]
    promised_at: Mapped[datetime | None]
    due_at: Mapped[datetime | None]
    apology: Mapped[dict[str, Any] | None]
    ended_at: Mapped[datetime | None]
    returned_at: Mapped[datetime | None]
    summary: Mapped[str]
    note: Mapped[str | None]
    applicant: Mapped[dict[str, Any]]
    components: Mapped[list[dict[str, Any]]]
    fees: Mapped[list[dict[str, Any]]]
    results: Mapped[list[dict[str, Any]]]
    client_id: Mapped[UUID | None] = mapped_column(ForeignKey("desk_clients.id"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    agent: Mapped[dict[str, Any] | None]
    acceptance_due_at: Mapped[datetime | None]
    answered_at: Mapped[datetime | None]
    known_values: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    values_asked_again: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    known_papers: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))
    papers_asked_again: Mapped[int] = mapped_column(SmallInteger, server_default=text("0"))


class ProgressEntry(Base):
    """A line of the history; the database refuses to change one."""

    __tablename__ = "progress_entries"
    __table_args__ = (
        CheckConstraint("seq > 0", name="seq"),
        CheckConstraint("status BETWEEN 1 AND 10", name="status"),
        CheckConstraint("kind IN ('progress', 'apology', 'extension', 'correction', 'payment')", name="kind"),
    )

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(Integer, primary_key=True)
    kind: Mapped[str] = mapped_column(server_default=text("'progress'"))
    status: Mapped[int] = mapped_column(SmallInteger)
    occurred_at: Mapped[datetime]
    officer: Mapped[str]
    department: Mapped[str | None]
    text: Mapped[str]
    facts: Mapped[dict[str, Any] | None]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class DossierNumber(Base):
    """Last number given out per unit and local day; the row lock makes numbers unique across servers."""

    __tablename__ = "dossier_numbers"

    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    last_number: Mapped[int] = mapped_column(Integer)
