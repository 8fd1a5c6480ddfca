"""When the portal was away or refused service, and whom that made late."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, ForeignKey, Identity, Index, Integer, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class PortalOutage(Base):
    """A time in which no call got through (`unreachable`), or in which every answer was a no (`refused`).

    `last_success_at` is the last good call before, so the window began somewhere up to `began_at`, the start
    of the first call that failed. Both counts are taken when the window ends: dossiers that were waiting, and
    those of them that had ended in time and whose flag fell into the window.
    """

    __tablename__ = "portal_outages"
    __table_args__ = (
        CheckConstraint("kind IN ('unreachable', 'refused')", name="kind"),
        Index("uq_portal_outages_open", "kind", unique=True, postgresql_where=text("ended_at IS NULL")),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    last_success_at: Mapped[datetime | None]
    began_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    kind: Mapped[str] = mapped_column(server_default=text("'unreachable'"))
    reasons: Mapped[list[str]] = mapped_column(ARRAY(Text), server_default=text("'{}'"))
    dossiers_waiting: Mapped[int | None] = mapped_column(Integer)
    dossiers_flagged: Mapped[int | None] = mapped_column(Integer)


class PortalRefusal(Base):
    """Calls in a row that were answered with a refusal of service, by its reason; over all workers."""

    __tablename__ = "portal_refusals"

    reason: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    last_at: Mapped[datetime]
    calls: Mapped[int] = mapped_column(Integer)


class OutageDossier(Base):
    """A dossier that an outage made falsely late: no chance was given from its report to its flag.

    `flagged_at` is as it was before the portal had the end; the delivery row forgets it then.
    """

    __tablename__ = "outage_dossiers"
    __table_args__ = (Index("ix_outage_dossiers_outage_id", "outage_id"),)

    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True)
    outage_id: Mapped[int] = mapped_column(Integer, ForeignKey("portal_outages.id"))
    reported_at: Mapped[datetime]
    flagged_at: Mapped[datetime]
    accepted_at: Mapped[datetime]
