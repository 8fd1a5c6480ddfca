"""`lienthong onboarding`: audit of the figures, and the province's own steps."""

import csv
import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Final

import typer

from services.cli.transaction import in_transaction
from services.core.application.import_catalogue import Cells
from services.core.application.save_steps import save_steps
from services.core.application.verify_onboarding import (
    Verification,
    rebuild_onboarding,
    verify_onboarding,
)
from services.core.domain.audit import Act, Action
from services.core.persistence.engine import PoolLimits

app = typer.Typer(no_args_is_help=True, help="Hỗ trợ công dân số / onboarding")

AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Tệp / file")]

#: All events of a province are gone through in one transaction, and folded here between two statements.
_LIMITS: Final = PoolLimits(size=1, command=3600.0, lock=60.0, idle=3600.0)


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Đối chiếu số liệu với từng sự kiện / compare all figures with the events; code 1 if they differ.

    Trong lúc chạy, sự kiện mới phải chờ / new events wait meanwhile.
    """
    found = in_transaction(verify_onboarding, limits=_LIMITS)
    _show(found, as_json=as_json)
    if not found.holds:
        typer.echo("Chạy / run: lienthong onboarding rebuild", err=True)
        raise typer.Exit(1)


@app.command()
def rebuild(as_json: AsJson = False) -> None:
    """Tính lại mọi số liệu từ các sự kiện / make all figures anew from the events."""
    _show(
        in_transaction(rebuild_onboarding, limits=_LIMITS, act=Act(Action.ONBOARDING_REBUILD)),
        as_json=as_json,
    )


@app.command()
def steps(file: File, as_json: AsJson = False) -> None:
    """Thêm hoặc sửa bước (CSV) / add steps or change them; all rows or none.

    Cột / columns: code, name_vi, name_en, subject, population, target, funnel.
    """
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows: list[Cells] = list(csv.DictReader(lines))
    count = in_transaction(
        lambda session: save_steps(session, rows), limits=_LIMITS, act=Act(Action.ONBOARDING_SETTING)
    )
    typer.echo(json.dumps({"imported": count}) if as_json else f"Đã nhập / imported {count}")


def _show(found: Verification, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(asdict(found)))
        return
    typer.echo(
        f"Người / persons {found.persons}, sự kiện / events {found.events}, "
        f"số liệu sai / counts off {found.counts_off}, trạng thái sai / states off {found.states_off}"
    )
