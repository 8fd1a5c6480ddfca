"""Bodies that are lines of text, one JSON object each."""

from collections.abc import Callable
from typing import Final, TypeVar

from pydantic import ValidationError

from services.api.json_body import read_json
from services.api.problems import field_errors
from services.api.refusals import NoLines, TooManyLines
from services.api.schemas.filing import FilingIn
from services.core.application.receive_dossiers import Refusal
from services.core.domain.errors import DomainError
from services.core.domain.reception import Filing

MOST_LINES: Final = 1000

T = TypeVar("T")


def lines_of(body: bytes, read: Callable[[bytes], T]) -> dict[int, T]:
    """Read lines by their number, from 1; empty ones are passed over. Raises `NoLines` or `TooManyLines`."""
    lines = {number: line for number, line in enumerate(body.split(b"\n"), start=1) if line.strip()}
    if not lines:
        raise NoLines
    if len(lines) > MOST_LINES:
        raise TooManyLines(most=MOST_LINES)
    return {number: read(line) for number, line in lines.items()}


def read_filing(line: bytes) -> Filing | Refusal:
    """Read one filing; what is wrong with it is a value, because the other lines go on."""
    return read_line(line, lambda document: FilingIn.model_validate(document).to_domain())


def read_line(line: bytes, parse: Callable[[object], T]) -> T | Refusal:
    """Read one line of JSON with `parse`, whose refusals become values."""
    try:
        return parse(read_json(line))
    except ValidationError as exc:
        errors = [{**error, "loc": ("body", *error["loc"])} for error in exc.errors(include_input=False)]
        return Refusal("validation-failed", errors=tuple(field_errors(errors)))
    except DomainError as refusal:
        return Refusal.of(refusal)
