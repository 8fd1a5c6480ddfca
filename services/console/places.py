"""Places in long lists, as addresses carry them."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from services.console.failures import NoSuchPlace
from services.core.persistence.parked import ParkedMark

_SEPARATOR: Final = "~"
_MOST_DIGITS: Final = 9


def write_mark(mark: ParkedMark) -> str:
    """Write the place of a parked dossier; no letter of it needs escaping in an address."""
    return f"{mark.due_since:%Y%m%dT%H%M%S.%f%z}{_SEPARATOR}{mark.dossier_id.hex}".replace("+", "_")


def read_mark(place: str | None) -> ParkedMark | None:
    """Read what `write_mark` wrote; raises `NoSuchPlace`."""
    if place is None:
        return None
    since, _, dossier_id = place.replace("_", "+").partition(_SEPARATOR)
    try:
        due_since = datetime.strptime(since, "%Y%m%dT%H%M%S.%f%z").astimezone(UTC)
        return ParkedMark(due_since, UUID(hex=dossier_id))
    except (ValueError, OverflowError) as fault:
        raise NoSuchPlace from fault


def read_number(place: str | None) -> int | None:
    """Read the number of an outage; raises `NoSuchPlace`."""
    if place is None:
        return None
    if not (place.isascii() and place.isdecimal() and len(place) <= _MOST_DIGITS):
        raise NoSuchPlace
    return int(place)
