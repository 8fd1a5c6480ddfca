"""`lienthong import dossiers`: a register as a spreadsheet or CSV, or lines of JSON."""

from functools import partial
from typing import Annotated, Final

import typer

from services.cli.imports.desk import on_behalf
from services.cli.imports.dossier_table import TableOptions, import_table
from services.cli.imports.lines import import_lines, tell_lines
from services.cli.imports.options import AsJson, Client, DryRun, File, ReportFile, Sheet
from services.cli.imports.outcome import tell
from services.core.domain.filing import Channel, FilingMode
from services.core.persistence.statistics import Filled

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
        work = partial(import_lines, file.read_bytes())
        return tell_lines(on_behalf(client, file, work, fills=Filled.DOSSIERS), file, as_json=as_json)
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
    fills, table = None if dry_run else Filled.DOSSIERS, partial(import_table, file, options)
    outcome = on_behalf(client, file, table, fills=fills)
    return tell(outcome, report=report, as_json=as_json, dry_run=dry_run)
