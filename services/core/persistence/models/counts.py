"""Counts of dossiers, which the database keeps itself when a dossier is written (migrations 0009, 0018)."""

from datetime import date

from sqlalchemy import BigInteger, Column, Integer, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.domain.figures import COUNT_NAMES
from services.core.persistence.models.meta import Base


class DossierDay(Base):
    """Counts by the Vietnamese day of filing; `domain.figures.DossierCounts` names them."""

    __tablename__ = "dossier_days"

    day: Mapped[date] = mapped_column(primary_key=True)
    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_code: Mapped[str] = mapped_column(primary_key=True)


class DossierMonth(Base):
    """The same counts by month, so that a report of a year does not add its days up."""

    __tablename__ = "dossier_months"

    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    month: Mapped[date] = mapped_column(primary_key=True)
    procedure_code: Mapped[str] = mapped_column(primary_key=True)


class DossierTotal(Base):
    """The same counts over all days, so that a scrape does not add days up."""

    __tablename__ = "dossier_totals"

    unit_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    procedure_code: Mapped[str] = mapped_column(primary_key=True)


for _table in (DossierDay.__table__, DossierMonth.__table__, DossierTotal.__table__):
    for _name in COUNT_NAMES:
        _table.append_column(Column(_name, BigInteger, server_default=text("0"), nullable=False))  # type: ignore[attr-defined]
