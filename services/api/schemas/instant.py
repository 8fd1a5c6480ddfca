"""Times: RFC 3339 with an offset in, the same in Vietnamese time out. Days are those of the calendar."""

import re
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Any, Final

from pydantic import PlainSerializer, PlainValidator, WithJsonSchema
from pydantic_core import PydanticCustomError

from services.core.domain.deadline import VIETNAM

_RFC_3339: Final = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?(?:[Zz]|[+-][0-9]{2}:[0-9]{2})"
)

#: Wider than any zone on earth is a typing error.
_WIDEST_OFFSET: Final = timedelta(hours=14)

#: Dossiers of older systems reach back some decades; the calendar library ends in 2100.
_FIRST_YEAR: Final = 1950
_LAST_YEAR: Final = 2099

_SCHEMA: Final = {"type": "string", "format": "date-time", "examples": ["2026-02-19T10:00:00+07:00"]}


_DAY_SCHEMA: Final = {"type": "string", "format": "date", "examples": ["2026-02-19"]}

_ISO_DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _read_day(value: Any) -> date:
    if isinstance(value, date):
        return value
    with suppress(ValueError):
        if isinstance(value, str) and _ISO_DAY.fullmatch(value):
            day = date.fromisoformat(value)
            if _FIRST_YEAR <= day.year <= _LAST_YEAR:
                return day
    raise PydanticCustomError("not-a-day", "refused")


def _read(value: Any) -> datetime:
    if isinstance(value, datetime):
        return value
    instant = _parse(value) if isinstance(value, str) and _RFC_3339.fullmatch(value) else None
    if instant is None:
        raise PydanticCustomError("not-a-time", "refused")
    return instant


def _parse(text: str) -> datetime | None:
    try:
        instant = datetime.fromisoformat(text.upper())
    except ValueError:
        return None
    offset = instant.utcoffset()
    if offset is None or abs(offset) > _WIDEST_OFFSET or not _FIRST_YEAR <= instant.year <= _LAST_YEAR:
        return None
    return instant.astimezone(UTC)


def written(instant: datetime) -> str:
    """Write an instant as answers have it."""
    return instant.astimezone(VIETNAM).isoformat()


Instant = Annotated[
    datetime, PlainValidator(_read), PlainSerializer(written, return_type=str), WithJsonSchema(_SCHEMA)
]

Day = Annotated[
    date,
    PlainValidator(_read_day),
    PlainSerializer(date.isoformat, return_type=str),
    WithJsonSchema(_DAY_SCHEMA),
]
