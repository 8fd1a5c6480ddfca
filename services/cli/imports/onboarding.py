"""`lienthong import onboarding`: lists of people helped, as digital teams keep them in a spreadsheet."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Annotated, Final

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.schemas.onboarding import EventIn
from services.cli.imports.desk import on_behalf
from services.cli.imports.form_row import DIFFERS, FormRow
from services.cli.imports.list_import import ListFile, ListKind
from services.cli.imports.naming import Naming
from services.cli.imports.onboarding_columns import EVENT_COLUMNS, TELLING
from services.cli.imports.onboarding_rows import EventReading, steps_by_word
from services.cli.imports.options import AsJson, Client, DryRun, File, ReportFile, Sheet
from services.cli.imports.outcome import Fate, Outcome, tell
from services.core.application.desk import Desk
from services.core.application.list_names import list_names
from services.core.application.list_steps import list_steps
from services.core.application.receive_dossiers import Refusal
from services.core.application.record_onboarding import Noted, Sent, record_onboarding
from services.core.domain.onboarding.errors import EventIdReused
from services.core.domain.onboarding.event import EventOutcome
from services.core.persistence.engine import Sessions
from services.core.persistence.statistics import Filled

_PLACES: Final = {f"/{column.name}": column.name for column in EVENT_COLUMNS} | {
    "/subject": "reference",
    "/subject/identity_number": "identity_number",
    "/subject/reference": "reference",
}


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
    work = partial(_bring_in, ListFile(file, sheet, dry_run), _Given(unit, step, outcome))
    done = on_behalf(client, file, work, fills=None if dry_run else Filled.ONBOARDING)
    tell(done, report=report, as_json=as_json, dry_run=dry_run)


@dataclass(frozen=True, slots=True)
class _Given:
    """What the command line says of rows that do not."""

    unit: str | None
    step: str | None
    outcome: EventOutcome | None


async def _bring_in(file: ListFile, given: _Given, desk: Desk, sessions: Sessions) -> Outcome:
    async with sessions() as session:
        names = await list_names(session, within=desk.caller.unit_path)
        steps = await list_steps(session)

    async def record(session: AsyncSession, lines: Mapping[int, Sent]) -> Mapping[int, Noted | Refusal]:
        return await record_onboarding(session, lines=lines, desk=desk)

    naming = Naming.of(names, unit=given.unit, procedure=None)
    reading = EventReading(naming, steps_by_word(steps), given.step, given.outcome)
    return await _LIST.bring_in(file, sessions, document=reading.document, record=record)


def _fate_of(row: FormRow[Sent], became: Noted | Refusal) -> Fate:
    match became:
        case Noted(repeated=repeated):
            return Fate.UNCHANGED if repeated else Fate.STORED
        case Refusal(code=EventIdReused.code):
            row.remarks.differs(["/step"], DIFFERS)
            return Fate.CHANGED
        case Refusal():
            row.remarks.refused(became.code, became.pointer, became.facts)
            return Fate.REFUSED


_LIST: Final[ListKind[Sent, Noted | Refusal]] = ListKind(
    columns=EVENT_COLUMNS,
    telling=TELLING,
    places=_PLACES,
    stands_in={"unit_code": ("unit_name",), "reference": ("identity_number",), "seconds": ("minutes",)},
    form=EventIn.model_validate,
    fate_of=_fate_of,
)
