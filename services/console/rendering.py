"""From templates to answers, in the language of who asks."""

import shlex
from functools import partial
from http import HTTPStatus
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse

from services.console import advice, concerns, index_words, words, writing
from services.console.language import Language, language_of
from services.core.domain import wording
from services.core.domain.wording import Bilingual

_HERE: Final = Path(__file__).parent
STATIC: Final = _HERE / "static"


def _environment(language: Language) -> Environment:
    """Build the templates of one language.

    It is a global, not a value of each page, so that macros know it without being told.
    """
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates"),
        autoescape=True,
        # A misspelt name is a fault, not an empty place on the page.
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )

    def said(phrase: Bilingual) -> str:
        return phrase.en if language is Language.ENGLISH else phrase.vi

    def either(vi: str, en: str) -> str:
        return said(Bilingual(vi, en))

    environment.globals.update(
        t=either,
        language=language,
        names=wording,
        words=words,
        index_words=index_words,
        advice=advice,
        levels=concerns.LEVELS,
        word_for=words.word_for,
    )
    environment.filters.update(
        said=said,
        moment=writing.write_moment,
        day=writing.write_day,
        number=partial(writing.write_number, language=language),
        share=partial(writing.write_share, language=language),
        points=partial(writing.write_points, language=language),
        span=lambda seconds: said(writing.write_span(seconds)),
        call_time=partial(writing.write_call_time, language=language),
        shell_word=shlex.quote,
    )
    return environment


_ENVIRONMENTS: Final = {language: _environment(language) for language in Language}


def render(
    request: Request,
    template: str,
    *,
    status: HTTPStatus = HTTPStatus.OK,
    address: str | None = None,
    **values: Any,
) -> HTMLResponse:
    """Fill a template in; every value is escaped.

    `address` is where the page renews itself and where the switch of the language goes back to, by default
    the one that was asked for.
    """
    here = address or request.url.path + (f"?{request.url.query}" if request.url.query else "")
    filled = _ENVIRONMENTS[language_of(request)].get_template(template).render(values, here_address=here)
    return HTMLResponse(filled, status_code=status)
