"""Dossiers as lines of JSON, one object each, as `POST /v1/dossiers` takes them."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from http import HTTPStatus
from itertools import islice
from pathlib import Path
from typing import Any

import typer

from services.api.problems import Language, problem_document
from services.api.schemas.lines import read_filing
from services.cli.imports.counting import Counting
from services.cli.imports.options import ROWS_AT_ONCE
from services.core.application.desk import Desk
from services.core.application.receive_dossiers import Refusal, Taken, receive_dossiers
from services.core.domain.request import RequestKey
from services.core.persistence.engine import Sessions


@dataclass(slots=True)
class Tally:
    """What became of the lines of a file; `problems` are the refusals by line."""

    received: int = 0
    repeated: int = 0
    problems: dict[int, dict[str, Any]] = field(default_factory=dict)

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


async def import_lines(content: bytes, desk: Desk, sessions: Sessions) -> Tally:
    """Take the lines in; the file's digest is the key, so the same file again creates nothing."""
    lines = [(number, line) for number, line in enumerate(content.splitlines(), start=1) if line.strip()]
    digest, tally = hashlib.sha256(content), Tally()
    with Counting(lines[-1][0] if lines else 0) as counting:
        for chunk in _chunks(lines):
            request = RequestKey(
                "import", f"{digest.hexdigest()}:{chunk[0][0]}", digest.digest(), HTTPStatus.OK
            )
            async with sessions.begin() as session:
                filings = {number: read_filing(line) for number, line in chunk}
                taken = await receive_dossiers(session, lines=filings, request=request, desk=desk)
            tally.add(taken)
            counting.advance_to(chunk[-1][0])
    return tally


def tell_lines(tally: Tally, path: Path, *, as_json: bool) -> None:
    """Print what became of the lines; ends with code 1 if one was refused."""
    if as_json:
        typer.echo(json.dumps(asdict(tally), ensure_ascii=False))
    else:
        for line, problem in tally.problems.items():
            typer.echo(f"{path}:{line}: {problem['code']}: {problem['detail']}", err=True)
        typer.echo(
            f"Đã nhập / received {tally.received}, đã có / repeated {tally.repeated}, "
            f"bị từ chối / refused {len(tally.problems)}"
        )
    if tally.problems:
        raise typer.Exit(1)


def _chunks(lines: list[tuple[int, bytes]]) -> Iterator[list[tuple[int, bytes]]]:
    rest = iter(lines)
    while chunk := list(islice(rest, ROWS_AT_ONCE)):
        yield chunk
