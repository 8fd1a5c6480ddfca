"""The second wall: what the database itself keeps from a service that asks for too much."""

import asyncio
import re
from pathlib import Path
from typing import Final

import pytest
from sqlalchemy import Executable, text
from sqlalchemy.exc import ProgrammingError
from sqlalchemy.ext.asyncio import AsyncEngine

from services.core.domain.policy import Relation, covers, only, root_of
from services.core.persistence.data_classes import HOLDINGS, RowsOf
from services.core.persistence.engine import Sessions
from services.core.persistence.models import Base
from services.core.persistence.reach import Errand, begin_reaching, reaching
from services.core.persistence.roles import DatabaseRole
from tests.roles import as_role
from tests.wall_rows import EVERYBODY, MERGED, NUMBERS, PATHS, TABLES, Wall, key_of, rows_for_all

SECURITY: Final = Path(__file__).parents[2] / "docs" / "security.md"
OWN: Final = PATHS[Relation.OWN]

#: The callers that are tried: a unit alone, one with all below it, a province, and nobody.
REACHES: Final = (only(OWN), OWN, "/1/", None)

SERVICES: Final = (DatabaseRole.API, DatabaseRole.WORKER, DatabaseRole.OPERATOR, DatabaseRole.METRICS)
RECORDS: Final = {"audit_log": "actor", "audit_links": "hash", "audit_roots": "hash"}


def reached(reach: str | None) -> set[int]:
    """Give the numbers of the units that the application's own rule lets a caller reach."""
    return {
        NUMBERS[relation] for relation, path in PATHS.items() if reach is not None and covers(reach, path)
    }


def expected(table: str, reach: str | None) -> set[int]:
    match HOLDINGS[table].rows:
        case RowsOf.UNIT | RowsOf.DOSSIER:
            return reached(reach)
        case RowsOf.UNIT_OR_HEIR:
            return reached(reach) | ({MERGED} if NUMBERS[Relation.OWN] in reached(reach) else set())
        case RowsOf.UNIT_AND_BELOW if reach is not None:
            return reached(root_of(reach))
        case RowsOf.UNIT_OR_ABOVE if reach is not None:
            above = {NUMBERS[relation] for relation, path in PATHS.items() if reach.startswith(path)}
            return reached(reach) | above
        case RowsOf.CITIZEN if reach is not None:
            return set(EVERYBODY)
        case RowsOf.NOBODY:
            return set(EVERYBODY)
        case _:
            return set()


def test_each_table_and_each_personal_column_is_named() -> None:
    assert set(HOLDINGS) == set(Base.metadata.tables)
    unknown = {
        f"{table}.{column}"
        for table, holding in HOLDINGS.items()
        for column in holding.personal - set(Base.metadata.tables[table].columns.keys())
    }
    assert unknown == set()


async def test_with_the_filter_switched_off_no_table_shows_rows_of_others(engine: AsyncEngine) -> None:
    async with rows_for_all(engine) as wall:
        for reach in REACHES:
            await wall.become(DatabaseRole.API, reach)
            for table in TABLES:
                # What may not be read at all shows less than it might.
                wanted = expected(table, reach) if await wall.may(table, "SELECT") else set()
                assert (table, reach, await wall.seen(table)) == (table, reach, wanted)


async def test_with_the_filter_switched_off_no_table_lets_rows_of_others_change(engine: AsyncEngine) -> None:
    async with rows_for_all(engine) as wall:
        await wall.become(DatabaseRole.API, only(OWN))
        for table in of_units():
            key = key_of(TABLES[table])
            update = TABLES[table].update().values({key: TABLES[table].c[key]})
            for right, statement in (("UPDATE", update), ("DELETE", TABLES[table].delete())):
                if await wall.may(table, right):
                    assert await changed(wall, statement) <= 1, (table, right)


