"""How PostgreSQL learns what the caller reaches, so that it can keep the rest to itself (migration 0022).

The reach holds for one transaction and comes with the message that begins it: it takes no round trip, and no
later user of the connection can find it there. Without one there is nothing to see. A statement that is a
transaction of its own brings its reach along (`RECEIVE`).
"""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from typing import Any, Final

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, async_sessionmaker
from sqlalchemy.orm import Session

_REACH: Final = "reach"

#: What `domain.policy.relation` makes of paths; it goes into a statement that takes no parameters.
_PATH: Final = re.compile(r"/([0-9]+/)*\.?")

#: Gives the reach to all that follows from the rows of this part of a statement; wants `unit_path`.
REACHING: Final = "take_reach(CAST(:unit_path AS text))"

_ERRAND: Final = text("SELECT set_config('lienthong.errand', :errand, true)")


class Errand(StrEnum):
    """Why somebody has to see more than their reach; each has its policies."""

    ONBOARDING = "onboarding"  #: how far a person has got follows from what all units did


class ReachConnection(asyncpg.Connection):  # type: ignore[misc]  # asyncpg has no types
    """A connection that begins a transaction together with its reach."""

    reach: str | None = None

    async def execute(self, query: str, *args: Any, **options: Any) -> str:
        """Run a statement; asyncpg begins its transactions here."""
        if self.reach is not None and query.startswith("BEGIN"):
            query = f"{query} SELECT take_reach('{self.reach}');"
        status: str = await super().execute(query, *args, **options)
        return status


class ReachSession(Session):
    """What is behind each of our sessions."""


@event.listens_for(ReachSession, "after_begin")
def _hand_over(session: Session, _transaction: Any, connection: Any) -> None:
    connection.connection.driver_connection.reach = session.info.get(_REACH)


def forget_reach(engine: AsyncEngine) -> None:
    """Take its reach from each connection that goes back to the pool."""

    def forget(connection: Any, _record: Any) -> None:
        if connection is not None:
            connection.driver_connection.reach = None

    event.listen(engine.sync_engine, "checkin", forget)


def reaching(sessions: async_sessionmaker[AsyncSession], path: str | None) -> AsyncSession:
    """Give a session whose transactions reach the units under a path (`domain.policy`), or none at all."""
    if path is not None and _PATH.fullmatch(path) is None:
        raise ValueError("not the path of a unit")
    return sessions(info={_REACH: path})


@asynccontextmanager
async def begin_reaching(
    sessions: async_sessionmaker[AsyncSession], path: str | None
) -> AsyncIterator[AsyncSession]:
    """Open a transaction that reaches the units under a path, and commit it at the end."""
    async with reaching(sessions, path) as session, session.begin():
        yield session


async def run_errand(session: AsyncSession, errand: Errand) -> None:
    """See and change for the rest of the transaction what this errand needs, wherever it is."""
    await session.execute(_ERRAND, {"errand": errand.value})
