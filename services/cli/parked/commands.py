"""The commands: list, groups, replay, close."""

import json
from functools import partial
from typing import Annotated

import typer
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.parked.decide import Confirmation, decide
from services.cli.parked.selection import Selection, selecting
from services.cli.parked.writing import dossier_document, group_document, write_dossiers, write_groups
from services.cli.transaction import in_transaction
from services.core.application.group_parked import group_parked
from services.core.application.list_parked import ParkedPage, list_parked
from services.core.domain.intervention import REPLAYED_A_MINUTE, Action
from services.core.persistence.parked import ParkedSummary

app = typer.Typer(no_args_is_help=True, help="Hồ sơ chờ cán bộ xử lý / dossiers that wait for a person")

AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
Most = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Tối đa / at most")]
Everything = Annotated[bool, typer.Option("--all", help="Tất cả, không chọn lọc / all of them")]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Làm ngay, không hỏi lại / do not ask")]
By = Annotated[
    str | None, typer.Option(help="Người quyết định, mặc định là tài khoản đang dùng / who decides")
]
Rate = Annotated[
    int, typer.Option(min=1, max=6_000, help="Số hồ sơ gửi lại mỗi phút / dossiers sent on a minute")
]


@app.command("list")
@selecting
def show(
    selection: Selection,
    *,
    limit: Most = 100,
    as_json: AsJson = False,
) -> None:
    """Từng hồ sơ, chờ lâu nhất trước / one by one, longest waiting first."""
    page = in_transaction(partial(_page, selection, limit))
    if as_json:
        typer.echo(json.dumps([dossier_document(row) for row in page.dossiers], ensure_ascii=False))
    else:
        write_dossiers(page)


@app.command()
@selecting
def groups(
    selection: Selection,
    *,
    limit: Most = 50,
    as_json: AsJson = False,
) -> None:
    """Nhóm theo nguyên nhân, kèm cách sửa / by cause, each with what helps."""
    summary = in_transaction(partial(_summary, selection, limit))
    if as_json:
        typer.echo(json.dumps([group_document(row) for row in summary.groups], ensure_ascii=False))
    else:
        write_groups(summary)


@app.command()
@selecting
def replay(
    selection: Selection,
    *,
    everything: Everything = False,
    reason: Annotated[str | None, typer.Option(help="Lý do / reason")] = None,
    per_minute: Rate = REPLAYED_A_MINUTE,
    by: By = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Gửi lại, sau bao nhiêu lần thử cũng được / send on, however often it was tried.

    Nhiều hồ sơ được gửi lần lượt, gấp nhất trước / many go one after the other, the most urgent first.
    """
    confirmation = Confirmation(everything=everything, yes=yes, by=by, as_json=as_json)
    decide(Action.REPLAY, selection, confirmation, reason=reason, per_minute=per_minute)


@app.command()
@selecting
def close(
    selection: Selection,
    *,
    reason: Annotated[str, typer.Option(help="Vì sao không gửi nữa / why it is given up")],
    everything: Everything = False,
    by: By = None,
    yes: Yes = False,
    as_json: AsJson = False,
) -> None:
    """Đóng, không gửi nữa; hồ sơ có thay đổi thì lại được gửi / give up, until the dossier changes."""
    confirmation = Confirmation(everything=everything, yes=yes, by=by, as_json=as_json)
    decide(Action.CLOSE, selection, confirmation, reason=reason, per_minute=REPLAYED_A_MINUTE)


async def _page(selection: Selection, limit: int, session: AsyncSession) -> ParkedPage:
    return await list_parked(session, wanted=await selection.resolve(session), after=None, limit=limit)


async def _summary(selection: Selection, limit: int, session: AsyncSession) -> ParkedSummary:
    return await group_parked(session, wanted=await selection.resolve(session), limit=limit)
