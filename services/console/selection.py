"""Which parked dossiers a page or a form means, and who decides what about them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from services.console.failures import NoSuchPlace
from services.core.domain.code import DossierCode
from services.core.domain.intervention import Action, Decision
from services.core.domain.wording import Bilingual
from services.core.persistence.parked import ParkedFilter

_NAME_AT_MOST: Final = 100
_REASON_AT_MOST: Final = 500
_REASON_AT_LEAST: Final = 5
_NUMBER: Final = re.compile(r"[0-9]{9}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f]")

_NO_NAME: Final = Bilingual("Ghi tên người quyết định.", "Give the name of who decides.")
_NO_REASON: Final = Bilingual(
    f"Ghi lý do, ít nhất {_REASON_AT_LEAST} ký tự.", f"Give a reason of at least {_REASON_AT_LEAST} letters."
)
_TOO_LONG: Final = Bilingual("Dài quá, hãy viết ngắn hơn.", "Too long; write less.")
_HAS_NUMBER: Final = Bilingual(
    "Không ghi số định danh hay số điện thoại vào đây: nội dung được lưu lâu dài.",
    "No identity or telephone number here: this is kept for good.",
)


@dataclass(frozen=True, slots=True)
class Typed:
    """What somebody typed; `faults` says what is wrong, by field."""

    name: str
    reason: str
    faults: Mapping[str, Bilingual]

    def decision(self, action: Action) -> Decision:
        """Give the decision; only without faults."""
        return Decision(action, self.name, self.reason)


def read_typed(fields: Mapping[str, str]) -> Typed:
    """Check what was typed. Nobody signs in yet: who decides is who they say they are, as in the command."""
    name, reason = fields.get("name", "").strip(), fields.get("reason", "").strip()
    found = {
        "name": _fault(name, least=1, most=_NAME_AT_MOST, missing=_NO_NAME),
        "reason": _fault(reason, least=_REASON_AT_LEAST, most=_REASON_AT_MOST, missing=_NO_REASON),
    }
    faults = {field: fault for field, fault in found.items() if fault is not None}
    return Typed(_repeated(name, faults.get("name")), _repeated(reason, faults.get("reason")), faults)


def read_action(text: str) -> Action:
    """Read what is to be done; raises `NoSuchPlace`."""
    try:
        return Action(text)
    except ValueError as fault:
        raise NoSuchPlace from fault


def read_selection(*, group: str, dossier: str, until: str) -> ParkedFilter:
    """Read whom it concerns: one dossier, a group as the page lists it, or all that wait.

    Raises `NoSuchPlace` and `InvalidDossierCode`. What was parked at `until` or later is left out.
    """
    if _UNPRINTABLE.search(group):
        raise NoSuchPlace
    return ParkedFilter(
        dossier=DossierCode.parse(dossier).text if dossier else None,
        group=group or None,
        parked_to=_instant(until) if until else None,
    )


def _repeated(text: str, fault: Bilingual | None) -> str:
    """Give back what was typed, but no number of a citizen, not even to who typed it."""
    return "" if fault is _HAS_NUMBER else text


def _instant(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as fault:
        raise NoSuchPlace from fault
    if at.tzinfo is None:
        raise NoSuchPlace
    return at


def _fault(text: str, *, least: int, most: int, missing: Bilingual) -> Bilingual | None:
    if len(text) < least or _UNPRINTABLE.search(text):
        return missing
    if len(text) > most:
        return _TOO_LONG
    return _HAS_NUMBER if _NUMBER.search(re.sub(r"[ .\-]", "", text)) else None
