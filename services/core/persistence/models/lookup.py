"""Look-ups in the population database: the queue, the record of every question, and the daily counts."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class LookUpAccount(Base):
    """The number with which an officer asks; without a name it is the unit's own, for all its officers."""

    __tablename__ = "look_up_accounts"
    __table_args__ = (
        Index(
            "uq_look_up_accounts_active",
            "unit_id",
            "officer",
            unique=True,
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    officer: Mapped[str] = mapped_column(server_default=text("''"))
    identity_number: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    ended_at: Mapped[datetime | None]


class LookUp(Base):
    """One row per dossier that needs a look-up, or per question by hand without one.

    - `day` is the local day whose counts the outcome belongs to.
    - `subject` is whom a question without a dossier is about, and is erased when it is settled.
    - `subject_key` is a SHA-256 of the number, for finding an earlier match; it hides nothing from somebody
      who holds the database, where the number stands as well.
    - `result` is the last outcome, also while the look-up waits for a better one.
    - `found` is as much of a match as a later dossier needs in order to reuse it.
    """

    __tablename__ = "look_ups"
    __table_args__ = (
        CheckConstraint("state IN ('pending', 'leased', 'settled', 'void')", name="state"),
        CheckConstraint("purpose IN ('dossier', 'other')", name="purpose"),
        Index(
            "ix_look_ups_due",
            text("by_hand DESC"),
            "next_attempt_at",
            postgresql_where=text("state = 'pending'"),
        ),
        Index("ix_look_ups_leased", "lease_until", postgresql_where=text("state = 'leased'")),
        Index(
            "ix_look_ups_matched",
            "subject_key",
            "settled_at",
            postgresql_where=text("result = 'match' AND reused_from IS NULL"),
        ),
        Index("ix_look_ups_requested", "unit_id", "requested_at", postgresql_where=text("by_hand")),
        Index("ix_look_ups_without_account", "unit_id", postgresql_where=text("refusal = 'no_account'")),
        {"postgresql_with": {"fillfactor": "70"}},
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    dossier_id: Mapped[UUID | None] = mapped_column(ForeignKey("dossiers.id"), unique=True)
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    procedure_code: Mapped[str] = mapped_column(server_default=text("''"))
    day: Mapped[date]
    officer: Mapped[str]
    purpose: Mapped[str] = mapped_column(server_default=text("'dossier'"))
    legal_basis: Mapped[str]
    reason: Mapped[str | None]
    subject_key: Mapped[bytes]
    subject: Mapped[dict[str, Any] | None]
    by_hand: Mapped[bool] = mapped_column(server_default=text("false"))
    requested_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(server_default=text("'pending'"))
    result: Mapped[str | None]
    refusal: Mapped[str | None]
    reused_from: Mapped[UUID | None]
    found: Mapped[dict[str, Any] | None]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    asked_at: Mapped[datetime | None]
    settled_at: Mapped[datetime | None]
    next_attempt_at: Mapped[datetime] = mapped_column(server_default=func.now())
    attempts: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    lease_until: Mapped[datetime | None]
    token: Mapped[int] = mapped_column(server_default=text("0"))


class LookUpQuestion(Base):
    """One question, written down before it leaves; append-only. `id` travels with it."""

    __tablename__ = "look_up_questions"
    __table_args__ = (Index("ix_look_up_questions_look_up_id", "look_up_id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    look_up_id: Mapped[UUID]
    dossier_id: Mapped[UUID | None]
    unit_id: Mapped[int] = mapped_column(Integer)
    officer: Mapped[str]
    account_id: Mapped[int] = mapped_column(Integer)
    purpose: Mapped[str]
    legal_basis: Mapped[str]
    reason: Mapped[str | None]
    asked_at: Mapped[datetime] = mapped_column(server_default=func.now())


class LookUpAnswer(Base):
    """What came of a question; append-only. A question without one was cut short."""

    __tablename__ = "look_up_answers"

    question_id: Mapped[UUID] = mapped_column(primary_key=True)
    answered_at: Mapped[datetime] = mapped_column(server_default=func.now())
    result: Mapped[str]
    detail: Mapped[str | None]


class LookUpDay(Base):
    """Counts of one unit, procedure and local day, kept in the writing transactions.

    `asked` belongs to the day of the question, everything else to the day of the reception.
    """

    __tablename__ = "look_up_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_code: Mapped[str] = mapped_column(primary_key=True)
    received: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    needed: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    asked: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    reused: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    matched: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    mismatched: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    not_found: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    refused: Mapped[int] = mapped_column(Integer, server_default=text("0"))
