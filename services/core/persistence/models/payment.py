"""Money: what citizens pay for dossiers, where it goes, and what the state pays out."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class UnitAccount(Base):
    """Where the fees of a unit go, and those of the units below it that have no account of their own."""

    __tablename__ = "unit_accounts"

    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"), primary_key=True)
    bank_bin: Mapped[str]
    number: Mapped[str]
    holder: Mapped[str]
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Payment(Base):
    """Money received, once per reference of its provider; append-only. `left_vnd` covered no fee."""

    __tablename__ = "payments"
    __table_args__ = (
        CheckConstraint("method IN ('cash', 'bank', 'wallet', 'portal')", name="method"),
        CheckConstraint("amount_vnd > 0", name="amount_vnd"),
        UniqueConstraint("provider", "reference"),
        Index("ix_payments_dossier_id", "dossier_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    provider: Mapped[str]
    reference: Mapped[str]
    method: Mapped[str]
    amount_vnd: Mapped[int]
    left_vnd: Mapped[int]
    paid_at: Mapped[datetime]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PaymentDifference(Base):
    """Something about a payment that a person should look at; append-only.

    `amount`: the money is not what the fees were. `reported_again`: the second report has another amount.
    `other_dossier`: it names another dossier, which is then the one in `dossier_id`.
    """

    __tablename__ = "payment_differences"
    __table_args__ = (
        CheckConstraint("kind IN ('amount', 'reported_again', 'other_dossier')", name="kind"),
        UniqueConstraint("payment_id", "kind", "dossier_id", "reported_vnd"),
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    payment_id: Mapped[UUID] = mapped_column(ForeignKey("payments.id"))
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    kind: Mapped[str]
    expected_vnd: Mapped[int]
    reported_vnd: Mapped[int]
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    found_at: Mapped[datetime] = mapped_column(server_default=func.now())


class Payout(Base):
    """One payment to one recipient of social security."""

    __tablename__ = "payouts"
    __table_args__ = (
        CheckConstraint("channel IN ('cash', 'post', 'bank', 'wallet')", name="channel"),
        CheckConstraint("amount_vnd > 0", name="amount_vnd"),
        UniqueConstraint("unit_id", "programme", "reference"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    programme: Mapped[str]
    reference: Mapped[str]
    recipient: Mapped[str]
    identity_number: Mapped[str | None]
    amount_vnd: Mapped[int]
    channel: Mapped[str]
    paid_on: Mapped[date]
    recorded_at: Mapped[datetime] = mapped_column(server_default=func.now())


class PayoutDay(Base):
    """Payouts and their sum by day, kept in the transaction that stores them."""

    __tablename__ = "payout_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    programme: Mapped[str] = mapped_column(primary_key=True)
    channel: Mapped[str] = mapped_column(primary_key=True)
    payouts: Mapped[int]
    amount_vnd: Mapped[int]
