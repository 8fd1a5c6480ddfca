"""`lienthong reconcile`: compare with what the portal holds, and mend what differs."""

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from os import getpid
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console

from services.cli.reconciliation_report import as_document, exit_code, print_report
from services.cli.stages import Stages
from services.cli.transaction import with_sessions
from services.core.application.reconcile import Reconciled, Reconciling, Scope, Source, reconcile
from services.core.config import Holdings, HoldingsSettings, PortalSettings, VerdictSettings, WorkerSettings
from services.core.domain.ports import PortalHoldings
from services.core.domain.verdict import VIETNAM
from services.core.gateways.portal import ListService, PortalClient, ReportUnreadable, read_report
from services.core.persistence.engine import Sessions
from services.core.persistence.holdings import HoldingsRepository
from services.sync_worker.main import portal_address

app = typer.Typer()

#: A worker holds a dossier for minutes at most, from its claim to its settlement.
HORIZON: Final = timedelta(minutes=10)
_LEASE: Final = timedelta(minutes=2)
_DAYS_BACK: Final = 30
#: Lists are longer than the answers that the worker reads, and take longer to make.
_LIST_BYTES: Final = 16 * 1024 * 1024
_LIST_SECONDS: Final = 60.0
_NOT_DONE: Final = 2

_DAY: Final = ["%Y-%m-%d"]


@dataclass(frozen=True, slots=True)
class PortalSide:
    """Where the portal's holdings come from, and when they were taken (`None`: as they are asked for)."""

    source: Source
    report: Path | None
    taken_at: datetime | None


@app.command("reconcile")
def reconcile_holdings(
    *,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=_DAY, help="Tiếp nhận từ ngày / received from")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=_DAY, help="đến hết ngày / to, included")
    ] = None,
    unit: Annotated[
        str | None, typer.Option(help="Mã đơn vị, gồm cả đơn vị dưới / unit code, with those below it")
    ] = None,
    portal_report: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, help="Báo cáo xuất từ Cổng (CSV) / report from the portal"),
    ] = None,
    taken_at: Annotated[
        datetime | None,
        typer.Option(help="Lúc xuất báo cáo, giờ Việt Nam / when it was exported; default: the file's time"),
    ] = None,
    repair: Annotated[
        bool, typer.Option("--repair", help="Sửa chênh lệch; không có thì chỉ xem / mend; default: dry run")
    ] = False,
    per_minute: Annotated[
        int, typer.Option(min=1, max=6000, help="Số hồ sơ sửa mỗi phút / dossiers mended a minute")
    ] = 60,
    as_json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")] = False,
) -> None:
    """Đối soát với Cổng DVCQG / compare with what the portal holds, and mend what differs."""
    today = datetime.now(VIETNAM).date()
    last_day = last.date() if last else today
    scope = Scope(
        first=first.date() if first else last_day - timedelta(days=_DAYS_BACK),
        last=last_day,
        unit_code=unit,
        repair=repair,
    )
    if scope.first > scope.last:
        raise typer.BadParameter("--from phải trước --to / must not be after --to")
    side = _portal_side(portal_report, taken_at)
    result, names = with_sessions(partial(_run, side, scope, per_minute))
    if result is None:
        typer.echo("Đang có một lần đối soát khác chạy / another reconciliation is under way", err=True)
        raise typer.Exit(_NOT_DONE)
    if as_json:
        typer.echo(json.dumps(as_document(result, scope, side.source), ensure_ascii=False))
    else:
        print_report(Console(), result, scope, names)
    raise typer.Exit(exit_code(result))


def _portal_side(report: Path | None, taken_at: datetime | None) -> PortalSide:
    if report is not None:
        exported_at = (
            taken_at.replace(tzinfo=VIETNAM)
            if taken_at
            else datetime.fromtimestamp(report.stat().st_mtime, tz=UTC)
        )
        return PortalSide(Source.REPORT, report, exported_at)
    if HoldingsSettings().holdings is Holdings.SERVICE:
        return PortalSide(Source.SERVICE, None, None)
    typer.echo(
        "Chưa biết Cổng đang giữ gì: thêm --portal-report TỆP, hoặc đặt LIENTHONG_PORTAL_HOLDINGS=service nếu"
        " Cổng có dịch vụ danh sách.\n"
        "Nothing tells what the portal holds: add --portal-report FILE, or set"
        " LIENTHONG_PORTAL_HOLDINGS=service if the portal has a list service. See docs/reconciliation.md.",
        err=True,
    )
    raise typer.Exit(_NOT_DONE)


async def _run(
    side: PortalSide, scope: Scope, per_minute: int, sessions: Sessions
) -> tuple[Reconciled | None, dict[str, str]]:
    async with _holdings(side) as holdings:
        reconciling = Reconciling(
            sessions=sessions,
            holdings=holdings,
            source=side.source,
            taken_at=side.taken_at,
            comparison=VerdictSettings().comparison,
            owner=f"{socket.gethostname()}:{getpid()}",
            horizon=HORIZON,
            lease=_LEASE,
            per_minute=per_minute,
        )
        with Stages() as stages:
            result = await reconcile(reconciling, scope, progress=stages.show)
    async with sessions() as session:
        return result, await HoldingsRepository(session).unit_names()


@asynccontextmanager
async def _holdings(side: PortalSide) -> AsyncIterator[PortalHoldings]:
    if side.report is not None:
        try:
            report = read_report(side.report)
        except ReportUnreadable as exc:
            typer.echo(f"{side.report}: {exc}", err=True)
            raise typer.Exit(_NOT_DONE) from exc
        yield report
        return
    address = portal_address(PortalSettings(), WorkerSettings())
    client = PortalClient(replace(address, reply_bytes=_LIST_BYTES, call_seconds=_LIST_SECONDS))
    try:
        yield ListService(client)
    finally:
        await client.close()
