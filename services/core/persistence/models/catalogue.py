"""Units, procedures, and the days on which the state works."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Identity, Index, Integer, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class Unit(Base):
    """Node of the organisation tree. `path` is `/1/5/9/`: the ids from the root to the unit itself."""

    __tablename__ = "units"
    __table_args__ = (
        CheckConstraint("level IN ('province', 'department', 'district', 'commune')", name="level"),
        CheckConstraint("look_up_rule IN ('warn', 'require')", name="look_up_rule"),
        Index("ix_units_path", "path", postgresql_ops={"path": "text_pattern_ops"}),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    level: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("units.id"))
    path: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]
    successor_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("units.id"))
    opening_hours: Mapped[dict[str, Any] | None]
    look_up_rule: Mapped[str] = mapped_column(server_default=text("'warn'"))


class Procedure(Base):
    """Catalogue entry of the national portal; processing time and fee may be unknown there, too."""

    __tablename__ = "procedures"
    __table_args__ = (
        CheckConstraint(
            "service_level IN ('information', 'partial', 'full', 'unknown')", name="service_level"
        ),
        CheckConstraint(
            "processing_time_unit IN ('hour', 'same_day', 'working_day', 'calendar_day', 'month')",
            name="processing_time_unit",
        ),
    )

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    field_code: Mapped[str]
    field_name: Mapped[str]
    level: Mapped[str]
    service_level: Mapped[str]
    processing_time_value: Mapped[int | None] = mapped_column(Integer)
    processing_time_unit: Mapped[str | None]
    fee_vnd: Mapped[int | None]
    yields_paper: Mapped[bool | None]
    active: Mapped[bool] = mapped_column(server_default=text("true"))
    look_up: Mapped[bool] = mapped_column(server_default=text("true"))


class PortalProcedure(Base):
    """What the portal's own catalogue says of a procedure, ours or not.

    `on_portal` falls only when the absence is proven; `missing_since` is the first complete answer without
    it. `last_seen_at` is null for a procedure of ours that the portal has never listed.
    """

    __tablename__ = "portal_procedures"

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str | None]
    on_portal: Mapped[bool]
    last_seen_at: Mapped[datetime | None]
    missing_since: Mapped[datetime | None]
    detail: Mapped[dict[str, Any] | None]
    detail_digest: Mapped[bytes | None]
    detail_at: Mapped[datetime | None]


class DecreedDay(Base):
    """A day off or a working day by decree, or by a closure of one unit; overrides the calendar library."""

    __tablename__ = "decreed_days"
    __table_args__ = (
        UniqueConstraint("day", "unit_id", postgresql_nulls_not_distinct=True),
        CheckConstraint("kind IN ('off', 'working')", name="kind"),
    )

    id: Mapped[int] = mapped_column(Integer, Identity(), primary_key=True)
    day: Mapped[date]
    kind: Mapped[str]
    source: Mapped[str]
    unit_id: Mapped[int | None] = mapped_column(Integer, ForeignKey("units.id"))
