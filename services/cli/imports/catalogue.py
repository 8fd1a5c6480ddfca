"""Units, procedures and decreed days from CSV in the catalogue's own columns: all rows or none."""

import csv
import json
from collections.abc import Awaitable, Callable
from pathlib import Path

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.imports.options import AsJson, File
from services.cli.transaction import in_transaction
from services.core.application.import_catalogue import (
    Cells,
    import_procedures,
    import_units,
    import_working_days,
)
from services.core.domain.audit import Act, Action


def units(file: File, as_json: AsJson = False) -> None:
    """Nhập cây đơn vị (CSV) / units from CSV; all rows or none."""
    _import_rows(file, import_units, as_json=as_json)


def procedures(file: File, as_json: AsJson = False) -> None:
    """Nhập danh mục thủ tục (CSV) / procedures from CSV; all rows or none."""
    _import_rows(file, import_procedures, as_json=as_json)


def working_days(file: File, as_json: AsJson = False) -> None:
    """Nhập ngày nghỉ, ngày làm bù (CSV) / decreed days from CSV; all rows or none."""
    _import_rows(file, import_working_days, as_json=as_json)


def _import_rows(
    file: Path, load: Callable[[AsyncSession, list[Cells]], Awaitable[int]], *, as_json: bool
) -> None:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows: list[Cells] = list(csv.DictReader(lines))
    count = in_transaction(
        lambda session: load(session, rows), act=Act(Action.CATALOGUE_IMPORT, (file.name,))
    )
    typer.echo(json.dumps({"imported": count}) if as_json else f"Đã nhập / imported {count}")
