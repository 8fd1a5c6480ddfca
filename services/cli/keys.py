"""`lienthong keys`: files of signing keys, of the API, of a desk client, or of a local issuer."""

import asyncio
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from services.cli.transaction import telling_refusals
from services.core.gateways.officer_keys import fetch_officer_keys
from services.core.tokens.key_file import write_key_file
from services.core.tokens.keys import Key, new_key, read_key, read_keys

app = typer.Typer(no_args_is_help=True, help="Khóa ký của API và phần mềm / signing keys of API and clients")

_FETCH_SECONDS: Final = 20.0

KeyFilePath = Annotated[Path, typer.Argument(help="Tệp khóa / the file of keys", dir_okay=False)]
KeyId = Annotated[str, typer.Argument(help="Mã khóa / id of the key")]
#: For commands with a `KeyId`: one thumbprint in 64 begins with a hyphen and is no option for that.
ANY_KEY_ID: Final = {"ignore_unknown_options": True}


@app.command()
def new(file: KeyFilePath) -> None:
    """Tạo tệp khóa mới / make a file with one new key, for its owner's eyes only."""
    if file.exists():
        typer.echo(f"Tệp đã có / the file exists: {file}", err=True)
        raise typer.Exit(1)
    _write(file, [new_key()])


@app.command()
def add(file: KeyFilePath) -> None:
    """Thêm khóa kế tiếp / add a key that does not sign yet, so that all processes come to know it."""
    _write(file, [*_read(file), new_key()])


@app.command(context_settings=ANY_KEY_ID)
def use(file: KeyFilePath, key_id: KeyId) -> None:
    """Ký bằng khóa này từ nay / sign with this key from now on; the others go on being believed."""
    keys = _read(file)
    _write(file, sorted(keys, key=lambda key: key.id != _known(keys, key_id)))


@app.command(context_settings=ANY_KEY_ID)
def remove(file: KeyFilePath, key_id: KeyId) -> None:
    """Bỏ một khóa / take a key away; what it signed is not believed any more."""
    keys = _read(file)
    left = [key for key in keys if key.id != _known(keys, key_id)]
    if not left:
        typer.echo("Không bỏ khóa cuối cùng / the last key stays", err=True)
        raise typer.Exit(1)
    _write(file, left)


@app.command()
def public(file: KeyFilePath, *, whole_set: Annotated[bool, typer.Option("--set")] = False) -> None:
    """In khóa công khai đang dùng / print the public key in use as a JWK, or all as a set."""
    keys = _read(file)
    document = {"keys": [key.public() for key in keys]} if whole_set else keys[0].public()
    typer.echo(json.dumps(document, indent=2))


@app.command()
def fetch(
    address: Annotated[str, typer.Argument(help="jwks_uri của hệ thống đăng nhập / of the issuer")],
    file: KeyFilePath,
) -> None:
    """Tải khóa công khai của hệ thống đăng nhập / fetch the issuer's keys.

    Trả lời sai thì tệp giữ nguyên / a bad answer leaves the file as it was.
    """
    with telling_refusals():
        text = asyncio.run(fetch_officer_keys(address, seconds=_FETCH_SECONDS))
        keys = [read_key(key.public()) for key in read_keys(text).values()]
    _write(file, keys)


def read_public_key(file: Path) -> dict[str, Any]:
    """Read a JWK as `public` prints it; what is no object at all is no key either."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
    except ValueError:
        document = None
    return document if isinstance(document, dict) else {}


def _read(file: Path) -> list[Key]:
    with telling_refusals():
        return list(read_keys(file.read_text(encoding="utf-8")).values())


def _known(keys: Iterable[Key], key_id: str) -> str:
    if key_id in (key.id for key in keys):
        return key_id
    typer.echo(f"Không có khóa này / no such key: {key_id}", err=True)
    raise typer.Exit(1)


def _write(file: Path, keys: list[Key]) -> None:
    write_key_file(file, keys)
    for key in keys:
        typer.echo(key.id)