async def test_with_the_filter_switched_off_no_table_takes_rows_for_others(engine: AsyncEngine) -> None:
    tried = []
    async with rows_for_all(engine) as wall:
        await wall.become(DatabaseRole.API, only(OWN))
        # A decision belongs to the dossiers that are listed with it, and those are looked at.
        for table in set(of_units()) - {"interventions"}:
            if not await wall.may(table, "INSERT"):
                continue
            tried.append(table)
            with pytest.raises(ProgrammingError, match="row-level security"):
                async with wall.connection.begin_nested():
                    await wall.add(table, 17, NUMBERS[Relation.SIBLING])
            async with wall.connection.begin_nested() as kept:
                await wall.add(table, 18, NUMBERS[Relation.OWN])
                await kept.rollback()
    assert {"dossiers", "progress_entries", "payments", "onboarding_events"} <= set(tried)


async def test_the_errand_of_onboarding_opens_its_own_tables_and_no_others(engine: AsyncEngine) -> None:
    async with rows_for_all(engine) as wall:
        await wall.become(DatabaseRole.API, only(OWN), errand=Errand.ONBOARDING.value)
        opened = {table for table in walled() if await wall.seen(table) == set(EVERYBODY)}
        await wall.become(DatabaseRole.API, None, errand=Errand.ONBOARDING.value)
        assert [table for table in walled() if await wall.seen(table)] == []
    assert opened == {
        "citizens",
        "population_counts",
        "reported_counts",
        *(table for table in TABLES if table.startswith("onboarding_") and table in walled()),
    } - {"onboarding_targets"}


