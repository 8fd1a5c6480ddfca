"""The same database as a service's role sees it."""

from typing import Final

from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.persistence.engine import Sessions, create_engine, create_sessions
from services.core.persistence.roles import DatabaseRole

_ENGINES: Final[dict[tuple[int, DatabaseRole], AsyncEngine]] = {}


def as_role(sessions: Sessions, role: DatabaseRole) -> Sessions:
    """Give sessions on the same database with the rights of a role; they end with the test's engine."""
    engine: AsyncEngine = sessions.kw["bind"]
    key = (id(engine), role)
    if key not in _ENGINES:
        url = engine.url.render_as_string(hide_password=False)
        _ENGINES[key] = create_engine(url, application="lienthong-tests", role=role)
    return create_sessions(_ENGINES[key])


async def dispose_roles(engine: AsyncEngine) -> None:
    """Close what was opened beside an engine."""
    for key in [key for key in _ENGINES if key[0] == id(engine)]:
        await _ENGINES.pop(key).dispose()
