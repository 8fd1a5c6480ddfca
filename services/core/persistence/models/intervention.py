"""What people did about parked deliveries; append-only."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class Intervention(Base):
    """One call by one person or client for all dossiers that fitted `wanted`.

    `spread_until` is when the last of them is due, where many were sent on one after the other.
    """

    __tablename__ = "interventions"
    __table_args__ = (
        CheckConstraint("action IN ('replay', 'close')", name="action"),
        CheckConstraint("action <> 'close' OR reason IS NOT NULL", name="reason"),
        Index("ix_interventions_spread_until", "spread_until"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    done_at: Mapped[datetime] = mapped_column(server_default=func.now())
    done_by: Mapped[str]
    action: Mapped[str]
    reason: Mapped[str | None]
    wanted: Mapped[dict[str, Any]]
    dossiers: Mapped[int] = mapped_column(Integer)
    spread_until: Mapped[datetime | None]


class InterventionDossier(Base):
    """A dossier that an intervention concerned, with what it was parked for."""

    __tablename__ = "intervention_dossiers"
    __table_args__ = (Index("ix_intervention_dossiers_dossier_id", "dossier_id"),)

    intervention_id: Mapped[UUID] = mapped_column(ForeignKey("interventions.id"), primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    park_cause: Mapped[str | None]
    park_group: Mapped[str | None]
