"""`lienthong audit`: who did what, and whether the record of it is whole."""

import csv
import json
import sys
import time
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated, Final

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy.ext.asyncio import AsyncSession

from services.cli.operator import operator
from services.cli.transaction import in_transaction, with_sessions
from services.core.application.list_audit import all_audit, list_audit
from services.core.application.record import record
from services.core.application.verify_audit import Verified, verify_audit
from services.core.config import AuditSettings
from services.core.domain.audit import Act, Action
from services.core.domain.audit_chain import AuditFinding, Fault
from services.core.domain.deadline import VIETNAM
from services.core.persistence.audit_log import AuditFilter, AuditLine
from services.core.persistence.engine import PoolLimits
from services.core.persistence.root_files import AuditKeyUnfit, RootFileUnreadable, signed_roots

app = typer.Typer(no_args_is_help=True, help="Nhật ký kiểm toán / the audit log")

#: A month of a province is gone through page by page; the longest statement looks for what has no link.
_LIMITS: Final = PoolLimits(size=1, command=600.0, lock=10.0)
_DAY: Final = ["%Y-%m-%d"]
_DAYS_BACK: Final = 31
_FAULTY, _NOT_DONE = 1, 2

_SAID: Final = {
    Fault.EDITED: "dòng đã bị sửa hoặc tráo / entry edited or swapped",
    Fault.DELETED: "dòng đã bị xóa / entry deleted",
    Fault.GAP: "thiếu mắt xích / links missing",
    Fault.SLIPPED_IN: "dòng được chèn sau khi niêm phong / entry put in behind the seal",
    Fault.CUT_TAIL: "phần cuối bị cắt / tail cut off",
    Fault.REBUILT: "chuỗi bị dựng lại / chain rebuilt",
    Fault.FORGED_ROOT: "mốc đã ký không hợp lệ / signed root forged, or one before it missing",
}

AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]
From = Annotated[datetime | None, typer.Option("--from", formats=_DAY, help="Từ ngày / from, local day")]
To = Annotated[datetime | None, typer.Option("--to", formats=_DAY, help="đến hết ngày / to, included")]
By = Annotated[str | None, typer.Option("--actor", help="Phần mềm hoặc tài khoản / client or account")]
Officer = Annotated[str | None, typer.Option(help="Cán bộ / officer")]
Did = Annotated[Action | None, typer.Option("--action", help="Việc đã làm / what was done")]
Object = Annotated[str | None, typer.Option("--object", help="Mã đối tượng / id, code or name")]
Most = Annotated[int, typer.Option("--limit", min=1, max=10_000, help="Tối đa / at most")]


@app.command("list")
def show(
    *,
    first: From = None,
    last: To = None,
    actor: By = None,
    officer: Officer = None,
    action: Did = None,
    object_: Object = None,
    limit: Most = 200,
    as_json: AsJson = False,
) -> None:
    """Ai đã làm gì, cũ nhất trước / who did what, oldest first."""
    wanted = _filter(first, last, actor, officer, action, object_)
    lines = in_transaction(partial(list_audit, wanted=wanted, limit=limit), limits=_LIMITS)
    if as_json:
        typer.echo(json.dumps([_document(line) for line in lines], ensure_ascii=False))
        return
    table = Table(
        "Lúc / at", "Ai / who", "Cán bộ / officer", "Việc / action", "Đối tượng / objects", "Kết quả"
    )
    for line in lines:
        at = line.at.astimezone(VIETNAM).strftime("%d/%m/%Y %H:%M:%S")
        table.add_row(at, line.actor, line.officer or "", line.action, _objects(line), line.result)
    Console().print(table)


@app.command()
def export(
    file: Annotated[Path, typer.Argument(dir_okay=False, help="Tệp JSON Lines hoặc CSV / JSON lines or CSV")],
    *,
    reason: Annotated[str, typer.Option(help="Vì sao xuất / why it is exported")],
    first: From = None,
    last: To = None,
    actor: By = None,
    officer: Officer = None,
    action: Did = None,
    object_: Object = None,
) -> None:
    """Xuất nhật ký ra tệp; việc xuất cũng được ghi lại / export to a file, which is on record, too."""
    wanted = _filter(first, last, actor, officer, action, object_)
    lines = in_transaction(partial(_recorded_lines, wanted, reason), limits=_LIMITS)
    documents = (_document(line) for line in lines)
    with file.open("w", encoding="utf-8", newline="") as out:
        if file.suffix == ".csv":
            writer = csv.DictWriter(out, fieldnames=AuditLine.__dataclass_fields__)
            writer.writeheader()
            writer.writerows({name: _cell(value) for name, value in one.items()} for one in documents)
        else:
            out.writelines(f"{json.dumps(one, ensure_ascii=False)}\n" for one in documents)
    typer.echo(f"Đã xuất / exported: {len(lines)}")


