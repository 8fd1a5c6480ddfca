"""The seed files agree with each other and with the domain that will read them."""

import csv
import re
import unicodedata
from datetime import date, timedelta
from importlib.resources import files

import pytest

import services.cli
from services.core.domain.code import DossierCode
from services.core.domain.deadline import DayKind, DecreedDay, ProcessingTime, WorkingCalendar

Row = dict[str, str]
SEEDS = files(services.cli) / "seeds"
PARENT_LEVELS = {"province": "", "department": "province", "commune": "province"}


def read(name: str) -> list[Row]:
    text = (SEEDS / name).read_text(encoding="utf-8")
    return list(csv.DictReader(text.splitlines(), strict=True))


PROCEDURES = read("procedures.csv")
UNITS = read("units.csv")
WORKING_DAYS = read("working_days.csv")


def capital_letters(name: str) -> str:
    plain = unicodedata.normalize("NFD", name.replace("Đ", "D").replace("đ", "d"))
    letters = "".join(letter for letter in plain if not unicodedata.combining(letter))
    return "-".join(re.findall(r"[A-Z0-9]+", letters.upper()))


def validity(unit: Row) -> tuple[date, date]:
    last = date.fromisoformat(unit["valid_to"]) if unit["valid_to"] else date.max
    return date.fromisoformat(unit["valid_from"]), last


@pytest.mark.parametrize(
    ("name", "header"),
    [
        (
            "procedures.csv",
            (
                "code,name,field_code,field_name,level,service_level,processing_time_value,"
                "processing_time_unit,fee_vnd,yields_paper,source"
            ),
        ),
        ("units.csv", "code,name,level,parent_code,valid_from,valid_to,successor_code"),
        ("working_days.csv", "day,kind,source"),
    ],
)
def test_columns_are_those_that_the_import_knows(name: str, header: str) -> None:
    lines = (SEEDS / name).read_text(encoding="utf-8").splitlines()
    assert lines[0] == header


@pytest.mark.parametrize("rows", [PROCEDURES, UNITS, WORKING_DAYS], ids=["procedures", "units", "days"])
def test_cells_are_clean_text(rows: list[Row]) -> None:
    for row in rows:
        for cell in row.values():
            assert cell == unicodedata.normalize("NFC", " ".join(cell.split()))


def test_there_are_292_procedures_under_distinct_codes() -> None:
    codes = [row["code"] for row in PROCEDURES]
    assert len(codes) == len(set(codes)) == 292
    assert codes == sorted(codes)
    assert all(re.fullmatch(r"[12]\.[0-9]{6}", code) for code in codes)


def test_processing_times_are_readable_or_unknown_as_a_whole() -> None:
    unknown = 0
    for row in PROCEDURES:
        value, unit = row["processing_time_value"], row["processing_time_unit"]
        if value or unit:
            assert str(ProcessingTime.parse(value, unit).value) == value
        else:
            unknown += 1
    assert unknown == 24


@pytest.mark.parametrize(
    ("column", "allowed"),
    [
        ("level", {"ministry", "province", "commune"}),
        ("service_level", {"information", "partial", "full", ""}),
        ("yields_paper", {"yes", "no", ""}),
        ("source", {"both", "one"}),
    ],
)
def test_coded_columns_hold_known_words(column: str, allowed: set[str]) -> None:
    assert {row[column] for row in PROCEDURES} <= allowed


def test_fees_are_whole_dong_or_unknown() -> None:
    assert all(re.fullmatch(r"[0-9]*", row["fee_vnd"]) for row in PROCEDURES)


def test_field_codes_are_the_fields_name_in_capital_letters() -> None:
    assert all(row["field_code"] == capital_letters(row["field_name"]) for row in PROCEDURES)
    pairs = {(row["field_code"], row["field_name"]) for row in PROCEDURES}
    assert len({code for code, _ in pairs}) == len(pairs)


def test_the_birth_registration_of_the_known_answers_is_there() -> None:
    (row,) = (row for row in PROCEDURES if row["code"] == "1.001193")
    assert (row["name"], row["processing_time_unit"]) == ("Thủ tục đăng ký khai sinh", "same_day")


def test_unit_codes_are_distinct_and_can_begin_a_dossier_code() -> None:
    codes = [unit["code"] for unit in UNITS]
    assert len(codes) == len(set(codes))
    for code in codes:
        issued = DossierCode.issue(code, date(2025, 7, 1), 1)
        assert DossierCode.parse(issued.text).parts == issued.parts


def test_every_unit_hangs_on_a_province_that_lives_at_least_as_long() -> None:
    by_code = {unit["code"]: unit for unit in UNITS}
    for unit in UNITS:
        parent = by_code.get(unit["parent_code"])
        assert (parent["level"] if parent else "") == PARENT_LEVELS[unit["level"]]
        if parent:
            assert validity(parent)[0] <= validity(unit)[0]
            assert validity(unit)[1] <= validity(parent)[1]


def test_every_ended_unit_has_a_successor_that_is_valid_the_day_after() -> None:
    by_code = {unit["code"]: unit for unit in UNITS}
    for unit in UNITS:
        first, last = validity(unit)
        assert first <= last
        assert bool(unit["successor_code"]) == bool(unit["valid_to"])
        if unit["successor_code"]:
            begins, ends = validity(by_code[unit["successor_code"]])
            assert begins <= last + timedelta(days=1) <= ends


def test_the_sample_tree_has_two_levels_and_units_that_ended_with_the_merger() -> None:
    current = [unit for unit in UNITS if not unit["valid_to"]]
    assert sum(unit["level"] == "province" for unit in current) == 1
    assert sum(unit["level"] == "department" for unit in current) >= 5
    assert sum(unit["level"] == "commune" for unit in current) >= 10
    assert any(unit["valid_to"] == "2025-06-30" and unit["level"] == "commune" for unit in UNITS)


def test_the_seeded_days_close_the_librarys_gap_of_january_2026() -> None:
    seeded = WorkingCalendar(
        DecreedDay(date.fromisoformat(row["day"]), DayKind(row["kind"]), row["source"])
        for row in WORKING_DAYS
    )
    assert not seeded.is_working_day(date(2026, 1, 2))
    assert seeded.is_working_day(date(2026, 1, 10))
    assert all(row["source"] for row in WORKING_DAYS)
