"""`lienthong import`: bring files into the database."""

import csv
import hashlib
import json
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Annotated, Any, Final

import typer
from rich.console import Console
from rich.progress import Progress
from sqlalchemy.ext.asyncio import AsyncSession

from services.api.problems import Language, problem_document
from services.api.runtime import SystemClock
from services.api.schemas.lines import read_filing
from services.cli.transaction import in_transaction, with_sessions
from services.core.application.catalogue import Catalogue
from services.core.application.desk import Desk
from services.core.application.import_catalogue import (
    Cells,
    import_procedures,
    import_units,
    import_working_days,
)
from services.core.application.receive_dossiers import Refusal, Taken, receive_dossiers
from services.core.config import VerdictSettings
from services.core.domain.request import RequestKey
from services.core.persistence.clients import ClientRepository
from services.core.persistence.engine import Sessions

app = typer.Typer(no_args_is_help=True, help="Nhập dữ liệu từ tệp / bring files in")

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, readable=True, help="Tệp / file")]
AsJson = Annotated[bool, typer.Option("--json", help="Kết quả dạng JSON / print JSON")]

#: Lines a transaction: enough to make round trips cheap, few enough to show progress.
_LINES_AT_ONCE: Final = 500

_CATALOGUE_SECONDS: Final = 60.0


@dataclass(slots=True)
class Tally:
    """What became of the lines of a file; `problems` are the refusals by line."""

    received: int = 0
    repeated: int = 0
    problems: dict[int, dict[str, Any]] = field(default_factory=dict)

    @property
    def total(self) -> int:
        return self.received + self.repeated + len(self.problems)

    def add(self, taken: Taken) -> None:
        """Count a chunk; one that an earlier run of the same file brought in is *repeated*."""
        for line, outcome in taken.outcomes.items():
            if isinstance(outcome, Refusal):
                self.problems[line] = problem_document(
                    outcome.code,
                    Language.VIETNAMESE,
                    pointer=outcome.pointer,
                    facts=outcome.facts,
                    errors=outcome.errors,
                )
            elif taken.replayed:
                self.repeated += 1
            else:
                self.received += 1


@app.command()
def units(file: File, as_json: AsJson = False) -> None:
    """Nhập cây đơn vị (CSV) / units from CSV; all rows or none."""
    _import_rows(file, import_units, as_json=as_json)


@app.command()
def procedures(file: File, as_json: AsJson = False) -> None:
    """Nhập danh mục thủ tục (CSV) / procedures from CSV; all rows or none."""
    _import_rows(file, import_procedures, as_json=as_json)


@app.command("working-days")
def working_days(file: File, as_json: AsJson = False) -> None:
    """Nhập ngày nghỉ, ngày làm bù (CSV) / decreed days from CSV; all rows or none."""
    _import_rows(file, import_working_days, as_json=as_json)


@app.command()
def dossiers(
    file: File,
    client: Annotated[str, typer.Option(help="Nhập thay cho phần mềm này / on behalf of this client")],
    as_json: AsJson = False,
) -> None:
    """Nhập hồ sơ (mỗi dòng một JSON như POST /v1/dossiers) / dossiers, one JSON object a line.

    Chạy lại cùng tệp không tạo hồ sơ lần nữa / running the same file again creates nothing twice.
    """
    content = file.read_bytes()
    tally = with_sessions(partial(_import_dossiers, content, client))
    if as_json:
        typer.echo(json.dumps(asdict(tally), ensure_ascii=False))
    else:
        for line, problem in tally.problems.items():
            typer.echo(f"{file}:{line}: {problem['code']}: {problem['detail']}", err=True)
        typer.echo(
            f"Đã nhập / received {tally.received}, đã có / repeated {tally.repeated}, "
            f"bị từ chối / refused {len(tally.problems)}"
        )
    if tally.problems:
        raise typer.Exit(1)


def _import_rows(
    file: Path, load: Callable[[AsyncSession, list[Cells]], Awaitable[int]], *, as_json: bool
) -> None:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        rows: list[Cells] = list(csv.DictReader(lines))
    count = in_transaction(lambda session: load(session, rows))
    typer.echo(json.dumps({"imported": count}) if as_json else f"Đã nhập / imported {count}")


async def _import_dossiers(content: bytes, client: str, sessions: Sessions) -> Tally:
    async with sessions() as session:
        caller = await ClientRepository(session).get_by_name(client)
    comparison = VerdictSettings().comparison
    desk = Desk(caller, Catalogue(seconds=_CATALOGUE_SECONDS), comparison, SystemClock())
    lines = [(number, line) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]
    digest, tally = hashlib.sha256(content), Tally()
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal) as progress:
        shown = progress.add_task("Hồ sơ / dossiers", total=len(lines))
        for chunk in _chunks(lines):
            request = RequestKey(
                "import", f"{digest.hexdigest()}:{chunk[0][0]}", digest.digest(), HTTPStatus.OK
            )
            async with sessions.begin() as session:
                filings = {number: read_filing(line) for number, line in chunk}
                taken = await receive_dossiers(session, lines=filings, request=request, desk=desk)
            tally.add(taken)
            progress.advance(shown, len(chunk))
            if not console.is_terminal:
                typer.echo(f"{tally.total}/{len(lines)}", err=True)
    return tally


def _chunks(lines: list[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    rest = iter(lines)
    while chunk := list(islice(rest, _LINES_AT_ONCE)):
        yield chunk
