"""`lienthong clients`: who may call the API."""

import json
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.cli.transaction import in_transaction
from services.core.application.manage_clients import create_client, list_clients, revoke_client
from services.core.domain.access import Scope

app = typer.Typer(help="Phần mềm một cửa được gọi API / Desk software that may call the API.")

AsJson = Annotated[bool, typer.Option("--json", help="In JSON / Print JSON.")]
Name = Annotated[str, typer.Argument(help="Tên phần mềm / Name of the client.")]


@app.command()
def create(
    name: Name,
    unit: Annotated[str, typer.Option(help="Mã đơn vị; phần mềm chỉ thấy đơn vị này và cấp dưới / Unit code.")],
    scope: Annotated[list[Scope], typer.Option(help="Quyền / Scope; may be repeated.")] = list(Scope),
    as_json: AsJson = False,
) -> None:
    """Tạo khóa API; khóa chỉ hiện một lần / Create an API key, which is shown once."""
    now = datetime.now(UTC)
    key = in_transaction(
        partial(create_client, name=name, unit_code=unit, scopes=frozenset(scope), now=now)
    )
    if as_json:
        typer.echo(json.dumps({"name": name, "unit": unit, "scopes": sorted(scope), "key": key}))
    else:
        typer.echo(key)
        typer.echo("Khóa không được lưu; hãy cất giữ / The key is not kept; store it now.", err=True)


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """Liệt kê phần mềm / List clients."""
    clients = in_transaction(list_clients)
    if as_json:
        rows = [
            {
                "name": client.name,
                "unit": client.unit_code,
                "scopes": list(client.scopes),
                "created_at": client.created_at.isoformat(),
                "revoked_at": client.revoked_at and client.revoked_at.isoformat(),
            }
            for client in clients
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    table = Table("Tên / Name", "Đơn vị / Unit", "Quyền / Scopes", "Thu hồi / Revoked")
    for client in clients:
        revoked = "" if client.revoked_at is None else client.revoked_at.isoformat(timespec="seconds")
        table.add_row(client.name, client.unit_code, " ".join(client.scopes), revoked)
    Console().print(table)


@app.command()
def revoke(name: Name) -> None:
    """Thu hồi khóa API / Revoke an API key; it may work for another half minute."""
    in_transaction(partial(revoke_client, name=name))
    typer.echo(f"Đã thu hồi / Revoked: {name}")
