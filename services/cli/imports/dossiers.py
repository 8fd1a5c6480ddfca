"""`lienthong import dossiers`: a register as a spreadsheet or CSV, or lines of JSON."""

from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer

from services.api.runtime import SystemClock
from services.cli.imports.dossier_table import TableOptions, import_table
from services.cli.imports.lines import Tally, import_lines, tell_lines
from services.cli.imports.options import AsJson, Client, DryRun, File, ReportFile, Sheet
from services.cli.imports.outcome import Outcome, tell
from services.cli.tables.fault import TableUnreadable
from services.cli.transaction import with_sessions
from services.core.application.catalogue import Catalogue
from services.core.application.desk import Desk
from services.core.config import VerdictSettings
from services.core.domain.filing import Channel, FilingMode
from services.core.persistence.clients import ClientRepository
from services.core.persistence.engine import Sessions

_CATALOGUE_SECONDS: Final = 60.0
_LINES: Final = frozenset({".ndjson", ".jsonl"})
_CHANNELS: Final = [channel.name.lower() for channel in Channel]


def dossiers(
    *,
    file: File,
    client: Client,
    unit: Annotated[
        str | None, typer.Option(help="Mã đơn vị cho dòng không ghi / for rows without one")
    ] = None,
    procedure: Annotated[
        str | None, typer.Option(help="Mã thủ tục cho dòng không ghi / for rows without one")
    ] = None,
    channel: Annotated[
        str | None, typer.Option(help=f"Hình thức nộp cho dòng không ghi / {', '.join(_CHANNELS)}")
    ] = None,
    filing_mode: Annotated[
        FilingMode | None, typer.Option(help="Ai kê khai, cho dòng không ghi / who filled the form in")
    ] = None,
    prefix: Annotated[
        str | None,
        typer.Option(help="Ghép trước số thứ tự khi tệp không có mã hồ sơ / before the own number"),
    ] = None,
    officer: Annotated[
        str, typer.Option(help="Cán bộ khi dòng không ghi / where none is named")
    ] = "Hệ thống cũ",
    returned_is_finished: Annotated[
        bool,
        typer.Option(
            "--returned-is-finished",
            help="Sổ chỉ có ngày trả: coi đó cũng là ngày xử lý xong / the return also ends the work",
        ),
    ] = False,
    sheet: Sheet = None,
    dry_run: DryRun = False,
    report: ReportFile = None,
    as_json: AsJson = False,
) -> None:
    """Nhập hồ sơ từ sổ theo dõi (XLSX, CSV) hoặc NDJSON / dossiers from a register or from lines of JSON.

    Chạy lại cùng tệp không tạo hồ sơ lần nữa, không ghi đè / running it again creates and overwrites nothing.
    """
    if channel is not None and channel not in _CHANNELS:
        raise typer.BadParameter(f"--channel: {', '.join(_CHANNELS)}")
    if file.suffix.lower() in _LINES:
        if dry_run or report is not None:
            raise typer.BadParameter("--dry-run, --report: XLSX, CSV")
        tell_lines(with_sessions(partial(_lines, file.read_bytes(), client)), file, as_json=as_json)
        return
    options = TableOptions(
        sheet=sheet,
        unit=unit,
        procedure=procedure,
        prefix=prefix,
        officer=officer,
        channel=channel,
        filing_mode=filing_mode,
        returned_is_finished=returned_is_finished,
        dry_run=dry_run,
    )
    try:
        outcome = with_sessions(partial(_table, file, options, client))
    except TableUnreadable as exc:
        typer.echo(f"{file}: {exc}", err=True)
        raise typer.Exit(2) from exc
    tell(outcome, report=report, as_json=as_json, dry_run=dry_run)


async def _lines(content: bytes, client: str, sessions: Sessions) -> Tally:
    return await import_lines(content, await _desk(client, sessions), sessions)


async def _table(file: Path, options: TableOptions, client: str, sessions: Sessions) -> Outcome:
    return await import_table(file, options, await _desk(client, sessions), sessions)


async def _desk(client: str, sessions: Sessions) -> Desk:
    async with sessions() as session:
        caller = await ClientRepository(session).get_by_name(client)
    return Desk(caller, Catalogue(seconds=_CATALOGUE_SECONDS), VerdictSettings().comparison, SystemClock())
