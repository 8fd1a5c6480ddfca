"""What an import did, counted, and told at its end."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

import typer

from services.cli.imports.row_report import Remark, write_report
from services.cli.tables.fault import Weight

_SHOWN: Final = 20


class Fate(StrEnum):
    """What became of a row. `changed`: it is there, says otherwise, and stays as it is."""

    STORED = "stored"
    UNCHANGED = "unchanged"
    CHANGED = "changed"
    REFUSED = "refused"


@dataclass(slots=True)
class Outcome:
    """Rows by what became of them; `passed_over` are lines that hold no row at all."""

    stored: int = 0
    unchanged: int = 0
    changed: int = 0
    refused: int = 0
    remarks: list[Remark] = field(default_factory=list)
    passed_over: Sequence[int] = ()
    unread: Sequence[str] = ()

    def add(self, fate: Fate, remarks: Iterable[Remark]) -> None:
        """Count a row, and keep what there is to say of it."""
        setattr(self, fate.value, getattr(self, fate.value) + 1)
        self.remarks += remarks

    @property
    def document(self) -> dict[str, Any]:
        return {
            "stored": self.stored,
            "unchanged": self.unchanged,
            "changed": self.changed,
            "refused": self.refused,
            "passed_over": list(self.passed_over),
            "columns_not_read": list(self.unread),
            "remarks": [remark.document for remark in self.remarks],
        }


def tell(outcome: Outcome, *, report: Path | None, as_json: bool, dry_run: bool) -> None:
    """Write the report if one is wanted, print the counts; ends with code 1 if a row needs a person."""
    if report is not None:
        write_report(report, outcome.remarks)
    if as_json:
        typer.echo(json.dumps(outcome.document | {"dry_run": dry_run}, ensure_ascii=False))
    else:
        _print(outcome, report, dry_run=dry_run)
    if outcome.refused or outcome.changed:
        raise typer.Exit(1)


def _print(outcome: Outcome, report: Path | None, *, dry_run: bool) -> None:
    shown = sorted(outcome.remarks, key=lambda remark: remark.weight is Weight.WARNING)[:_SHOWN]
    for remark in shown:
        typer.echo(remark.line, err=True)
    if len(outcome.remarks) > len(shown):
        place = f": {report}" if report else "; --report FILE"
        typer.echo(f"… {len(outcome.remarks) - len(shown)} nữa / more{place}", err=True)
    if outcome.unread:
        typer.echo(f"Cột không dùng / columns not read: {', '.join(outcome.unread)}", err=True)
    if outcome.passed_over:
        rows = ", ".join(str(row) for row in outcome.passed_over[:_SHOWN])
        typer.echo(f"Dòng không phải dữ liệu / lines that hold no row: {rows}", err=True)
    stored = "Sẽ nhập / would be stored" if dry_run else "Đã nhập / stored"
    typer.echo(
        f"{stored} {outcome.stored}, đã có / unchanged {outcome.unchanged}, "
        f"khác bản đã lưu / different {outcome.changed}, từ chối / refused {outcome.refused}"
    )
