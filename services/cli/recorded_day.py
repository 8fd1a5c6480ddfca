"""Reads a recorded day from CSV files: what came in and went out, and when the portal was away."""

import csv
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from services.simulation.errors import InvalidScenario
from services.simulation.recorded import RecordedDossier, RecordedOutage
from services.simulation.weather import State


def read_dossiers(path: Path) -> list[RecordedDossier]:
    """Read `received_at, finished_at, due_at` and, if there, `unit`; times in ISO 8601 with an offset."""
    units: dict[str, int] = {}
    return [
        RecordedDossier(
            received_at=_moment(row, "received_at", line),
            finished_at=_moment(row, "finished_at", line),
            due_at=_moment(row, "due_at", line),
            unit_id=units.setdefault(row.get("unit") or "", len(units) + 1),
        )
        for line, row in _rows(path)
    ]


def read_outages(path: Path) -> list[RecordedOutage]:
    """Read `begins_at, ends_at` and, if there, `state`: down, hang, error, slow or busy."""
    return [
        RecordedOutage(
            begins_at=_moment(row, "begins_at", line),
            ends_at=_moment(row, "ends_at", line),
            state=_state(row.get("state") or State.DOWN, line),
        )
        for line, row in _rows(path)
    ]


def _rows(path: Path) -> list[tuple[int, dict[str, str]]]:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as fault:
        raise InvalidScenario(str(path), "không đọc được tệp", "the file cannot be read") from fault
    return list(enumerate(csv.DictReader(text.splitlines()), start=2))


def _moment(row: Mapping[str, str], column: str, line: int) -> datetime:
    try:
        moment = datetime.fromisoformat(row[column])
    except (KeyError, ValueError, TypeError) as fault:
        raise _wrong(column, line) from fault
    if moment.tzinfo is None:
        raise _wrong(column, line)
    return moment


def _state(value: str, line: int) -> State:
    try:
        return State(value)
    except ValueError as fault:
        raise InvalidScenario(
            f"state, dòng/line {line}", "không có trạng thái này", "no such state"
        ) from fault


def _wrong(column: str, line: int) -> InvalidScenario:
    return InvalidScenario(
        f"{column}, dòng/line {line}",
        "cần thời điểm ISO 8601 có múi giờ",
        "wants a time in ISO 8601 with its offset",
    )
