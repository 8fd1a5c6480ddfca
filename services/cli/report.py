"""`lienthong report`: the figures that offices publish, computed from what is stored."""

import json
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from services.api.figure_files import csv_of, write_xlsx
from services.api.figure_table import SECTIONS, both, group_name
from services.api.schemas.figures import PublishedFigureOut
from services.cli.index766 import index766
from services.cli.transaction import with_sessions
from services.core.application.figure_sources import FigureScope
from services.core.application.find_subtree import find_subtree
from services.core.application.report_figures import report_figures
from services.core.domain.deadline import VIETNAM
from services.core.domain.figures import Grouping, Period, year_so_far
from services.core.domain.reporting import FigureLine
from services.core.persistence.engine import Sessions
from services.core.persistence.one_state import read_one_state

app = typer.Typer(no_args_is_help=True, help="Báo cáo số liệu / reports")

_DAY: Final = ["%Y-%m-%d", "%d/%m/%Y"]
_UNKNOWN: Final = "–"

Day = datetime | None
Target = Annotated[
    Path | None, typer.Option(dir_okay=False, writable=True, help="Ghi vào tệp / write a file")
]


app.command("index766")(index766)


@app.command()
def figures(
    *,
    unit: Annotated[
        str | None, typer.Option(help="Mã đơn vị, gồm cấp dưới / unit with those below it")
    ] = None,
    first: Annotated[Day, typer.Option("--from", formats=_DAY, help="Từ ngày / from")] = None,
    last: Annotated[Day, typer.Option("--to", formats=_DAY, help="Đến hết ngày / to, included")] = None,
    by_unit: Annotated[bool, typer.Option("--by-unit", help="Từng đơn vị / each unit for itself")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")] = False,
    csv: Target = None,
    xlsx: Target = None,
) -> None:
    """Các chỉ tiêu công bố, tính từ dữ liệu đã lưu / published figures, computed from what is stored.

    Không ghi ngày thì từ đầu năm đến nay / without days: this year so far.
    """
    today = datetime.now(VIETNAM).date()
    period = year_so_far(first and first.date(), last and last.date(), today=today)
    grouping = Grouping.UNIT if by_unit else Grouping.TOTAL
    lines = with_sessions(partial(_lines, unit, period, today, grouping))
    if csv is not None:
        csv.write_bytes(csv_of(lines))
    if xlsx is not None:
        with xlsx.open("wb") as file:
            write_xlsx(file, lines)
    if as_json:
        typer.echo(json.dumps(_document(lines, period, unit), ensure_ascii=False))
    elif csv is None and xlsx is None:
        _print(lines)


async def _lines(
    unit: str | None, period: Period, today: date, by: Grouping, sessions: Sessions
) -> list[FigureLine]:
    async with sessions() as session:
        await read_one_state(session)
        path = (await find_subtree(session, code=unit)).path
        scope = FigureScope(path=path, period=period, today=today, by=by)
        return await report_figures(session, scope=scope)


def _document(lines: list[FigureLine], period: Period, unit: str | None) -> dict[str, Any]:
    return {
        "unit": unit,
        "from": period.first.isoformat(),
        "to": period.last.isoformat(),
        "figures": [PublishedFigureOut.of(line).model_dump(mode="json", by_alias=True) for line in lines],
    }


def _print(lines: list[FigureLine]) -> None:
    """Print a table for each chapter; dashes stand for what is not known."""
    console = Console()
    for section, name in SECTIONS.items():
        chapter = [line for line in lines if line.figure.section is section]
        if chapter:
            console.print(_chapter(chapter, both(name)))


def _chapter(lines: list[FigureLine], title: str) -> Table:
    table = Table("Chỉ tiêu / figure", "Đơn vị / of", title=title, title_justify="left", expand=True)
    for heading in ("Số lượng / count", "Trên / of", "%", "Mục tiêu / target"):
        table.add_column(heading, justify="right")
    for line in lines:
        table.add_row(
            both(line.figure.name),
            group_name(line),
            f"{line.numerator:,}",
            _UNKNOWN if line.denominator is None else f"{line.denominator:,}",
            _UNKNOWN if line.share is None else str(line.share),
            "" if line.target is None else str(line.target),
        )
    return table
