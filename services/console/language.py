"""The language of the pages: Vietnamese, unless this browser has asked for English."""

from enum import StrEnum
from typing import Annotated, Final

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

router = APIRouter()

_COOKIE: Final = "lienthong_language"
_YEAR_SECONDS: Final = 365 * 24 * 60 * 60


class Language(StrEnum):
    """The value is that of the attribute `lang`."""

    VIETNAMESE = "vi"
    ENGLISH = "en"

    @property
    def other(self) -> "Language":
        """Give the one that the switch leads to."""
        return Language.ENGLISH if self is Language.VIETNAMESE else Language.VIETNAMESE


def language_of(request: Request) -> Language:
    """Read what the browser has kept; anything else is Vietnamese."""
    return Language.ENGLISH if request.cookies.get(_COOKIE) == Language.ENGLISH else Language.VIETNAMESE


@router.get("/language/{wanted}")
async def switch_language(
    wanted: Language, back: Annotated[str, Query(pattern=r"^/([^/\\].*)?$")] = "/"
) -> Response:
    """Keep the wish and go back to the page; only addresses of ours are gone back to."""
    answer = RedirectResponse(back, status_code=303)
    answer.set_cookie(_COOKIE, wanted, max_age=_YEAR_SECONDS, httponly=True, samesite="lax")
    return answer
