"""Finding dead connections before they are used, where they can be expected."""

import time
from typing import Any, Final

from sqlalchemy import event
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine

#: A connection that worked this many seconds ago is taken to work still. Asking at every checkout, as
#: `pool_pre_ping` does, takes three round trips: a third of what a reception costs.
IDLE_SECONDS: Final = 1.0

_IDLE_SINCE: Final = "idle_since"


def check_after_idle(engine: AsyncEngine) -> None:
    """Ask a connection for a sign of life when it comes out of the pool after a rest.

    A dead one is replaced without the caller noticing. One that dies while in use fails its caller, and
    SQLAlchemy then drops all connections that are as old.
    """
    dialect = engine.dialect

    def note(_connection: Any, record: Any) -> None:
        record.info[_IDLE_SINCE] = time.monotonic()

    def check(connection: Any, record: Any, _proxy: Any) -> None:
        since = record.info.get(_IDLE_SINCE)
        if since is None or time.monotonic() - since < IDLE_SECONDS:
            return
        try:
            dialect.do_ping(connection)
        except dialect.loaded_dbapi.Error as exc:
            raise DisconnectionError("the connection has died at rest") from exc

    event.listen(engine.sync_engine, "checkin", note)
    event.listen(engine.sync_engine, "checkout", check)
