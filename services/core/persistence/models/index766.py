"""What is kept for index 766, so that no reader has to go through the dossiers themselves."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, Numeric, SmallInteger, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class IndexDossier(Base):
    """A dossier in a month that it was received or ended in.

    `month` is its first day. `facts` are those of `domain.indicator.Fact`. `version` and `seq` say what state
    of the dossier was read.
    """

    __tablename__ = "index766_dossiers"
    __table_args__ = (
        Index(
            "ix_index766_dossiers_running",
            "flagged_at",
            postgresql_where=text("flagged_at IS NOT NULL AND NOT accepted"),
        ),
    )

    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    dossier_id: Mapped[UUID] = mapped_column(ForeignKey("dossiers.id"), primary_key=True, index=True)
    procedure_code: Mapped[str]
    received_here: Mapped[bool]
    facts: Mapped[int] = mapped_column(SmallInteger)
    on_portal: Mapped[bool]
    flagged_at: Mapped[datetime | None]
    accepted: Mapped[bool]
    version: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)


class IndexCount(Base):
    """The dossiers of one procedure in a unit's month, counted by what they show."""

    __tablename__ = "index766_counts"

    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"), primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    procedure_code: Mapped[str] = mapped_column(primary_key=True)
    received: Mapped[int] = mapped_column(Integer)
    received_here: Mapped[int] = mapped_column(Integer)
    sent: Mapped[int] = mapped_column(Integer)
    late: Mapped[int] = mapped_column(Integer)
    online: Mapped[int] = mapped_column(Integer)
    fee_listed: Mapped[int] = mapped_column(Integer)
    fee_due: Mapped[int] = mapped_column(Integer)
    paid: Mapped[int] = mapped_column(Integer)
    paid_of_due: Mapped[int] = mapped_column(Integer)
    result_file: Mapped[int] = mapped_column(Integer)
    digitised: Mapped[int] = mapped_column(Integer)
    digitised_with_result: Mapped[int] = mapped_column(Integer)
    national_store: Mapped[int] = mapped_column(Integer)
    population_data: Mapped[int] = mapped_column(Integer)


class IndexPoints(Base):
    """Points of a unit's month, those below it included: the total, and for a province each indicator."""

    __tablename__ = "index766_points"

    month: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"), primary_key=True)
    code: Mapped[str] = mapped_column(primary_key=True)
    points: Mapped[Decimal] = mapped_column(Numeric(5, 2))


class IndexRefresh(Base):
    """How far the counts have got; there is one row at most."""

    __tablename__ = "index766_refreshes"
    __table_args__ = (CheckConstraint("id = 1", name="id"),)

    id: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    attempts_before: Mapped[int]
    attempts_seen: Mapped[int]
    looked_up_to: Mapped[UUID | None]
    refreshed_at: Mapped[datetime | None]
