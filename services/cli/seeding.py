"""Puts the project's own catalogue into a new system, so that there is something to try."""

import asyncio
import csv
import json
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from importlib.resources import files
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.transaction import work_on
from services.core.application.import_catalogue import (
    Cells,
    import_procedures,
    import_units,
    import_working_days,
)
from services.core.application.manage_clients import create_client
from services.core.application.manage_look_ups import set_account
from services.core.domain.access import Scope
from services.core.domain.deadline import OpeningHours

#: The province of the sample tree.
ROOT_UNIT: Final = "H44"
#: No province begins with 000.
_NOBODYS_NUMBER: Final = "000000000000"


def read_seed(name: str) -> list[dict[str, str]]:
    """Read one of the CSV files in `seeds`, a dictionary per line."""
    text = files("services.cli").joinpath("seeds", name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines()))


def provide_catalogue(
    database_url: str, *, hours: OpeningHours | None = None, working: Sequence[date] = ()
) -> None:
    """Import units, procedures and decreed days; all units get `hours`, and `working` days are added."""

    async def provide(session: AsyncSession) -> None:
        await import_units(session, _units(hours))
        await import_procedures(session, read_seed("procedures.csv"))
        await import_working_days(session, [*read_seed("working_days.csv"), *_worked(working)])

    asyncio.run(work_on(database_url, provide))


def provide_client(database_url: str) -> str:
    """Create a client for the whole sample province and give its key."""
    now = datetime.now(UTC)

    async def create(session: AsyncSession) -> str:
        name = f"{ROOT_UNIT} {now.isoformat()}"
        return await create_client(session, name=name, unit_code=ROOT_UNIT, scopes=list(Scope), now=now)

    return asyncio.run(work_on(database_url, create))


def provide_look_up_account(database_url: str) -> None:
    """Let the whole sample province ask the mock population database, with a number that nobody has."""

    async def provide(session: AsyncSession) -> None:
        await set_account(session, unit_code=ROOT_UNIT, officer=None, number=_NOBODYS_NUMBER)

    asyncio.run(work_on(database_url, provide))


def _units(hours: OpeningHours | None) -> Iterable[Cells]:
    for unit in read_seed("units.csv"):
        yield unit if hours is None else {**unit, "opening_hours": json.dumps(hours.to_dict())}


def _worked(days: Sequence[date]) -> Iterable[Cells]:
    for day in days:
        yield {"day": day.isoformat(), "kind": "working", "source": "lienthong demo"}