@app.command()
def verify(as_json: AsJson = False) -> None:
    """Soát toàn bộ chuỗi; mã 1 nếu có chỗ sai / check the whole chain; code 1 if something is wrong."""
    settings = AuditSettings()
    began = time.monotonic()
    try:
        files = signed_roots(settings.roots_folder, settings.key_file)
        exported = () if files is None else tuple(files.read())
    except (AuditKeyUnfit, RootFileUnreadable, OSError) as exc:
        typer.echo(f"Không đọc được mốc đã ký / signed roots cannot be read: {exc}", err=True)
        raise typer.Exit(_NOT_DONE) from exc
    found = with_sessions(
        partial(verify_audit, exported=exported, progress=_progress(quiet=as_json)), limits=_LIMITS
    )
    if as_json:
        typer.echo(json.dumps({**asdict(found), "seconds": time.monotonic() - began}, default=str))
    else:
        _tell(found, anchored=files is not None)
    if found.findings:
        raise typer.Exit(_FAULTY)


def _filter(  # noqa: PLR0917 - the options of two commands, in their order
    first: datetime | None,
    last: datetime | None,
    actor: str | None,
    officer: str | None,
    action: Action | None,
    object_: str | None,
) -> AuditFilter:
    """Read local days; by default the last month up to now."""
    now = datetime.now(UTC)
    since = now - timedelta(days=_DAYS_BACK) if first is None else first.replace(tzinfo=VIETNAM)
    until = now + timedelta(days=1) if last is None else last.replace(tzinfo=VIETNAM) + timedelta(days=1)
    return AuditFilter(since, until, actor, officer, action, object_)


async def _recorded_lines(wanted: AuditFilter, reason: str, session: AsyncSession) -> list[AuditLine]:
    """Put the export on record before anything leaves; what is exported ends before it."""
    lines = [line async for line in all_audit(session, wanted=wanted)]
    await record(session, actor=operator(), act=Act(Action.AUDIT_EXPORT, purpose=reason))
    return lines


def _document(line: AuditLine) -> dict[str, object]:
    client = None if line.client_id is None else str(line.client_id)
    return asdict(line) | {"at": line.at.isoformat(), "client_id": client}


def _cell(value: object) -> object:
    """Write lists with spaces between, and nothing that a spreadsheet would take for a formula."""
    said = " ".join(value) if isinstance(value, tuple) else value
    return f"'{said}" if isinstance(said, str) and said.startswith(("=", "+", "-", "@")) else said


def _objects(line: AuditLine) -> str:
    more = len(line.objects) - 1
    return "" if more < 0 else f"{line.objects[0]}{f' +{more}' if more else ''}"


def _progress(*, quiet: bool) -> Callable[[int], None]:
    def show_count(entries: int) -> None:
        if not quiet and sys.stderr.isatty():
            typer.echo(f"\r{entries}", nl=False, err=True)

    return show_count


def _tell(found: Verified, *, anchored: bool) -> None:
    for finding in found.findings:
        typer.echo(_line(finding))
    typer.echo(
        f"Đã soát / checked {found.entries}, chưa niêm phong / not sealed yet {found.waiting},"
        f" mốc đã ký / signed roots {found.anchors}, sai / faults {len(found.findings)}"
    )
    if not anchored:
        typer.echo(
            "Chưa đặt LIENTHONG_AUDIT_ROOTS_FOLDER: không phát hiện được chuỗi bị dựng lại"
            " / without exported roots a rebuilt chain is not noticed",
            err=True,
        )


def _line(finding: AuditFinding) -> str:
    place = "" if finding.position is None else f" vị trí / position {finding.position}"
    entry = "" if finding.entry_id is None else f" dòng / entry {finding.entry_id}"
    return f"{finding.month:%Y-%m}{place}{entry}: {_SAID[finding.fault]}"
