"""Who did what, and the chain over it; all append-only."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Identity, Index, Text, func, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class AuditEntry(Base):
    """One act of one actor; partitioned by month of `at`.

    `xid` is the transaction that wrote it, by which the sealer finds what has been committed since it last
    looked. Both are nearly in the order of the rows, which is all that BRIN needs.
    """

    __tablename__ = "audit_log"
    __table_args__ = (
        CheckConstraint("result IN ('done', 'refused')", name="result"),
        Index(
            "ix_audit_log_xid",
            "xid",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        ),
        Index(
            "ix_audit_log_at",
            "at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        ),
        {"postgresql_partition_by": "RANGE (at)"},
    )

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    at: Mapped[datetime] = mapped_column(primary_key=True, server_default=func.now())
    xid: Mapped[int] = mapped_column(server_default=text("((pg_current_xact_id())::text)::bigint"))
    client_id: Mapped[UUID | None]
    actor: Mapped[str]
    officer: Mapped[str | None]
    device: Mapped[str | None]
    unit_path: Mapped[str | None]
    action: Mapped[str]
    objects: Mapped[list[str]] = mapped_column(ARRAY(Text))
    purpose: Mapped[str | None]
    result: Mapped[str]
    changed: Mapped[list[str] | None] = mapped_column(ARRAY(Text))
    request_id: Mapped[str | None]


class AuditLink(Base):
    """The place of an entry in its month's chain, and the hash up to it."""

    __tablename__ = "audit_links"
    __table_args__ = (Index("uq_audit_links_entry_id", "entry_id", unique=True),)

    month: Mapped[date] = mapped_column(primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[int]
    hash: Mapped[bytes]


class AuditRoot(Base):
    """How far a chain had got when it was sealed; entries of transactions before `seen_xid` are all in it."""

    __tablename__ = "audit_roots"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    month: Mapped[date]
    position: Mapped[int]
    hash: Mapped[bytes]
    seen_xid: Mapped[int]
    sealed_at: Mapped[datetime] = mapped_column(server_default=func.now())
