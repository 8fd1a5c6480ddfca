"""The `lienthong` command: the only module that may start everything."""

import asyncio
import os
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from pydantic import ValidationError

from services.cli.on_demand import OnDemandGroup
from services.cli.processes import ServiceFailed
from services.core.config import DatabaseSettings, settings_faults
from services.core.persistence import schema
from services.core.persistence.engine import create_engine
from services.core.telemetry import logging
from services.core.telemetry.crash_points import CrashRefused
from services.embedded import EmbeddedError

app = typer.Typer(
    cls=OnDemandGroup,
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,
    help="Đưa hồ sơ một cửa lên Cổng DVCQG / brings one-stop-shop dossiers to the national portal",
)
database = typer.Typer(no_args_is_help=True, help="Cơ sở dữ liệu / the database")
app.add_typer(database, name="db")

Host = Annotated[str | None, typer.Option(help="Địa chỉ lắng nghe / address to listen on")]
Port = Annotated[int | None, typer.Option(min=1, max=65_535, help="Cổng lắng nghe / port to listen on")]
Folder = Annotated[Path, typer.Option(help="Nơi giữ dữ liệu và nhật ký / where data and logs are kept")]

AnyPorts = Annotated[bool, typer.Option("--any-ports", help="Cổng trống bất kỳ / whatever ports are free")]


@database.command("upgrade")
def upgrade_database() -> None:
    """Cập nhật cấu trúc dữ liệu / bring the schema up to date; safe to repeat."""
    asyncio.run(_upgrade(DatabaseSettings().database_url.get_secret_value()))
    typer.echo(f"Cấu trúc dữ liệu / schema: {schema.wanted_revision()}")


@app.command()
def api(host: Host = None, port: Port = None) -> None:
    """Chạy API cho phần mềm một cửa / serve desk software."""
    from services.api.main import run  # noqa: PLC0415 - a service loads what it needs, not the others

    _prefer("LIENTHONG_API_", host, port)
    run()


@app.command()
def worker() -> None:
    """Chạy tiến trình đồng bộ / bring dossiers to the portal."""
    from services.sync_worker.main import run  # noqa: PLC0415 - a service loads what it needs, not the others

    run()


@app.command()
def metrics(host: Host = None, port: Port = None) -> None:
    """Chạy dịch vụ số đo cho Prometheus / serve metrics."""
    from services.metrics.main import run  # noqa: PLC0415 - a service loads what it needs, not the others

    _prefer("LIENTHONG_METRICS_", host, port)
    run()


@app.command()
def console(host: Host = None, port: Port = None) -> None:
    """Chạy trang theo dõi cho vận hành / serve the pages for operations."""
    from services.console.main import run  # noqa: PLC0415 - a service loads what it needs, not the others

    _prefer("LIENTHONG_CONSOLE_", host, port)
    run()


@app.command("mock-portal")
def mock_portal(
    *,
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8090,
    catalogue: Annotated[
        Path | None, typer.Option(help="Danh mục thủ tục (CSV) / catalogue of procedures")
    ] = None,
    strictness: Annotated[
        Literal["strict", "usual", "lenient"],
        typer.Option(help="Mức kiểm tra dữ liệu gửi lên / how much is refused"),
    ] = "usual",
    preset: Annotated[str | None, typer.Option(help="Kịch bản lỗi / weather by name")] = None,
    tenant: Annotated[
        list[str] | None, typer.Option(help="Mở sẵn, có thể lặp lại / opened at once; may be repeated")
    ] = None,
    state: Annotated[
        Path | None, typer.Option(help="Tệp giữ trạng thái qua lần chạy sau / a file that survives a restart")
    ] = None,
    holdings: Annotated[
        bool,
        typer.Option("--holdings", help="Có dịch vụ danh sách hồ sơ (suy đoán) / offer lists (inferred)"),
    ] = False,
) -> None:
    """Chạy Cổng DVCQG giả lập để kiểm thử / serve the mock national portal."""
    from services.mock_portal.main import (  # noqa: PLC0415 - a service loads what it needs, not the others
        CannotStart,
        StartOptions,
        run,
    )
    from services.mock_portal.settings import PortalSettings  # noqa: PLC0415 - as above
    from services.mock_portal.strictness import Strictness  # noqa: PLC0415 - as above

    settings = PortalSettings(
        catalogue_path=catalogue, strictness=Strictness(strictness), offers_holdings=holdings
    )
    try:
        run(
            host,
            port,
            settings=settings,
            options=StartOptions(tenants=tenant or (), preset=preset, state_file=state),
        )
    except CannotStart as reason:
        typer.echo(str(reason), err=True)
        raise typer.Exit(2) from reason


