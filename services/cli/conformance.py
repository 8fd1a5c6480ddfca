"""`lienthong conformance`: how well a desk system gets on with the portal."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from services.conformance.driver import DSTCODE, PASSWORD, USERNAME, DriverFailed, DriverProcess
from services.conformance.report import Report, write_report
from services.conformance.run import Patience, Result, run_script
from services.conformance.situation import SITUATIONS, Situation
from services.mock_portal.instance import running_portal
from services.mock_portal.settings import PortalSettings
from services.mock_testing.portal import PortalControl


def chosen(names: Sequence[str]) -> list[Situation]:
    """Give the situations of these names, all if there are none; raises `typer.BadParameter`."""
    known = {situation.name: situation for situation in SITUATIONS}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise typer.BadParameter(f"{', '.join(unknown)}; có / there are: {', '.join(known)}")
    return [known[name] for name in names] or list(SITUATIONS)


def examine(
    driver: Sequence[str], *, name: str, situations: Sequence[Situation], patience: Patience, folder: Path
) -> Report:
    """Start a portal and the driver, go through the situations, write the report.

    Raises `DriverFailed`, and `OSError` when the report cannot be written.
    """
    settings = PortalSettings(dstcode=DSTCODE, accounts={USERNAME: PASSWORD})
    with (
        running_portal(settings) as address,
        PortalControl(address) as portal,
        DriverProcess(driver, address) as desk,
    ):
        results = run_script(portal, desk, situations, patience=patience, show=_show)
    report = Report(name, datetime.now(UTC), results)
    write_report(report, folder)
    return report


app = typer.Typer(add_completion=False)

_DRIVER_HELP = "Chương trình điều khiển phần mềm một cửa / program that drives the desk system, after --"


def _show(result: Result) -> None:
    mark = "✓" if result.handled else "✗"
    typer.echo(f"{mark} {result.situation.vi} / {result.situation.en}", err=True)
    for finding in result.findings:
        if not finding.holds:
            typer.echo(f"    {finding.vi} / {finding.en} ({finding.detail})", err=True)


@app.command()
def conformance(
    driver: Annotated[list[str], typer.Argument(help=_DRIVER_HELP)],
    *,
    name: Annotated[str, typer.Option(help="Tên phần mềm / name of the system")] = "Phần mềm một cửa",
    out: Annotated[Path, typer.Option(help="Thư mục ghi báo cáo / where the report goes")] = Path(
        "conformance"
    ),
    only: Annotated[list[str] | None, typer.Option(help="Chỉ các tình huống này / these alone")] = None,
    arrive: Annotated[float, typer.Option(help="Chờ hồ sơ đến, giây / wait for arrival, s")] = 60.0,
    watch: Annotated[float, typer.Option(help="Xem có gửi thừa, giây / watch for repeats, s")] = 8.0,
    as_json: Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")] = False,
) -> None:
    """Đánh giá phần mềm một cửa khi đồng bộ với Cổng / how a desk system gets on with the portal.

    Ends with 1 unless every situation is handled.
    """
    situations = chosen(only or [])
    patience = Patience(arrive=arrive, watch=watch)
    try:
        report = examine(driver, name=name, situations=situations, patience=patience, folder=out)
    except DriverFailed as failure:
        raise typer.BadParameter(str(failure), param_hint="driver") from failure
    typer.echo(
        f"Xử lý đúng / handled: {report.handled}/{len(report.results)}: {out / 'report.html'}", err=True
    )
    if as_json:
        typer.echo(json.dumps(report.document(), ensure_ascii=False))
    raise typer.Exit(0 if report.handled == len(report.results) else 1)
