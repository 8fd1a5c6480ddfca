"""On whose behalf a file is brought in."""

from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

import typer

from services.api.runtime import SystemClock
from services.cli.operator import operator
from services.cli.tables.fault import TableUnreadable
from services.cli.transaction import in_transaction, with_sessions
from services.core.application.catalogue import Catalogue
from services.core.application.desk import Desk
from services.core.config import VerdictSettings
from services.core.persistence.clients import ClientRepository
from services.core.persistence.engine import PoolLimits, Sessions
from services.core.persistence.statistics import Filled, refresh_statistics
from services.core.telemetry import correlation

T = TypeVar("T")

_CATALOGUE_SECONDS: Final = 60.0
_NOT_DONE: Final = 2
#: A sample of a large table is read from the disk, page by page.
_LIMITS: Final = PoolLimits(size=1, command=600.0)


def on_behalf(
    client: str, file: Path, work: Callable[[Desk, Sessions], Awaitable[T]], *, fills: Filled | None
) -> T:
    """Work for a client, and let PostgreSQL look at the tables that it `fills`.

    A file that is no table ends the command with code 2 and the reason.
    """
    try:
        done = with_sessions(partial(_as_client, client, work))
    except TableUnreadable as exc:
        typer.echo(f"{file}: {exc}", err=True)
        raise typer.Exit(_NOT_DONE) from exc
    if fills is not None:
        in_transaction(partial(refresh_statistics, filled=fills), limits=_LIMITS)
    return done


async def _as_client(client: str, work: Callable[[Desk, Sessions], Awaitable[T]], sessions: Sessions) -> T:
    async with sessions() as session:
        caller = await ClientRepository(session).get_by_name(client)
    by = operator()
    correlation.begin(None, device=f"{by.name}@{by.device}")
    desk = Desk(caller, Catalogue(seconds=_CATALOGUE_SECONDS), VerdictSettings().comparison, SystemClock())
    return await work(desk, sessions)