@app.command("mock-population")
def mock_population(
    host: str = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65_535)] = 8091,
    citizens: Annotated[
        int, typer.Option(min=0, max=100_000, help="Số công dân giả lập / invented citizens")
    ] = 5000,
    seed: Annotated[int, typer.Option(help="Cùng số, cùng dân cư / same number, same people")] = 0,
) -> None:
    """Chạy CSDL dân cư giả lập để kiểm thử / serve the mock population database."""
    from services.mock_population.main import run  # noqa: PLC0415 - a service loads what it needs, not the others
    from services.mock_population.settings import PopulationSettings  # noqa: PLC0415 - as above

    run(host, port, settings=PopulationSettings(citizens=citizens, seed=seed))


@app.command()
def up(
    *,
    folder: Folder = Path(".lienthong/up"),
    fresh: Annotated[bool, typer.Option("--fresh", help="Xóa dữ liệu cũ / empty the database first")] = False,
    any_ports: AnyPorts = False,
) -> None:
    """Chạy toàn bộ hệ thống để phát triển / run everything for development, until Ctrl-C."""
    from services.cli.development import run_everything  # noqa: PLC0415 - needs the embedded extra

    run_everything(folder, fresh=fresh, any_ports=any_ports)


@app.command()
def demo(
    *,
    exit_at_end: Annotated[
        bool, typer.Option("--exit", help="Kết thúc khi đếm xong / end after the count")
    ] = False,
    summary: Annotated[Path | None, typer.Option(help="Ghi kết quả JSON / write the figures as JSON")] = None,
    dossiers: Annotated[
        int, typer.Option(min=100, max=100_000, help="Số hồ sơ / number of dossiers")
    ] = 10_071,
    kill: Annotated[
        bool, typer.Option("--kill", help="kill -9 API và tiến trình đồng bộ giữa chừng / on the way")
    ] = False,
    seed: int = 2024,
    any_ports: AnyPorts = False,
    folder: Folder = Path(".lienthong/demo"),
) -> None:
    """Mười nghìn hồ sơ và một Cổng DVCQG hay ngừng / ten thousand dossiers, and a portal that falls over."""
    from services.cli.demo.run import run_demo  # noqa: PLC0415 - needs the embedded extra
    from services.cli.demo.story import DemoOptions  # noqa: PLC0415 - as above

    options = DemoOptions(
        dossiers=dossiers,
        seed=seed,
        kill=kill,
        exit_at_end=exit_at_end,
        summary=summary,
        folder=folder,
        any_ports=any_ports,
    )
    raise typer.Exit(run_demo(options))


def _prefer(prefix: str, host: str | None, port: int | None) -> None:
    """Let options win over the environment, which is where services read their settings."""
    for name, value in (("HOST", host), ("PORT", port)):
        if value is not None:
            os.environ[prefix + name] = str(value)


async def _upgrade(url: str) -> None:
    engine = create_engine(url, application="lienthong-upgrade")
    try:
        await schema.upgrade(engine)
    finally:
        await engine.dispose()


def main() -> None:
    """Run a command; a part that does not come up is told to the person, without a stack trace."""
    # What a command prints is its answer, which may be piped. Services set up their own logs.
    logging.configure(service="cli", level="WARNING", stream=sys.stderr)
    try:
        app()
    except (ServiceFailed, EmbeddedError, CrashRefused) as failure:
        typer.echo(str(failure), err=True)
        raise SystemExit(1) from failure
    except ValidationError as error:
        if (lines := settings_faults(error)) is None:
            raise
        typer.echo(lines, err=True)
        raise SystemExit(2) from error


if __name__ == "__main__":
    main()
