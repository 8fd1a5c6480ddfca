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

from services.cli.operator import operator
from services.cli.reconciliation_report import as_document, exit_code, print_report
from services.cli.stages import Stages
from services.cli.transaction import with_sessions
from services.core.application.reconcile import Reconciled, Reconciling, Scope, Source, reconcile
from services.core.config import Holdings, HoldingsSettings, PortalSettings, VerdictSettings, WorkerSettings
from services.core.domain.ports import PortalHoldings
from services.core.domain.verdict import VIETNAM
from services.core.gateways.portal import (
    ListService,
    PortalClient,
    PortalReport,
    ReportUnreadable,
    read_report,
)
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
_NO_SOURCE: Final = """\
Chưa biết Cổng đang giữ gì: thêm --portal-report TỆP, hoặc đặt LIENTHONG_PORTAL_HOLDINGS=service nếu Cổng có \
dịch vụ danh sách.
Nothing tells what the portal holds: add --portal-report FILE, or set LIENTHONG_PORTAL_HOLDINGS=service if \
the portal has a list service. See docs/reconciliation.md."""


@dataclass(frozen=True, slots=True)
class ReportSide:
    """The portal's side as a file tells it."""

    report: PortalReport
    taken_at: datetime


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
    side = _report_side(portal_report, taken_at) if portal_report else None
    if side is None and HoldingsSettings().holdings is not Holdings.SERVICE:
        typer.echo(_NO_SOURCE, err=True)
        raise typer.Exit(_NOT_DONE)
    scope = _scope(first, last, side, unit=unit, repair=repair)
    result, names = with_sessions(partial(_run, side, scope, per_minute))
    if result is None:
        typer.echo("Đang có một lần đối soát khác chạy / another reconciliation is under way", err=True)
        raise typer.Exit(_NOT_DONE)
    if as_json:
        typer.echo(json.dumps(as_document(result, scope, _source(side)), ensure_ascii=False))
    else:
        print_report(Console(), result, scope, names)
    raise typer.Exit(exit_code(result))


def _report_side(path: Path, taken_at: datetime | None) -> ReportSide:
    if taken_at is None:
        exported_at = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    else:
        exported_at = taken_at.replace(tzinfo=VIETNAM)
    try:
        return ReportSide(read_report(path), exported_at)
    except (ReportUnreadable, OSError) as exc:
        typer.echo(f"{path}: {exc}", err=True)
        raise typer.Exit(_NOT_DONE) from exc


def _scope(
    first: datetime | None, last: datetime | None, side: ReportSide | None, *, unit: str | None, repair: bool
) -> Scope:
    """Take the days that were asked for; by default those of the report, or the last ones up to today."""
    last_day = side.report.last if side else datetime.now(VIETNAM).date()
    last_day = last.date() if last else last_day
    first_day = side.report.first if side else last_day - timedelta(days=_DAYS_BACK)
    first_day = first.date() if first else first_day
    if first_day > last_day:
        raise typer.BadParameter("--from phải trước --to / must not be after --to")
    return Scope(first=first_day, last=last_day, unit_code=unit, repair=repair)


def _source(side: ReportSide | None) -> Source:
    return Source.SERVICE if side is None else Source.REPORT


async def _run(
    side: ReportSide | None, scope: Scope, per_minute: int, sessions: Sessions
) -> tuple[Reconciled | None, dict[str, str]]:
    async with _holdings(side) as holdings:
        reconciling = Reconciling(
            sessions=sessions,
            holdings=holdings,
            source=_source(side),
            taken_at=side.taken_at if side else None,
            comparison=VerdictSettings().comparison,
            owner=f"{socket.gethostname()}:{getpid()}",
            by=operator(),
            horizon=HORIZON,
            lease=_LEASE,
            per_minute=per_minute,
        )
        with Stages() as stages:
            result = await reconcile(reconciling, scope, progress=stages.show)
    async with sessions() as session:
        return result, await HoldingsRepository(session).unit_names()


@asynccontextmanager
async def _holdings(side: ReportSide | None) -> AsyncIterator[PortalHoldings]:
    if side is not None:
        yield side.report
        return
    address = portal_address(PortalSettings(), WorkerSettings())
    client = PortalClient(replace(address, reply_bytes=_LIST_BYTES, call_seconds=_LIST_SECONDS))
    try:
        yield ListService(client)
    finally:
        await client.close()
