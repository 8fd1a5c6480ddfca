"""The same database as a service's role sees it."""

from typing import Final
from weakref import WeakKeyDictionary

from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence.engine import Sessions, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole

_ENGINES: Final[WeakKeyDictionary[AsyncEngine, dict[DatabaseRole, AsyncEngine]]] = WeakKeyDictionary()


def as_role(sessions: Sessions, role: DatabaseRole) -> Sessions:
    """Give sessions on the same database with the rights of a role."""
    engine: AsyncEngine = sessions.kw["bind"]
    beside = _ENGINES.setdefault(engine, {})
    if role not in beside:
        url = engine.url.render_as_string(hide_password=False)
        beside[role] = create_engine(url, application="lienthong-tests", role=role)
    return create_sessions(beside[role])


async def dispose_roles(engine: AsyncEngine) -> None:
    """Close the connections that were opened beside an engine, and beside those."""
    for beside in _ENGINES.get(engine, {}).values():
        await dispose_roles(beside)
        await beside.dispose()
