"""`lienthong officers`: who works at the desks and above them, and as what."""

import json
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.cli.transaction import in_transaction, telling_refusals
from services.core.application.manage_officers import (
    add_officer,
    change_officer,
    list_officers,
    revoke_officer,
)
from services.core.config import OfficerSettings, ProcessSettings
from services.core.domain.audit import Act, Action
from services.core.domain.officer import ListedOfficer
from services.core.domain.role import OFFICER_ROLES, ROLE_NAMES, Role
from services.core.tokens.key_file import KeyFile
from services.core.tokens.kinds import sign_officer

app = typer.Typer(no_args_is_help=True, help="Cán bộ và vai trò của họ / officers and their roles")

Subject = Annotated[
    str,
    typer.Argument(help="Mã (sub) của cán bộ tại hệ thống đăng nhập / the officer's subject at the issuer"),
]
Issuer = Annotated[
    str | None,
    typer.Option(help="Hệ thống đăng nhập; mặc định LIENTHONG_OFFICER_ISSUER / the issuer, by default that"),
]
RoleOption = Annotated[
    Role, typer.Option(help="Vai trò / role: " + ", ".join(sorted(role.value for role in OFFICER_ROLES)))
]
AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
Name = Annotated[str, typer.Option(help="Họ tên / name")]
Unit = Annotated[str, typer.Option(help="Mã đơn vị / code of the unit")]


@app.command()
def add(subject: Subject, name: Name, unit: Unit, role: RoleOption, issuer: Issuer = None) -> None:
    """Thêm cán bộ / let an officer in."""
    _check_role(role)
    in_transaction(
        partial(
            add_officer,
            issuer=_issuer(issuer),
            subject=subject,
            name=name,
            unit_code=unit,
            role=role,
            now=datetime.now(UTC),
        ),
        act=Act(Action.OFFICER_ADD, (subject,)),
    )
    typer.echo(f"Đã thêm / added: {subject}")


@app.command()
def change(
    subject: Subject,
    name: Annotated[str | None, typer.Option(help="Họ tên / name")] = None,
    unit: Annotated[str | None, typer.Option(help="Mã đơn vị / code of the unit")] = None,
    role: Annotated[Role | None, typer.Option(help="Vai trò / role")] = None,
    issuer: Issuer = None,
) -> None:
    """Đổi đơn vị, vai trò hay tên; có hiệu lực trong nửa phút / in force within half a minute."""
    if role is not None:
        _check_role(role)
    in_transaction(
        partial(
            change_officer,
            issuer=_issuer(issuer),
            subject=subject,
            name=name,
            unit_code=unit,
            role=role,
            now=datetime.now(UTC),
        ),
        act=Act(Action.OFFICER_CHANGE, (subject,)),
    )
    typer.echo(f"Đã đổi / changed: {subject}")


@app.command()
def revoke(subject: Subject, issuer: Issuer = None) -> None:
    """Thu hồi quyền / end an officer's access; it may work for another half minute."""
    in_transaction(
        partial(revoke_officer, issuer=_issuer(issuer), subject=subject),
        act=Act(Action.OFFICER_REVOKE, (subject,)),
    )
    typer.echo(f"Đã thu hồi / revoked: {subject}")


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """Liệt kê cán bộ / list officers."""
    officers = in_transaction(list_officers)
    if as_json:
        typer.echo(json.dumps([_document(officer) for officer in officers], ensure_ascii=False))
        return
    table = Table("Mã / subject", "Họ tên / name", "Đơn vị / unit", "Vai trò / role", "Thu hồi / revoked")
    for officer in officers:
        revoked = "" if officer.revoked_at is None else officer.revoked_at.isoformat(timespec="seconds")
        role = " · ".join(ROLE_NAMES[officer.role])
        table.add_row(officer.subject, officer.name, officer.unit_code, role, revoked)
    Console().print(table)


@app.command()
def token(
    subject: Subject,
    keys: Annotated[
        Path, typer.Option(help="Tệp khóa của hệ thống thử / keys of the local issuer", exists=True)
    ],
    issuer: Issuer = None,
    minutes: Annotated[int, typer.Option(min=1, max=720, help="Thời hạn, phút / minutes of life")] = 480,
) -> None:
    """Ký mã đăng nhập thử nghiệm, thay cho hệ thống của tỉnh / sign a token as a local issuer, for trials."""
    if ProcessSettings().environment == "production":
        typer.echo("Không dùng trên hệ thống thật / not in production", err=True)
        raise typer.Exit(2)
    with telling_refusals():
        key = next(iter(KeyFile(keys, seconds=0).keys().values()))
    typer.echo(
        sign_officer(
            key,
            issuer=_issuer(issuer),
            audience=OfficerSettings().audience,
            subject=subject,
            life=timedelta(minutes=minutes),
            now=datetime.now(UTC),
        )
    )


def _issuer(named: str | None) -> str:
    issuer = named or OfficerSettings().issuer
    if issuer is None:
        typer.echo("Hãy đặt LIENTHONG_OFFICER_ISSUER hoặc --issuer / set one of them", err=True)
        raise typer.Exit(2)
    return issuer


def _check_role(role: Role) -> None:
    if role not in OFFICER_ROLES:
        typer.echo(f"Vai trò này dành cho phần mềm / a role of clients, not of officers: {role}", err=True)
        raise typer.Exit(2)


def _document(officer: ListedOfficer) -> dict[str, object]:
    return {
        "issuer": officer.issuer,
        "subject": officer.subject,
        "name": officer.name,
        "unit": officer.unit_code,
        "role": officer.role.value,
        "changed_at": officer.changed_at.isoformat(),
        "revoked_at": officer.revoked_at and officer.revoked_at.isoformat(),
    }
