"""From templates to answers."""

import shlex
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from services.console import advice, concerns, index_words, words, writing
from services.core.domain import wording

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"

_ENVIRONMENT: Final = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    # A misspelt name is a fault, not an empty place on the page.
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_ENVIRONMENT.globals.update(
    names=wording,
    words=words,
    index_words=index_words,
    advice=advice,
    levels=concerns.LEVELS,
    word_for=words.word_for,
)
_ENVIRONMENT.filters.update(
    moment=writing.write_moment,
    number=writing.write_number,
    share=writing.write_share,
    points=writing.write_points,
    span=writing.write_span,
    call_time=writing.write_call_time,
    shell_word=shlex.quote,
)


def render(template: str, *, status: HTTPStatus = HTTPStatus.OK, **values: Any) -> HTMLResponse:
    """Fill a template in; every value is escaped."""
    return HTMLResponse(_ENVIRONMENT.get_template(template).render(values), status_code=status)
