"""A row for each unit in each table, made from the models, and a look at them with the API's rights.

All of it happens in one transaction of the superuser, who takes the API's role within it: constraints that
would ask for sensible values are dropped, and come back with the rollback.
"""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    Boolean,
    Column,
    Date,
    DateTime,
    Double,
    Integer,
    LargeBinary,
    Numeric,
    Table,
    Text,
    Uuid,
    select,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from services.core.domain.policy import Relation
from services.core.persistence.models import Base
from services.core.persistence.roles import DatabaseRole

TABLES: Final[Mapping[str, Table]] = Base.metadata.tables

#: Paths of the units, by how they stand to the caller's. A unit, and its rows, go by the last number.
PATHS: Final = {
    Relation.PARENT: "/1/",
    Relation.OWN: "/1/2/",
    Relation.CHILD: "/1/2/3/",
    Relation.SIBLING: "/1/4/",
    Relation.FOREIGN: "/5/",
}
#: A unit of another province that was merged into the caller's own.
MERGED: Final = 6
NUMBERS: Final = {relation: int(path.rstrip("/").rsplit("/", 1)[1]) for relation, path in PATHS.items()}
EVERYBODY: Final = (*NUMBERS.values(), MERGED)

#: What says whose a row is, first found first.
_WHOSE: Final = ("unit_id", "dossier_id")

_DROP_CHECKS: Final = """
DO $$
DECLARE
    found record;
BEGIN
    FOR found IN SELECT conrelid::regclass AS name, conname FROM pg_constraint
        WHERE contype = 'c' AND connamespace = 'public'::regnamespace AND conparentid = 0 AND coninhcount = 0
    LOOP
        EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', found.name, found.conname);
    END LOOP;
END $$
"""


def identity(number: int) -> UUID:
    """Give the id that stands for a number."""
    return UUID(int=number)


def key_of(table: Table) -> str:
    """Name the column by which a row tells whose it is here."""
    named = [name for name in _WHOSE if name in table.columns]
    return named[0] if named else next(iter(table.primary_key.columns)).name


#: Values that stand for a number, by the type of their column.
_MAKERS: Final[Mapping[type, Callable[[int], Any]]] = {
    Uuid: identity,
    DateTime: lambda number: datetime(2026, 1, number, tzinfo=UTC),
    Date: lambda number: date(2026, 1, number),
    JSONB: lambda _: {},
    LargeBinary: lambda number: bytes([number]),
    Boolean: lambda _: True,
    ARRAY: lambda _: [],
    Text: lambda number: f"text {number}",
    Integer: int,
    Numeric: lambda number: number / 100,
    Double: float,
}


@dataclass(frozen=True, slots=True)
class Wall:
    """The connection on which the rows are, and may be looked at."""

    connection: AsyncConnection

    async def become(self, role: DatabaseRole, reach: str | None, errand: str = "") -> None:
        await self.connection.execute(text("RESET ROLE"))
        await self.connection.execute(text("SELECT take_reach(:reach)"), {"reach": reach})
        await self.connection.execute(text(f"SET LOCAL lienthong.errand = '{errand}'"))
        await self.connection.execute(text(f"SET LOCAL ROLE {role.value}"))

    async def may(self, table: str, right: str) -> bool:
        column = key_of(TABLES[table])
        statement = "SELECT has_column_privilege(current_user, :table, :column, :right)"
        if right == "DELETE":
            statement = "SELECT has_table_privilege(current_user, :table, :right)"
        values = {"table": table, "right": right}
        found: bool = (
            await self.connection.execute(
                text(statement), values | ({} if right == "DELETE" else {"column": column})
            )
        ).scalar_one()
        return found

    async def seen(self, table: str) -> set[int]:
        """Give the numbers of the rows that are seen; a table that may not be read shows none."""
        if not await self.may(table, "SELECT"):
            return set()
        whose = TABLES[table].columns[key_of(TABLES[table])]
        return {_number(value) for value in await self.connection.scalars(select(whose))}

    async def add(self, table: str, number: int, whose: int) -> None:
        """Add a row of one's own making that says that it belongs to somebody."""
        await self.connection.execute(TABLES[table].insert(), _row(TABLES[table], number, whose))


@asynccontextmanager
async def rows_for_all(engine: AsyncEngine) -> AsyncIterator[Wall]:
    """Put a row for each unit into each table, as long as the block lasts."""
    async with engine.connect() as connection, connection.begin() as transaction:
        await connection.execute(text("SET LOCAL session_replication_role = replica"))
        await connection.execute(text(_DROP_CHECKS))
        for name, table in TABLES.items():
            rows = [_row(table, number, number) for number in EVERYBODY]
            if name == "units":
                paths = [*PATHS.values(), f"/{MERGED}/"]
                rows = [row | {"path": path} for row, path in zip(rows, paths, strict=True)]
                rows[-1]["successor_id"] = NUMBERS[Relation.OWN]
            await connection.execute(table.insert(), rows)
        yield Wall(connection)
        await transaction.rollback()


def _row(table: Table, number: int, whose: int) -> dict[str, Any]:
    key = key_of(table)
    return {column.name: _value(column, whose if column.name == key else number) for column in table.columns}


def _value(column: Column[Any], number: int) -> Any:
    for kind, make in _MAKERS.items():
        if isinstance(column.type, kind):
            return make(number)
    raise AssertionError(f"no value for {column}")


def _number(value: Any) -> int:
    match value:
        case UUID():
            return value.int
        case str():
            return int(value.removeprefix("text "))
        case date():
            return value.day
        case _:
            return int(value)
