"""`lienthong import onboarding`: lists of people helped, as digital teams keep them in a spreadsheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from services.api.schemas.onboarding import EventIn
from services.cli.imports.chunks import go_through
from services.cli.imports.desk import on_behalf
from services.cli.imports.form_row import DIFFERS, FormRow
from services.cli.imports.naming import Naming
from services.cli.imports.onboarding_columns import EVENT_COLUMNS, TELLING
from services.cli.imports.onboarding_rows import EventReading, steps_by_word
from services.cli.imports.options import AsJson, Client, DryRun, File, ReportFile, Sheet
from services.cli.imports.outcome import Outcome, tell
from services.cli.imports.storing import stored
from services.cli.tables.table import Table, TableRow
from services.core.application.desk import Desk
from services.core.application.list_names import list_names
from services.core.application.list_steps import list_steps
from services.core.application.receive_dossiers import Refusal
from services.core.application.record_onboarding import Noted, Sent, record_onboarding
from services.core.domain.onboarding.errors import EventIdReused
from services.core.domain.onboarding.event import EventOutcome
from services.core.persistence.engine import Sessions

_PLACES: Final = {f"/{column.name}": column.name for column in EVENT_COLUMNS} | {
    "/subject": "reference",
    "/subject/identity_number": "identity_number",
    "/subject/reference": "reference",
}
_STANDS_IN: Final = {"unit_code": ("unit_name",), "reference": ("identity_number",), "seconds": ("minutes",)}


def onboarding(
    *,
    file: File,
    client: Client,
    unit: Annotated[
        str | None, typer.Option(help="Mã đơn vị cho dòng không ghi / for rows without one")
    ] = None,
    step: Annotated[
        str | None, typer.Option(help="Mã bước cho dòng không ghi / for rows without one")
    ] = None,
    outcome: Annotated[
        EventOutcome | None, typer.Option(help="Kết quả cho dòng không ghi / for rows without one")
    ] = None,
    sheet: Sheet = None,
    dry_run: DryRun = False,
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Nhập sự kiện hỗ trợ công dân số (XLSX, CSV) / onboarding events; importing twice changes nothing."""
    work = _Events(file, sheet, unit, step, outcome, dry_run).bring_in
    tell(on_behalf(client, file, work), report=report, as_json=as_json, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _Events:
    """A list, and what the command line says of it."""

    path: Path
    sheet: str | None
    unit: str | None
    step: str | None
    outcome: EventOutcome | None
    dry_run: bool

    async def bring_in(self, desk: Desk, sessions: Sessions) -> Outcome:
        """Store what is new; raises `TableUnreadable`."""
        table = Table(self.path, EVENT_COLUMNS, telling=TELLING, sheet=self.sheet)
        async with sessions() as session:
            names = await list_names(session, within=desk.caller.unit_path)
            steps = await list_steps(session)
        naming = Naming.of(names, unit=self.unit, procedure=None)
        reading = EventReading(naming, steps_by_word(steps), self.step, self.outcome)
        told = Outcome(unread=table.headings.unread)

        def read(row: TableRow) -> FormRow[Sent]:
            found = FormRow[Sent](table, row, places=_PLACES, stands_in=_STANDS_IN)
            return found.read(reading.document, EventIn.model_validate)

        async def store(chunk: Sequence[FormRow[Sent]]) -> None:
            lines = {row.number: row.value for row in chunk if row.value is not None}
            noted = await stored(
                sessions, partial(record_onboarding, lines=lines, desk=desk), dry_run=self.dry_run
            )
            for row in chunk:
                _count(row, noted.get(row.number), told)

        await go_through(table, read=read, store=store)
        told.passed_over = table.passed_over
        return told


def _count(row: FormRow[Sent], became: Noted | Refusal | None, outcome: Outcome) -> None:
    match became:
        case Noted(repeated=False):
            outcome.stored += 1
        case Noted():
            outcome.unchanged += 1
        case Refusal(code=EventIdReused.code):
            row.remarks.differs(["/step"], DIFFERS)
            outcome.changed += 1
        case Refusal():
            row.remarks.refused(became.code, became.pointer, became.facts)
            outcome.refused += 1
        case None:
            outcome.refused += 1
    outcome.remarks += row.remarks.list
