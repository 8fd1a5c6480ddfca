"""How the parts of a filing are stored: fields by name, enumerations by value, absent ones left out.

`shipments` reads them back.
"""

from datetime import datetime
from enum import Enum
from typing import Any

from services.core.domain.filing import Applicant, Component, Fee, Result

Document = dict[str, Any]


def document(part: Applicant | Component | Fee | Result) -> Document:
    """Give the stored form of one part."""
    values = ((name, getattr(part, name)) for name in part.__slots__)
    return {name: _plain(value) for name, value in values if value is not None}


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.isoformat()
    return value
