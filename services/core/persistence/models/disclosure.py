"""Who was shown what is masked otherwise; append-only."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class Disclosure(Base):
    """The identity numbers of a dossier were shown whole, to an officer or to the client itself."""

    __tablename__ = "disclosures"
    __table_args__ = (
        Index("ix_disclosures_dossier_id", "dossier_id"),
        Index("ix_disclosures_officer_id_shown_at", "officer_id", "shown_at"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"))
    client_id: Mapped[UUID] = mapped_column(ForeignKey("desk_clients.id"))
    officer_id: Mapped[UUID | None] = mapped_column(ForeignKey("officers.id"))
    reason: Mapped[str]
    shown_at: Mapped[datetime] = mapped_column(server_default=func.now())
