"""Dossiers of an older system from a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from services.api.problems import Said
from services.cli.imports.chunks import go_through
from services.cli.imports.dossier_columns import DOSSIER_COLUMNS, TELLING
from services.cli.imports.dossier_rows import DossierRow, Reading
from services.cli.imports.naming import Naming
from services.cli.imports.outcome import Fate, Outcome
from services.cli.tables.fault import Fault
from services.cli.tables.table import Table
from services.core.application.desk import Desk
from services.core.application.import_dossiers import ImportedRow, import_dossiers
from services.core.application.list_names import list_names
from services.core.domain.reception import Filing
from services.core.persistence.engine import Sessions

DIFFERS: Final = Fault(
    "differs-from-stored",
    Said(
        "Hồ sơ này đã có và nội dung cột khác bản đã lưu; không ghi đè. Nếu tệp đúng, hãy sửa hồ sơ qua API.",
        "The dossier is there and says otherwise; nothing was overwritten. If the file is right, correct "
        "the dossier through the API.",
    ),
)


@dataclass(frozen=True, slots=True)
class TableOptions:
    """What the command line says of the file."""

    sheet: str | None
    unit: str | None
    procedure: str | None
    prefix: str | None
    officer: str
    channel: str | None
    filing_mode: str | None
    returned_is_finished: bool
    dry_run: bool


async def import_table(path: Path, options: TableOptions, desk: Desk, sessions: Sessions) -> Outcome:
    """Bring a register in; raises `TableUnreadable`."""
    table = Table(path, DOSSIER_COLUMNS, telling=TELLING, sheet=options.sheet)
    async with sessions() as session:
        names = await list_names(session, within=desk.caller.unit_path)
    reading = Reading(
        naming=Naming.of(names, unit=options.unit, procedure=options.procedure),
        prefix=options.prefix,
        officer=options.officer,
        channel=options.channel,
        filing_mode=options.filing_mode,
        returned_is_finished=options.returned_is_finished,
    )
    outcome = Outcome(unread=table.headings.unread)
    taking = _Taking(desk, sessions, options.dry_run, outcome)
    await go_through(table, read=lambda row: DossierRow(table, row).read(reading), store=taking.take)
    outcome.passed_over = table.passed_over
    return outcome


@dataclass(frozen=True, slots=True)
class _Taking:
    """Takes chunks in, a transaction each."""

    desk: Desk
    sessions: Sessions
    dry_run: bool
    outcome: Outcome

    async def take(self, chunk: Sequence[DossierRow]) -> None:
        filings: dict[int, Filing] = {row.row.number: row.filing for row in chunk if row.filing is not None}
        async with self.sessions.begin() as session:
            imported = await import_dossiers(session, filings=filings, desk=self.desk, dry_run=self.dry_run)
        for row in chunk:
            self.outcome.add(_fate_of(row, imported.get(row.row.number)), row.remarks.list)


def _fate_of(row: DossierRow, imported: ImportedRow | None) -> Fate:
    match imported:
        case None:
            return Fate.REFUSED
        case ImportedRow(refusal=refusal) if refusal is not None:
            row.remarks.refusal(refusal)
            return Fate.REFUSED
        case ImportedRow(stored=True):
            return Fate.STORED
        case ImportedRow(differs=()):
            return Fate.UNCHANGED
        case ImportedRow(differs=pointers):
            row.remarks.differs(pointers, DIFFERS)
            return Fate.CHANGED
