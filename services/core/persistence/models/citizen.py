"""Citizens, one row per identity number."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Integer, func, text
from sqlalchemy.orm import Mapped, mapped_column

from services.core.persistence.models.meta import Base


class Citizen(Base):
    """What is known of a citizen.

    `facts` holds by field (`domain.citizen.CitizenField`) the value, its source, since when it is known, and
    the dossier that said it. `name_key` is the name as it is compared; `contradictions` counts filings that
    gave the number with another name.
    """

    __tablename__ = "citizens"

    id: Mapped[UUID] = mapped_column(primary_key=True, server_default=text("uuidv7()"))
    identity_number: Mapped[str] = mapped_column(unique=True)
    name_key: Mapped[str | None]
    facts: Mapped[dict[str, Any]]
    contradictions: Mapped[int] = mapped_column(Integer, server_default=text("0"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
