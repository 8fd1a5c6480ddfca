"""The audit log: added to and read, never changed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ARRAY, Row, Text, bindparam, text
from sqlalchemy.ext.asyncio import AsyncSession

from services.core.domain.audit import Act, Action, Actor, Result

#: Columns that say who and from where; the create statement fills the same ones.
WHO: Final = "client_id, actor, officer, device, unit_path, request_id"
WHO_VALUES: Final = (
    "CAST(:client_id AS uuid), CAST(:actor AS text), CAST(:officer AS text), CAST(:device AS text),"
    " CAST(:unit_path AS text), CAST(:request_id AS text)"
)

_ADD: Final = text(
    f"INSERT INTO audit_log ({WHO}, action, objects, purpose, result, changed) VALUES ({WHO_VALUES},"  # noqa: S608 - joins constants
    " :action, :objects, :purpose, :result, :changed)"
).bindparams(bindparam("objects", type_=ARRAY(Text)), bindparam("changed", type_=ARRAY(Text)))

# Every condition is optional; the planner sees the values, because such statements are not prepared for all.
_SEARCH: Final = text("""
SELECT id, at, client_id, actor, officer, device, unit_path, action, objects, purpose, result, changed,
    request_id
FROM audit_log
WHERE at >= :since AND at < :until AND id > :after
    AND (CAST(:actor AS text) IS NULL OR actor = :actor)
    AND (CAST(:officer AS text) IS NULL OR officer = :officer)
    AND (CAST(:action AS text) IS NULL OR action = :action)
    AND (CAST(:object AS text) IS NULL OR :object = ANY (objects))
ORDER BY id LIMIT :limit
""")


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; `until` is not included, `object` is an id, a code or a name."""

    since: datetime
    until: datetime
    actor: str | None = None
    officer: str | None = None
    action: Action | None = None
    object: str | None = None


@dataclass(frozen=True, slots=True)
class AuditLine:
    """An entry as it stands in the log."""

    id: int
    at: datetime
    client_id: UUID | None
    actor: str
    officer: str | None
    device: str | None
    unit_path: str | None
    action: str
    objects: Sequence[str]
    purpose: str | None
    result: Result
    changed: Sequence[str] | None
    request_id: str | None


def who(actor: Actor, request_id: str | None) -> dict[str, Any]:
    """Give the values of `WHO_VALUES`."""
    return {
        "client_id": actor.client_id,
        "actor": actor.name,
        "officer": actor.officer,
        "device": actor.device,
        "unit_path": actor.unit_path,
        "request_id": request_id,
    }


class AuditRepository:
    """Adds to the log and reads it; never commits."""

    def __init__(self, session: AsyncSession) -> None:
        self._session = session

    async def add(self, actor: Actor, act: Act, *, request_id: str | None) -> None:
        """Put an act on record."""
        values = {
            "action": act.action.value,
            "objects": list(act.objects),
            "purpose": act.purpose,
            "result": act.result.value,
            "changed": None if act.changed is None else list(act.changed),
        }
        await self._session.execute(_ADD, who(actor, request_id) | values)

    async def search(self, wanted: AuditFilter, *, after: int, limit: int) -> list[AuditLine]:
        """Give entries in the order of their ids, from behind `after` on."""
        values = {
            "since": wanted.since,
            "until": wanted.until,
            "actor": wanted.actor,
            "officer": wanted.officer,
            "action": None if wanted.action is None else wanted.action.value,
            "object": wanted.object,
            "after": after,
            "limit": limit,
        }
        return [_line(row) for row in await self._session.execute(_SEARCH, values)]


def _line(row: Row[Any]) -> AuditLine:
    return AuditLine(
        id=row.id,
        at=row.at,
        client_id=row.client_id,
        actor=row.actor,
        officer=row.officer,
        device=row.device,
        unit_path=row.unit_path,
        action=row.action,
        objects=tuple(row.objects),
        purpose=row.purpose,
        result=Result(row.result),
        changed=None if row.changed is None else tuple(row.changed),
        request_id=row.request_id,
    )
