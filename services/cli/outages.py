"""`lienthong outages`: when the portal was unreachable or refused service."""

import csv
import json
import sys
from datetime import datetime
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.schemas.outages import OutageOut
from services.cli.transaction import in_transaction
from services.core.application.list_outages import list_outages
from services.core.domain.deadline import VIETNAM
from services.core.domain.false_late import OutageKind
from services.core.persistence.outage_log import LoggedWindow

app = typer.Typer(no_args_is_help=True, help="Những đợt Cổng gián đoạn / when the portal was not to be had")

_PAGE: Final = 500
_KINDS: Final = {
    OutageKind.UNREACHABLE: "Không trả lời / unreachable",
    OutageKind.REFUSED: "Từ chối phục vụ / refused",
}


@app.callback()
def group() -> None:
    """Hold the name of the group, which has a single command so far."""


@app.command("list")
def show(
    *,
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Từ ngày (giờ Việt Nam) / from this day in Việt Nam"),
    ] = None,
    kind: Annotated[OutageKind | None, typer.Option(help="Chỉ loại này / this kind only")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")] = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="Kết quả dạng CSV / print CSV")] = False,
) -> None:
    """Liệt kê, mới nhất trước, kèm số hồ sơ bị ảnh hưởng / list with the dossiers affected, newest first."""
    if as_json and as_csv:
        raise typer.BadParameter("--json hoặc --csv / one of the two")
    from_ = None if since is None else since.replace(tzinfo=VIETNAM)
    windows = in_transaction(lambda session: _all(session, kind, from_))
    documents = [OutageOut.of(window).model_dump(mode="json") for window in windows]
    if as_json:
        typer.echo(json.dumps(documents, ensure_ascii=False))
    elif as_csv:
        table = csv.DictWriter(sys.stdout, list(OutageOut.model_fields), lineterminator="\n")
        table.writeheader()
        table.writerows({**document, "reasons": " ".join(document["reasons"])} for document in documents)
    else:
        _print(windows)


async def _all(session: AsyncSession, kind: OutageKind | None, since: datetime | None) -> list[LoggedWindow]:
    windows: list[LoggedWindow] = []
    place: int | None = None
    while True:
        page, place = await list_outages(session, kind=kind, since=since, before=place, limit=_PAGE)
        windows += page
        if place is None:
            return windows


def _print(windows: list[LoggedWindow]) -> None:
    table = Table(
        "Số / no",
        "Loại / kind",
        "Từ / from",
        "Đến / to",
        "Phút / minutes",
        "Hồ sơ chờ / waiting",
        "Bị tính quá hạn / flagged",
        "Trễ oan do Cổng / excused",
    )
    for window in windows:
        table.add_row(
            str(window.id),
            " ".join([_KINDS[window.kind], *window.reasons]),
            _moment(window.began_at),
            "đang kéo dài / lasts" if window.ended_at is None else _moment(window.ended_at),
            f"{window.minutes:.1f}",
            _count(window.dossiers_waiting),
            _count(window.dossiers_flagged),
            str(window.dossiers_excused),
        )
    Console().print(table)


def _moment(at: datetime) -> str:
    return f"{at.astimezone(VIETNAM):%d/%m/%Y %H:%M:%S}"


def _count(number: int | None) -> str:
    return "–" if number is None else str(number)
