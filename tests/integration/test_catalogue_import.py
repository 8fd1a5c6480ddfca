"""The catalogue comes from files, as a whole or not at all."""

from typing import Any

import pytest
from sqlalchemy import text

from services.cli.seeding import read_seed
from services.core.application.import_catalogue import (
    CatalogueRowInvalid,
    import_procedures,
    import_units,
    import_working_days,
)
from services.core.domain.deadline import InvalidOpeningHours, InvalidProcessingTime, TimeUnit
from services.core.domain.errors import DomainError
from services.core.persistence.calendar import CalendarRepository
from services.core.persistence.engine import Sessions
from services.core.persistence.procedures import ProcedureRepository
from services.core.persistence.units import UnitRepository, UnitTreeBroken


def a_unit(code: str, parent: str = "", **cells: str) -> dict[str, str]:
    return {
        "code": code,
        "name": f"Đơn vị {code}",
        "level": "commune" if parent else "province",
        "parent_code": parent,
        "valid_from": "2025-07-01",
        **cells,
    }


def a_procedure(**cells: str) -> dict[str, str]:
    return {
        "code": "1.000001",
        "name": "Thủ tục",
        "field_code": "HO-TICH",
        "field_name": "Hộ tịch",
        "level": "commune",
        "processing_time_value": "3",
        "processing_time_unit": "working_day",
        **cells,
    }


async def units(sessions: Sessions, *rows: dict[str, str]) -> None:
    async with sessions.begin() as session:
        await import_units(session, rows)


async def procedures(sessions: Sessions, *rows: dict[str, str]) -> None:
    async with sessions.begin() as session:
        await import_procedures(session, rows)


async def paths(sessions: Sessions) -> dict[str, str]:
    """Give the paths with codes in the place of ids."""
    async with sessions() as session:
        rows = (await session.execute(text("SELECT id, code, path FROM units"))).all()
    codes = {str(row.id): row.code for row in rows}
    return {row.code: "/".join(codes.get(part, part) for part in row.path.split("/")) for row in rows}


async def test_the_seeds_of_the_project_are_imported(sessions: Sessions) -> None:
    async with sessions.begin() as session:
        assert await import_units(session, read_seed("units.csv")) == 28
        assert await import_procedures(session, read_seed("procedures.csv")) == 292
        assert await import_working_days(session, read_seed("working_days.csv")) == 2
    async with sessions() as session:
        found = await UnitRepository(session).find_many(["H28.101", "H44.105"])
        birth = (await ProcedureRepository(session).find_many(["1.001193"]))["1.001193"]
        days = await CalendarRepository(session).load()

    assert found["H28.101"].successor_code == "H44.105"
    assert (await paths(sessions))["H44.105"] == "/H44/H44.105/"
    assert birth.processing is not None
    assert birth.processing.unit is TimeUnit.SAME_DAY
    assert [day.day.isoformat() for day in days.decreed] == ["2026-01-02", "2026-01-10"]


async def test_parents_may_stand_behind_their_children(sessions: Sessions) -> None:
    await units(sessions, a_unit("A.1.1", "A.1"), a_unit("A.1", "A"), a_unit("A"))

    assert await paths(sessions) == {"A": "/A/", "A.1": "/A/A.1/", "A.1.1": "/A/A.1/A.1.1/"}


async def test_a_unit_that_moves_takes_its_subtree_along(sessions: Sessions) -> None:
    await units(sessions, a_unit("A"), a_unit("B"), a_unit("A.1", "A"), a_unit("A.1.1", "A.1"))

    await units(sessions, a_unit("A.1", "B"))

    assert (await paths(sessions))["A.1.1"] == "/B/A.1/A.1.1/"


async def test_importing_again_changes_what_has_changed_and_nothing_else(sessions: Sessions) -> None:
    await units(sessions, a_unit("A"), a_unit("B"))

    await units(sessions, a_unit("A", name="Tên mới", valid_to="2026-06-30", successor_code="B"))

    async with sessions() as session:
        found = await UnitRepository(session).find_many(["A", "B"])
    assert (found["A"].name, found["A"].successor_code) == ("Tên mới", "B")
    assert found["B"].name == "Đơn vị B"


@pytest.mark.parametrize(
    "rows",
    [
        [a_unit("A"), a_unit("A.1", "X")],
        [a_unit("A", successor_code="X")],
        [a_unit("A.1", "A.2"), a_unit("A.2", "A.1")],
        [a_unit("A.1", "A.1")],
    ],
)
async def test_a_tree_that_does_not_hold_together_is_refused_as_a_whole(
    sessions: Sessions, rows: list[dict[str, str]]
) -> None:
    with pytest.raises(UnitTreeBroken):
        await units(sessions, *rows)

    assert await paths(sessions) == {}


@pytest.mark.parametrize(
    ("cells", "refusal", "column"),
    [
        ({"name": " "}, CatalogueRowInvalid, "name"),
        ({"level": "ward"}, CatalogueRowInvalid, "level"),
        ({"valid_from": "01/07/2025"}, CatalogueRowInvalid, "valid_from"),
        ({"valid_to": "soon"}, CatalogueRowInvalid, "valid_to"),
        ({"opening_hours": "{"}, CatalogueRowInvalid, "opening_hours"),
        ({"opening_hours": "{}"}, InvalidOpeningHours, None),
    ],
)
async def test_a_bad_cell_is_named_by_line_and_column(
    sessions: Sessions, cells: dict[str, str], refusal: type[DomainError], column: str | None
) -> None:
    with pytest.raises(refusal) as raised:
        await units(sessions, a_unit("A"), a_unit("B", **cells))

    assert raised.value.facts["line"] == 3
    assert raised.value.facts.get("column") == column
    assert await paths(sessions) == {}


@pytest.mark.parametrize(
    ("cells", "refusal"),
    [
        ({"code": ""}, CatalogueRowInvalid),
        ({"service_level": "4"}, CatalogueRowInvalid),
        ({"fee_vnd": "tám nghìn"}, CatalogueRowInvalid),
        ({"yields_paper": "maybe"}, CatalogueRowInvalid),
        ({"processing_time_unit": ""}, CatalogueRowInvalid),
        ({"processing_time_unit": "week"}, InvalidProcessingTime),
        ({"processing_time_value": "0"}, InvalidProcessingTime),
    ],
)
async def test_a_bad_procedure_is_refused(
    sessions: Sessions, cells: dict[str, Any], refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        await procedures(sessions, a_procedure(**cells))


async def test_half_working_days_of_the_catalogue_become_hours(sessions: Sessions) -> None:
    await procedures(sessions, a_procedure(processing_time_value="7.5"))

    async with sessions() as session:
        found = (await ProcedureRepository(session).find_many(["1.000001"]))["1.000001"]
    assert found.processing is not None
    assert (found.processing.value, found.processing.unit) == (60, TimeUnit.HOUR)


async def test_a_list_cut_short_does_not_close_procedures(sessions: Sessions) -> None:
    await procedures(sessions, a_procedure(), a_procedure(code="1.000002"))

    await procedures(sessions, a_procedure(code="1.000002"))

    async with sessions() as session:
        found = await ProcedureRepository(session).find_many(["1.000001", "1.000002"])
    assert all(procedure.active for procedure in found.values())
    assert len(found) == 2