async def test_all_tables_but_those_of_nobody_are_walled_for_their_owner_too(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        rows = await session.execute(
            text(
                "SELECT relname, relrowsecurity AND relforcerowsecurity AS walled,"
                " pg_get_userbyid(relowner) AS owner FROM pg_class"
                " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
            )
        )
        found = {row.relname: row for row in rows}
    assert {name for name in TABLES if found[name].walled} == set(walled())
    assert {row.owner for row in found.values()} == {DatabaseRole.OWNER.value}


async def test_roles_own_nothing_and_pass_no_wall(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        rows = await session.execute(
            text(
                "SELECT rolname FROM pg_roles WHERE rolname = ANY(:roles)"
                " AND NOT (rolsuper OR rolbypassrls OR rolcanlogin OR rolcreaterole OR rolcreatedb)"
            ),
            {"roles": [role.value for role in DatabaseRole]},
        )
        assert {row.rolname for row in rows} == {role.value for role in DatabaseRole}
        owners = await session.scalars(
            text(
                "SELECT DISTINCT rolname FROM pg_shdepend JOIN pg_roles r ON r.oid = refobjid"
                " WHERE deptype = 'o'"
                " AND dbid = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
        )
        assert set(owners) & {role.value for role in DatabaseRole} == {DatabaseRole.OWNER.value}


async def test_metrics_can_read_no_personal_column(sessions: Sessions) -> None:
    async with as_role(sessions, DatabaseRole.METRICS).begin() as session:
        for table, holding in HOLDINGS.items():
            for column in holding.personal:
                statement = text("SELECT has_column_privilege(:table, :column, 'SELECT')")
                values = {"table": table, "column": column}
                assert not (await session.execute(statement, values)).scalar_one(), (table, column)
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with as_role(sessions, DatabaseRole.METRICS).begin() as session:
            await session.execute(text("SELECT applicant FROM dossiers"))


@pytest.mark.parametrize("role", [*SERVICES, DatabaseRole.AUDIT, DatabaseRole.OWNER])
async def test_no_role_changes_the_record(sessions: Sessions, role: DatabaseRole) -> None:
    for table, column in RECORDS.items():
        same = {column: TABLES[table].c[column]}
        update, delete = TABLES[table].update().values(same), TABLES[table].delete()
        for statement in (update, delete, text(f"TRUNCATE {table}")):
            with pytest.raises(ProgrammingError, match="permission denied"):
                async with as_role(sessions, role).begin() as session:
                    await session.execute(statement)


async def test_the_api_writes_the_record_and_cannot_read_it(sessions: Sessions) -> None:
    api = as_role(sessions, DatabaseRole.API)
    async with api.begin() as session:
        await session.execute(
            text("INSERT INTO audit_log (actor, action, objects, result) VALUES ('a', 'b', '{}', 'done')")
        )
    with pytest.raises(ProgrammingError, match="permission denied"):
        async with api.begin() as session:
            await session.execute(text("SELECT * FROM audit_log"))


@pytest.mark.parametrize("times", [30, pytest.param(1000, marks=pytest.mark.fault)])
async def test_callers_that_share_connections_never_see_with_anothers_eyes(
    sessions: Sessions, times: int
) -> None:
    await give_units(sessions)
    api = as_role(sessions, DatabaseRole.API)
    seen = text("SELECT coalesce(array_agg(unit_id ORDER BY unit_id), '{}') FROM dossier_numbers")

    async def look(path: str | None) -> list[int]:
        async with begin_reaching(api, path) as session:
            return list((await session.execute(seen)).scalar_one())

    paths = [*PATHS.values(), None, *(only(path) for path in PATHS.values())]
    for _ in range(times):
        for path, found in zip(paths, await asyncio.gather(*map(look, paths)), strict=True):
            assert set(found) == reached(path)


async def test_a_connection_goes_back_without_its_reach(sessions: Sessions) -> None:
    await give_units(sessions)
    api = as_role(sessions, DatabaseRole.API)
    count = text("SELECT count(*) FROM dossier_numbers")
    for _ in range(5):
        async with begin_reaching(api, "/1/") as session:
            assert await session.scalar(count) == 4
        async with reaching(api, "/1/") as abandoned:
            assert await abandoned.scalar(count) == 4
        async with api.begin() as session:
            assert await session.scalar(count) == 0


def test_a_reach_that_is_no_path_is_refused_before_it_gets_near_the_database(sessions: Sessions) -> None:
    for path in ("", "1", "/1", "/1/'; RESET ROLE; --", "/1/..", "/١/", "/1/\n"):
        with pytest.raises(ValueError, match="path"):
            reaching(sessions, path)


async def test_functions_that_see_past_the_wall_are_listed_and_not_for_everybody(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        rows = await session.execute(
            text(
                "SELECT proname, has_function_privilege('lienthong_audit', oid, 'EXECUTE') AS open,"
                " prorettype = 'trigger'::regtype AS is_trigger, proconfig FROM pg_proc"
                " WHERE prosecdef AND pronamespace = 'public'::regnamespace"
            )
        )
        found = list(rows)
    listed = re.search(r"(?ms)^\| Function of the owner.*?^$", SECURITY.read_text(encoding="utf-8"))
    assert listed
    callable_ones = {row.proname for row in found if not row.is_trigger}
    assert callable_ones == set(re.findall(r"`(\w+)\(", listed[0]))
    assert [row.proname for row in found if row.open and not row.is_trigger] == []
    assert all(any(entry.startswith("search_path=") for entry in row.proconfig) for row in found)


def walled() -> list[str]:
    return [table for table in TABLES if HOLDINGS[table].rows is not RowsOf.NOBODY]


def of_units() -> list[str]:
    others = (RowsOf.CITIZEN, RowsOf.CALLER, RowsOf.RECORD)
    return [table for table in walled() if HOLDINGS[table].rows not in others]


async def changed(wall: Wall, statement: Executable) -> int:
    """Run a statement that is undone again, and give how many rows it changed."""
    async with wall.connection.begin_nested() as undone:
        result = await wall.connection.execute(statement)
        await undone.rollback()
    return int(result.rowcount)


async def give_units(sessions: Sessions) -> None:
    """Store the units of the wall, each with a row of its own."""
    units = [
        {"id": NUMBERS[relation], "code": f"H{NUMBERS[relation]}", "path": path}
        for relation, path in PATHS.items()
    ]
    async with sessions.begin() as session:
        await session.execute(
            text(
                "INSERT INTO units (id, code, name, level, path, valid_from)"
                " VALUES (:id, :code, :code, 'commune', :path, '2020-01-01')"
            ),
            units,
        )
        await session.execute(
            text("INSERT INTO dossier_numbers (unit_id, day, last_number) VALUES (:id, '2026-01-01', 1)"),
            [{"id": unit["id"]} for unit in units],
        )
