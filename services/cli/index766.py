"""`lienthong report index766`: the estimated score of a unit's month, beside the portal's, if wanted."""

import asyncio
import json
from datetime import UTC, date, datetime
from functools import partial
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.table import Table

from services.api.schemas.index766 import IndexOut, write_csv
from services.cli.transaction import with_sessions
from services.core.application.compare_index766 import Compared, compare_index766
from services.core.application.read_index766 import UnitIndex, read_index766
from services.core.application.refresh_index766 import refresh_index766
from services.core.config import EvaluationSettings
from services.core.domain.indicator import month_of
from services.core.domain.indicator.published import Difference, Side
from services.core.domain.outcome import Failure
from services.core.gateways.portal import EvaluationAddress, PortalEvaluation
from services.core.persistence.engine import Sessions

#: The comparison was not made.
_NOT_DONE: Final = 2
_DIFFERENT: Final = 1
_PAUSE_SECONDS: Final = 0.5


def index766(
    *,
    unit: Annotated[
        str | None, typer.Option(help="Mã đơn vị, gồm cả đơn vị dưới / unit code, with those below it")
    ] = None,
    month: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m"], help="Tháng, như 2026-01 / month; default: this one")
    ] = None,
    compare: Annotated[
        bool, typer.Option("--compare", help="So với Cổng công bố / beside what the portal publishes")
    ] = False,
    department: Annotated[
        str | None,
        typer.Option(help="Mã cơ quan (UUID) trên Cổng / the province's id on the portal; default: its code"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Kết quả dạng CSV / print CSV")] = False,
) -> None:
    """Ước tính điểm theo Bộ chỉ số 766 / estimate of index 766, counted up to this moment.

    Với --compare: mã kết thúc 0 là khớp, 1 là có chênh lệch, 2 là không hỏi được Cổng.
    / With --compare: exit code 0 for agreement, 1 for differences, 2 if the portal could not be asked.
    """
    if as_json and as_csv:
        raise typer.BadParameter("--json hoặc --csv / one of the two")
    wanted = month_of(datetime.now(UTC)) if month is None else month.date()
    if compare:
        _compare(with_sessions(partial(_compared, unit, wanted, department)), as_json=as_json)
        return
    found = with_sessions(partial(_read, unit, wanted))
    if as_json:
        typer.echo(IndexOut.of(found).model_dump_json())
    elif as_csv:
        typer.echo(write_csv(IndexOut.of(found)), nl=False)
    else:
        _print(found)


async def _read(unit: str | None, month: date, sessions: Sessions) -> UnitIndex:
    await _refresh(sessions)
    async with sessions() as session:
        return await read_index766(session, unit=unit, month=month)


async def _compared(
    unit: str | None, month: date, department: str | None, sessions: Sessions
) -> Compared | Failure:
    settings = EvaluationSettings()
    portal = PortalEvaluation(
        EvaluationAddress(settings.address, settings.evaluation_seconds, settings.evaluation_bytes)
    )
    await _refresh(sessions)
    try:
        return await compare_index766(sessions, portal=portal, unit=unit, month=month, department=department)
    finally:
        await portal.close()


async def _refresh(sessions: Sessions) -> None:
    """Count until all dossiers were looked at once, taking turns with a worker that does the same."""
    while True:
        async with sessions.begin() as session:
            done = await refresh_index766(session)
        if done is None:
            await asyncio.sleep(_PAUSE_SECONDS)
        elif done.came_round:
            return


def _print(found: UnitIndex) -> None:
    shown = IndexOut.of(found)
    table = Table(
        "Chỉ số / indicator",
        "Tử / num.",
        "Mẫu / den.",
        "%",
        "Điểm / points",
        "Tối đa / max",
        "Mất / lost",
        "Thêm để tăng điểm / missing",
        title=f"{found.unit.name} – {found.month:%m/%Y}",
    )
    for line in shown.indicators:
        table.add_row(
            f"{line.name_vi} / {line.name_en}{' *' if line.doubts else ''}{' °' if line.not_held else ''}",
            *map(_cell, (line.numerator, line.denominator, line.ratio, line.points)),
            str(line.maximum),
            str(line.lost),
            _cell(line.missing),
        )
    table.add_section()
    table.add_row("Cộng / total", "", "", "", str(shown.points), str(shown.maximum), str(shown.lost))
    Console().print(table)
    typer.echo(
        "* công thức hoặc đầu vào chưa chắc chắn / formula or input uncertain; "
        "° không có dữ liệu, tính như không phát sinh / nothing held, scored as though there were no case"
    )


def _compare(found: Compared | Failure, *, as_json: bool) -> None:
    if not isinstance(found, Compared):
        typer.echo(f"Không hỏi được Cổng / the portal could not be asked: {found}", err=True)
        raise typer.Exit(_NOT_DONE)
    if as_json:
        typer.echo(json.dumps([_document(one) for one in found.differences], ensure_ascii=False))
    else:
        _print_differences(found)
    if found.differences:
        raise typer.Exit(_DIFFERENT)


def _print_differences(found: Compared) -> None:
    if not found.differences:
        points = found.published.total
        typer.echo(f"Khớp hoàn toàn / both agree: {points} / {found.ours.report.total.maximum}")
        return
    table = Table("Chỉ số / indicator", "Của ta / ours", "Của Cổng / the portal's")
    for one in found.differences:
        table.add_row(one.code, _side(one.ours), _side(one.theirs))
    Console().print(table)


def _side(side: Side) -> str:
    points = _cell(side.points)
    return points if side.denominator is None else f"{side.numerator}/{side.denominator} → {points}"


def _document(one: Difference) -> dict[str, Any]:
    return {"code": one.code, "ours": _numbers(one.ours), "portal": _numbers(one.theirs)}


def _numbers(side: Side) -> dict[str, Any]:
    points = None if side.points is None else float(side.points)
    return {"numerator": side.numerator, "denominator": side.denominator, "points": points}


def _cell(value: object) -> str:
    return "–" if value is None else str(value)
