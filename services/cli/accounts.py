"""`lienthong accounts`: the bank accounts that fees go to."""

import json
from functools import partial
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from services.cli.transaction import in_transaction
from services.core.application.manage_accounts import list_accounts, set_account
from services.core.domain.audit import Act, Action
from services.core.domain.payment import BankAccount

app = typer.Typer(
    no_args_is_help=True, help="Tài khoản thu phí, lệ phí của đơn vị / accounts that fees are paid into"
)

AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
Unit = Annotated[
    str, typer.Argument(help="Mã đơn vị; cấp dưới chưa có thì dùng chung / its subtree uses it, too")
]
BankBin = Annotated[str, typer.Option(help="Mã BIN của ngân hàng, 6 chữ số / the bank's BIN")]
Number = Annotated[str, typer.Option(help="Số tài khoản / number of the account")]
Holder = Annotated[str, typer.Option(help="Tên chủ tài khoản / holder of the account")]


@app.command("set")
def set_(unit: Unit, bank_bin: BankBin, number: Number, holder: Holder) -> None:
    """Đặt tài khoản thu phí cho đơn vị / give a unit its account."""
    account = BankAccount(bank_bin, number, holder)
    in_transaction(
        partial(set_account, unit_code=unit, account=account), act=Act(Action.ACCOUNT_SET, (unit,))
    )
    typer.echo(f"Đã đặt / set: {unit}")


@app.command("list")
def show(as_json: AsJson = False) -> None:
    """Liệt kê tài khoản / list accounts."""
    accounts = in_transaction(list_accounts)
    if as_json:
        documents = [
            {"unit": unit, "bank_bin": account.bank_bin, "number": account.number, "holder": account.holder}
            for unit, account in accounts
        ]
        typer.echo(json.dumps(documents, ensure_ascii=False))
        return
    table = Table("Đơn vị / unit", "BIN", "Số tài khoản / account", "Chủ tài khoản / holder")
    for unit, account in accounts:
        table.add_row(unit, account.bank_bin, account.number, account.holder)
    Console().print(table)
