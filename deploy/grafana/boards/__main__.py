"""Writes what Grafana is provisioned with, and draws the dashboards from a running Prometheus."""

import json
import time
from pathlib import Path
from typing import Annotated

import httpx
import typer

from deploy.grafana.boards import shelf
from deploy.grafana.boards.rendering.asking import Prometheus, View
from deploy.grafana.boards.rendering.page import draw_board

app = typer.Typer(add_completion=False, no_args_is_help=True)


@app.command()
def write(
    *,
    console: Annotated[
        str, typer.Option(help="Địa chỉ trang theo dõi / the console's address")
    ] = shelf.CONSOLE,
) -> None:
    """Ghi các bảng theo dõi vào deploy/grafana / write the dashboards into deploy/grafana."""
    for path in shelf.write(console=console):
        typer.echo(path.relative_to(shelf.GRAFANA))


@app.command()
def draw(
    *,
    prometheus: Annotated[str, typer.Option(help="Địa chỉ / its address")] = "http://127.0.0.1:9090",
    minutes: Annotated[float, typer.Option(min=1, help="Khoảng thời gian / time in view")] = 15,
    unit: Annotated[str | None, typer.Option(help="Mã đơn vị / a unit's code")] = None,
    out: Annotated[Path, typer.Option(help="Thư mục / folder")] = Path("docs/pictures"),
) -> None:
    """Vẽ lại các bảng theo dõi từ số đo thật / draw the dashboards from real figures."""
    end = time.time()
    try:
        with httpx.Client(base_url=prometheus, timeout=30, trust_env=False) as client:
            server = Prometheus(client)
            chosen = unit or next(iter(server.values_of("unit", "lienthong_unit_unsynced")), "")
            variables = {"$__rate_interval": "30s", "$__range": f"{60 * minutes:.0f}s", "$unit": chosen}
            view = View(end - 60 * minutes, end, variables)
            for path, text in shelf.files():
                if path.parent.name == "dashboards":
                    drawn = out / f"dashboard-{path.stem}.svg"
                    drawn.write_text(draw_board(json.loads(text), server, view), encoding="utf-8")
                    typer.echo(drawn)
    except httpx.HTTPError as error:
        typer.echo(f"Prometheus: {error}", err=True)
        raise typer.Exit(1) from error


app()
