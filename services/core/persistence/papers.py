"""How the parts of a filing are stored: fields by name, enumerations by value.

Empty fields are left out where the domain has an empty default for them. `shipments` reads the parts back.
"""

from dataclasses import MISSING, fields
from datetime import date
from enum import Enum
from typing import Any, Final

from services.core.domain.filing import Agent, Applicant, Component, Fee, Result

Document = dict[str, Any]

Part = Applicant | Agent | Component | Fee | Result

#: Names of the fields of each part, with whether an empty one may be left out.
_FIELDS: Final = {
    kind: tuple((field.name, field.default is not MISSING) for field in fields(kind))
    for kind in (Applicant, Agent, Component, Fee, Result)
}


def document(part: Part) -> Document:
    """Give the stored form of one part."""
    stored: Document = {}
    for name, may_be_left_out in _FIELDS[type(part)]:
        value = getattr(part, name)
        if value is not None or not may_be_left_out:
            stored[name] = _plain(value)
    return stored


def _plain(value: object) -> object:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):  # an instant is one, too
        return value.isoformat()
    return value
