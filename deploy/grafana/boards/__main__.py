"""Writes what Grafana is provisioned with, and draws dashboards from a running Prometheus."""

from typing import Annotated

import typer

from deploy.grafana.boards import shelf

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


app()
