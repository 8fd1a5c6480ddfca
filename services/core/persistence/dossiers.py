"""Dossiers, as seen by somebody who may see one subtree of units only."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.delivery import DeliveryState
from services.core.domain.dossier import EntryKind, ProgressEntry, Status
from services.core.domain.errors import DomainError
from services.core.domain.filing import Applicant
from services.core.domain.life import Life
from services.core.persistence.papers import Document
from services.core.persistence.shipments import applicant_from

#: How a caller names a dossier: by its id, or by the number on the receipt.
Reference = UUID | str

_NAMED: Final = """
WHERE CASE WHEN CAST(:id AS uuid) IS NULL THEN d.code = :code ELSE d.id = :id END
    AND starts_with(u.path, :within)
"""

_READ: Final = """
SELECT d.*, u.code AS unit_code, u.name AS unit_name, p.name AS procedure_name, p.field_code, p.field_name,
    v.state AS delivery_state, coalesce(v.desk_flagged_at <= now(), false) AS late_at_desk,
    coalesce(v.flagged_at <= now(), false) AS late_on_portal
FROM dossiers d JOIN units u ON u.id = d.unit_id JOIN procedures p ON p.code = d.procedure_code
JOIN deliveries v ON v.dossier_id = d.id
"""
