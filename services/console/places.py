"""Places in long lists, as addresses carry them."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final, TypeVar
from uuid import UUID

from services.console.failures import NoSuchPlace
from services.core.domain.catalogue import UnknownUnit

Row = TypeVar("Row")

_SEPARATOR: Final = "~"
_MOST_DIGITS: Final = 9


def cut(found: Sequence[Row], size: int) -> tuple[Sequence[Row], Row | None]:
    """Cut off a page of rows of which one more was asked for; gives its last row if others follow."""
    page = found[:size]
    return page, page[-1] if len(found) > size else None


def write_place(at: datetime, row_id: UUID) -> str:
    """Write the place of a row that is ordered by time; no letter of it needs escaping in an address."""
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%S.%f%z}{_SEPARATOR}{row_id.hex}".replace("+", "_")


def read_place(place: str | None) -> tuple[datetime, UUID] | None:
    """Read what `write_place` wrote; raises `NoSuchPlace`."""
    if place is None:
        return None
    at, _, row_id = place.replace("_", "+").partition(_SEPARATOR)
    try:
        return datetime.strptime(at, "%Y%m%dT%H%M%S.%f%z").astimezone(UTC), UUID(hex=row_id)
    except (ValueError, OverflowError) as fault:
        raise NoSuchPlace from fault


def read_unit(code: str) -> str | None:
    """Read a unit's code, `None` if nothing is said; raises `UnknownUnit` for what cannot be one."""
    if not code:
        return None
    if not (code.isascii() and code.isprintable()):
        raise UnknownUnit
    return code


def read_number(place: str | None) -> int | None:
    """Read the number of a row; raises `NoSuchPlace`."""
    if place is None:
        return None
    if not (place.isascii() and place.isdecimal() and len(place) <= _MOST_DIGITS):
        raise NoSuchPlace
    return int(place)


def read_id(place: str | None) -> UUID | None:
    """Read the id of a row; raises `NoSuchPlace`."""
    if place is None:
        return None
    try:
        return UUID(place)
    except ValueError as fault:
        raise NoSuchPlace from fault
