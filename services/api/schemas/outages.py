"""The log of portal outages."""

import base64
import binascii
from typing import Annotated, Final, Self

from pydantic import Field

from services.api.refusals import CursorInvalid
from services.api.schemas.answer import Answer
from services.api.schemas.instant import Instant
from services.api.schemas.parts import Body
from services.core.domain.false_late import OutageKind
from services.core.persistence.outage_log import LoggedWindow

_LARGEST: Final = 2**31 - 1


class OutageQuery(Body):
    """All that is given must hold."""

    kind: OutageKind | None = None
    since: Annotated[Instant | None, Field(description="Outages that ended before are left out")] = None
    limit: Annotated[int, Field(ge=1, le=200)] = 50
    cursor: Annotated[str | None, Field(max_length=64, description="`next_cursor` of the page before")] = None


class OutageOut(Answer):
    """A time in which the portal was `unreachable`, or `refused` service for the `reasons` given.

    It began between `last_success_at` and `began_at`; `ended_at` is null while it lasts. `dossiers_waiting`
    had something to send when it ended (or have, now), `dossiers_flagged` of them had ended in time and were
    flagged within it, `dossiers_excused` became falsely late with the outage as the proven cause. All count
    the whole installation; null where nobody counted.
    """

    id: int
    kind: OutageKind
    reasons: list[str]
    last_success_at: Instant | None
    began_at: Instant
    ended_at: Instant | None
    minutes: float
    dossiers_waiting: int | None
    dossiers_flagged: int | None
    dossiers_excused: int

    @classmethod
    def of(cls, window: LoggedWindow) -> Self:
        """Show an outage; its length to a tenth of a minute."""
        shown = cls.model_validate(window)
        shown.minutes = round(window.minutes, 1)
        return shown


class OutagePage(Answer):
    """A page, newest first; `next_cursor` is null on the last one."""

    items: list[OutageOut]
    next_cursor: str | None


def write_place(number: int | None) -> str | None:
    """Name the place in the log where a page ended."""
    return None if number is None else base64.urlsafe_b64encode(str(number).encode()).decode().rstrip("=")


def read_place(cursor: str | None) -> int | None:
    """Find the place again; raises `CursorInvalid`."""
    if cursor is None:
        return None
    try:
        digits = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as exc:
        raise CursorInvalid from exc
    if not digits.isdigit() or not 0 < int(digits) <= _LARGEST:
        raise CursorInvalid
    return int(digits)
