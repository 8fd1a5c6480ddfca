"""`lienthong clients`: who may call the API."""

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.cli.keys import ANY_KEY_ID, KeyId, read_public_key
from services.cli.transaction import in_transaction
from services.core.application.manage_clients import (
    add_client_key,
    create_client,
    create_keyed_client,
    list_clients,
    remove_client_key,
    revoke_client,
)
from services.core.domain.access import DESK_SCOPES, Scope
from services.core.domain.audit import Act, Action
from services.core.persistence.clients import DeskClientRow

app = typer.Typer(
    no_args_is_help=True, help="Phần mềm một cửa được gọi API / desk software that may call the API"
)

AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
Name = Annotated[str, typer.Argument(help="Tên phần mềm / name of the client")]
Unit = Annotated[str, typer.Option(help="Đơn vị; chỉ thấy đơn vị này và cấp dưới / it sees this subtree")]
PublicKey = Annotated[
    Path | None,
    typer.Option(
        exists=True,
        dir_okay=False,
        help="Khóa công khai (JWK) thay cho khóa API / a public key instead of an API key",
    ),
]
Unattended = Annotated[
    bool, typer.Option("--unattended", help="Gọi không cần cán bộ / may call without an officer")
]
Scopes = Annotated[
    list[Scope] | None,
    typer.Option(help="Quyền; mặc định đọc và ghi hồ sơ / by default read and write dossiers"),
]


@app.command()
def create(
    *,
    name: Name,
    unit: Unit,
    scope: Scopes = None,
    public_key: PublicKey = None,
    unattended: Unattended = False,
    as_json: AsJson = False,
) -> None:
    """Tạo phần mềm và khóa API của nó; khóa chỉ hiện một lần / create a client; its key is shown once."""
    scopes = frozenset(scope or DESK_SCOPES)
    now = datetime.now(UTC)
    if public_key is None:
        key = in_transaction(
            partial(create_client, name=name, unit_code=unit, scopes=scopes, now=now, unattended=unattended),
            act=Act(Action.CLIENT_CREATE, (name,)),
        )
        _show_created(name, unit, scopes, "key", key, as_json=as_json)
        typer.echo("Khóa không được lưu; hãy cất giữ / the key is not kept, store it now", err=True)
        return
    client_id = in_transaction(
        partial(
            create_keyed_client,
            name=name,
            unit_code=unit,
            scopes=scopes,
            public_key=read_public_key(public_key),
            now=now,
            unattended=unattended,
        ),
        act=Act(Action.CLIENT_CREATE, (name,)),
    )
    _show_created(name, unit, scopes, "client_id", str(client_id), as_json=as_json)


@app.command("add-key")
def add_key(name: Name, public_key: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """Thêm khóa công khai kế tiếp / add the next public key; the present one goes on working."""
    key_id = in_transaction(
        partial(add_client_key, name=name, public_key=read_public_key(public_key)),
        act=Act(Action.CLIENT_KEY_ADD, (name,)),
    )
    typer.echo(key_id)


@app.command("remove-key", context_settings=ANY_KEY_ID)
def remove_key(name: Name, key_id: KeyId) -> None:
    """Bỏ một khóa công khai / take a public key away; tokens given for it end within minutes."""
    in_transaction(
        partial(remove_client_key, name=name, key_id=key_id),
        act=Act(Action.CLIENT_KEY_REMOVE, (name, key_id)),
    )
    typer.echo(f"Đã bỏ / removed: {key_id}")


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """Liệt kê phần mềm / list clients."""
    clients = in_transaction(list_clients)
    if as_json:
        typer.echo(json.dumps([_document(client) for client in clients], ensure_ascii=False))
        return
    table = Table("Tên / name", "Đơn vị / unit", "Quyền / scopes", "Khóa / keys", "Thu hồi / revoked")
    for client in clients:
        revoked = "" if client.revoked_at is None else client.revoked_at.isoformat(timespec="seconds")
        table.add_row(client.name, client.unit_code, " ".join(client.scopes), _keys(client), revoked)
    Console().print(table)


@app.command()
def revoke(name: Name) -> None:
    """Thu hồi khóa API / revoke an API key; it may work for another half minute."""
    in_transaction(partial(revoke_client, name=name), act=Act(Action.CLIENT_REVOKE, (name,)))
    typer.echo(f"Đã thu hồi / revoked: {name}")


def _show_created(
    name: str, unit: str, scopes: frozenset[Scope], what: str, value: str, *, as_json: bool
) -> None:
    if as_json:
        typer.echo(json.dumps({"name": name, "unit": unit, "scopes": sorted(scopes), what: value}))
    else:
        typer.echo(value)


def _keys(client: DeskClientRow) -> str:
    return " ".join([*(["API"] if client.has_api_key else []), *client.key_ids])


def _document(client: DeskClientRow) -> dict[str, object]:
    return {
        "name": client.name,
        "unit": client.unit_code,
        "scopes": list(client.scopes),
        "unattended": client.unattended,
        "api_key": client.has_api_key,
        "key_ids": list(client.key_ids),
        "created_at": client.created_at.isoformat(),
        "revoked_at": client.revoked_at and client.revoked_at.isoformat(),
    }
