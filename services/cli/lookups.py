"""`lienthong lookups`: in whose name the population database is asked, and where a match is needed."""

import json
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.cli.transaction import in_transaction
from services.core.application.manage_look_ups import (
    end_account,
    list_accounts,
    require_match,
    set_account,
    want_look_up,
)
from services.core.domain.audit import Act, Action
from services.core.persistence.look_up_accounts import AccountRow

app = typer.Typer(no_args_is_help=True, help="Tra cứu CSDL dân cư / look-ups in the population database")
account = typer.Typer(no_args_is_help=True, help="Số định danh để tra cứu / numbers to ask with")
app.add_typer(account, name="account")

Unit = Annotated[str, typer.Argument(help="Mã đơn vị / code of the unit")]
Officer = Annotated[
    str | None,
    typer.Option(help="Tên cán bộ như trên hồ sơ; bỏ trống: mọi cán bộ / officer; left out: all of them"),
]
AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
OnOff = Annotated[bool, typer.Option("--on/--off", help="Bật hoặc tắt / on or off")]


@account.command("set")
def set_(unit: Unit, officer: Officer = None) -> None:
    """Ghi số định danh của cán bộ, đọc từ bàn phím hoặc stdin / read an officer's number from stdin.

    The number is never an argument: those show in the list of processes.
    """
    number = typer.prompt("Số định danh cán bộ / officer's number", hide_input=True)
    reopened = in_transaction(
        partial(set_account, unit_code=unit, officer=officer, number=number),
        act=Act(Action.LOOK_UP_SETTING, (unit,), changed=("account",)),
    )
    typer.echo(f"Đã ghi; hồ sơ được tra cứu lại / saved; dossiers asked again: {reopened}")


@account.command("end")
def end(unit: Unit, officer: Officer = None) -> None:
    """Thôi tra cứu bằng tài khoản này / ask no more with this account."""
    in_transaction(
        partial(end_account, unit_code=unit, officer=officer),
        act=Act(Action.LOOK_UP_SETTING, (unit,), changed=("account",)),
    )
    typer.echo(f"Đã dừng / ended: {unit} {officer or ''}".rstrip())


@account.command("list")
def show(as_json: AsJson = False) -> None:
    """Liệt kê tài khoản, số được che / list accounts, numbers masked."""
    accounts = in_transaction(list_accounts)
    if as_json:
        typer.echo(json.dumps([_document(row) for row in accounts], ensure_ascii=False))
        return
    table = Table("Đơn vị / unit", "Cán bộ / officer", "Số / number", "Dừng / ended")
    for row in accounts:
        ended = "" if row.ended_at is None else row.ended_at.isoformat(timespec="seconds")
        table.add_row(row.unit_code, row.officer, row.number.mask(), ended)
    Console().print(table)


@app.command()
def require(unit: Unit, on: OnOff = True) -> None:
    """Chỉ tiếp nhận khi đã xác thực, hoặc chỉ cảnh báo / receive verified applicants only, or just warn."""
    in_transaction(
        partial(require_match, unit_code=unit, required=on),
        act=Act(Action.LOOK_UP_SETTING, (unit,), changed=("required",)),
    )
    typer.echo(f"{unit}: {'bắt buộc xác thực / match required' if on else 'chỉ cảnh báo / only warn'}")


@app.command()
def procedure(
    code: Annotated[str, typer.Argument(help="Mã thủ tục / code of the procedure")], on: OnOff = True
) -> None:
    """Thủ tục có cần tra cứu hay không / whether dossiers under a procedure need a look-up."""
    in_transaction(
        partial(want_look_up, procedure_code=code, wanted=on),
        act=Act(Action.LOOK_UP_SETTING, (code,), changed=("wanted",)),
    )
    typer.echo(f"{code}: {'cần tra cứu / looked up' if on else 'không tra cứu / not looked up'}")


def _document(row: AccountRow) -> dict[str, object]:
    return {
        "unit": row.unit_code,
        "officer": row.officer or None,
        "number": row.number.mask(),
        "created_at": row.created_at.isoformat(),
        "ended_at": row.ended_at and row.ended_at.isoformat(),
    }
