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
from services.core.domain.access import DESK_SCOPES, Scope
from services.core.domain.audit import Act, Action
from services.core.persistence.clients import DeskClientRow

app = typer.Typer(
    no_args_is_help=True, help="Phần mềm một cửa được gọi API / desk software that may call the API"
)

AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
Name = Annotated[str, typer.Argument(help="Tên phần mềm / name of the client")]
Unit = Annotated[str, typer.Option(help="Đơn vị; chỉ thấy đơn vị này và cấp dưới / it sees this subtree")]
Scopes = Annotated[
    list[Scope] | None,
    typer.Option(help="Quyền; mặc định đọc và ghi hồ sơ / by default read and write dossiers"),
]


@app.command()
def create(name: Name, unit: Unit, scope: Scopes = None, as_json: AsJson = False) -> None:
    """Tạo khóa API; khóa chỉ hiện một lần / create an API key, which is shown once."""
    scopes = frozenset(scope or DESK_SCOPES)
    now = datetime.now(UTC)
    key = in_transaction(
        partial(create_client, name=name, unit_code=unit, scopes=scopes, now=now),
        act=Act(Action.CLIENT_CREATE, (name,)),
    )
    if as_json:
        typer.echo(json.dumps({"name": name, "unit": unit, "scopes": sorted(scopes), "key": key}))
    else:
        typer.echo(key)
        typer.echo("Khóa không được lưu; hãy cất giữ / the key is not kept, store it now", err=True)


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """Liệt kê phần mềm / list clients."""
    clients = in_transaction(list_clients)
    if as_json:
        typer.echo(json.dumps([_document(client) for client in clients], ensure_ascii=False))
        return
    table = Table("Tên / name", "Đơn vị / unit", "Quyền / scopes", "Thu hồi / revoked")
    for client in clients:
        revoked = "" if client.revoked_at is None else client.revoked_at.isoformat(timespec="seconds")
        table.add_row(client.name, client.unit_code, " ".join(client.scopes), revoked)
    Console().print(table)


@app.command()
def revoke(name: Name) -> None:
    """Thu hồi khóa API / revoke an API key; it may work for another half minute."""
    in_transaction(partial(revoke_client, name=name), act=Act(Action.CLIENT_REVOKE, (name,)))
    typer.echo(f"Đã thu hồi / revoked: {name}")


def _document(client: DeskClientRow) -> dict[str, object]:
    return {
        "name": client.name,
        "unit": client.unit_code,
        "scopes": list(client.scopes),
        "created_at": client.created_at.isoformat(),
        "revoked_at": client.revoked_at and client.revoked_at.isoformat(),
    }
