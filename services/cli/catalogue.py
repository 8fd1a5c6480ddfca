"""`lienthong catalogue`: the portal's catalogue of procedures, and where ours differs."""

import json
from dataclasses import asdict
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from services.api.runtime import SystemClock
from services.cli.transaction import in_transaction, with_sessions
from services.core.application.compare_catalogues import compare_catalogues
from services.core.application.refresh_catalogue import Refreshed, refresh_catalogue
from services.core.config import PortalSettings, WorkerSettings
from services.core.domain.portal_catalogue import Credibility, DifferenceKind
from services.core.gateways.portal import PortalClient
from services.core.persistence.engine import Sessions
from services.sync_worker.main import portal_address

app = typer.Typer(no_args_is_help=True, help="Danh mục thủ tục của Cổng / the portal's procedures")

AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]

_KINDS: Final = {
    DifferenceKind.UNKNOWN_TO_PORTAL: "Cổng không có / unknown to the portal",
    DifferenceKind.MISSING: "Vắng, chờ xác nhận / missing, to be confirmed",
    DifferenceKind.UNKNOWN_TO_US: "Ta chưa có / unknown to us",
    DifferenceKind.NAME: "Tên / name",
    DifferenceKind.FIELD_CODE: "Mã lĩnh vực / field code",
    DifferenceKind.FIELD_NAME: "Tên lĩnh vực / field name",
    DifferenceKind.PROCESSING_TIME: "Thời hạn / processing time",
    DifferenceKind.FEE: "Phí, lệ phí / fee",
}
_DOUBTS: Final = {
    Credibility.EMPTY: "danh sách trống / an empty list",
    Credibility.UNREADABLE: "có dòng không đọc được / unreadable rows",
    Credibility.SHRUNK: (
        "thiếu quá nhiều so với lần trước; nếu đúng là Cổng đã bỏ, chạy lại với --trust-shrinking"
        " / too many are gone; if they really are, run again with --trust-shrinking"
    ),
}


@app.command()
def refresh(
    *,
    trust_shrinking: Annotated[
        bool,
        typer.Option("--trust-shrinking", help="Tin cả khi thiếu nhiều / believe it even if many are gone"),
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Đọc danh mục của Cổng; danh mục của ta giữ nguyên / read the portal's catalogue, ours stays as it is.

    Thủ tục vắng mặt chỉ bị coi là không còn khi vắng trong hai ngày khác nhau.
    / A procedure counts as gone when it is missing on two different days.
    """
    refreshed = with_sessions(lambda sessions: _refresh(sessions, trust_shrinking=trust_shrinking))
    if as_json:
        typer.echo(json.dumps(asdict(refreshed), ensure_ascii=False))
    elif refreshed.failure is not None:
        typer.echo(f"Cổng không cho danh mục / the portal gave no list: {refreshed.failure}", err=True)
    else:
        _tell(refreshed)
    if refreshed.failure is not None:
        raise typer.Exit(1)


@app.command("differences")
def show_differences(as_json: AsJson = False) -> None:
    """Liệt kê chỗ khác nhau với danh mục của Cổng / list where our catalogue differs from the portal's."""
    found = in_transaction(compare_catalogues)
    if as_json:
        typer.echo(json.dumps([asdict(difference) for difference in found], ensure_ascii=False))
        return
    table = Table("Khác ở / difference", "Mã / code", "Của ta / ours", "Của Cổng / the portal's")
    for difference in found:
        table.add_row(
            _KINDS[difference.kind], difference.code, difference.ours or "–", difference.portals or "–"
        )
    Console().print(table)


async def _refresh(sessions: Sessions, *, trust_shrinking: bool) -> Refreshed:
    settings = PortalSettings()
    client = PortalClient(portal_address(settings, WorkerSettings()))
    console = Console(stderr=True)
    try:
        with Progress(console=console, disable=not console.is_terminal) as bar:
            shown = bar.add_task("Thủ tục / procedures", total=None)
            return await refresh_catalogue(
                sessions,
                portal=client,
                clock=SystemClock(),
                most_vanished=settings.catalogue_vanished_share,
                trust_shrinking=trust_shrinking,
                progress=lambda done, total: bar.update(shown, completed=done, total=total),
            )
    finally:
        await client.close()


def _tell(refreshed: Refreshed) -> None:
    typer.echo(
        f"Cổng có / listed {refreshed.listed}, chi tiết / details"
        f" {refreshed.details_read}/{refreshed.details_wanted}"
    )
    for code in refreshed.gone:
        typer.echo(f"Không còn trên Cổng / gone: {code}")
    for code in refreshed.back:
        typer.echo(f"Đã có lại / back: {code}")
    if refreshed.credibility is not None and refreshed.credibility in _DOUBTS:
        doubt = _DOUBTS[refreshed.credibility]
        typer.echo(f"Không tính thủ tục vắng mặt / absences do not count: {doubt}", err=True)
