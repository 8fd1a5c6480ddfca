"""Desk clients, officers, and the answers already given to clients."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    Text,
    UniqueConstraint,
    false,
    func,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class DeskClient(Base):
    """Desk software with an API key, of which only a SHA-256 is kept, or with public keys.

    An `unattended` one may call for nobody in particular where officers are required.
    """

    __tablename__ = "desk_clients"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    name: Mapped[str] = mapped_column(unique=True)
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    scopes: Mapped[list[str]] = mapped_column(ARRAY(Text))
    key_hash: Mapped[bytes | None] = mapped_column(unique=True)
    unattended: Mapped[bool] = mapped_column(server_default=false())
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]


class IdempotencyKey(Base):
    """The first answer to a create, kept so that a repeated call gets the same one."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("ix_idempotency_keys_created_at", "created_at"),)

    client_id: Mapped[UUID] = mapped_column(ForeignKey("desk_clients.id"), primary_key=True)
    route: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[bytes]
    status: Mapped[int] = mapped_column(Integer)
    answer: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())


class ClientKey(Base):
    """A public key with which a client proves who it is, as a JWK."""

    __tablename__ = "client_keys"

    client_id: Mapped[UUID] = mapped_column(ForeignKey("desk_clients.id"), primary_key=True)
    key_id: Mapped[str] = mapped_column(primary_key=True)
    public_key: Mapped[dict[str, Any]]
    added_at: Mapped[datetime] = mapped_column(server_default=func.now())


class UsedAssertion(Base):
    """A proof that a client has used; it is good for one token."""

    __tablename__ = "used_assertions"
    __table_args__ = (Index("ix_used_assertions_ends_at", "ends_at"),)

    client_id: Mapped[UUID] = mapped_column(ForeignKey("desk_clients.id"), primary_key=True)
    token_id: Mapped[str] = mapped_column(primary_key=True)
    ends_at: Mapped[datetime]


class Officer(Base):
    """Somebody who works at a desk or above it: who they are is the issuer's to say, the rest is ours."""

    __tablename__ = "officers"
    __table_args__ = (
        UniqueConstraint("issuer", "subject"),
        CheckConstraint(
            "role IN ('desk-officer', 'unit-head', 'province-supervisor', 'operator', 'auditor',"
            " 'onboarding-team')",
            name="role",
        ),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    unit_id: Mapped[int] = mapped_column(Integer, ForeignKey("units.id"))
    role: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())
    revoked_at: Mapped[datetime | None]
