"""Pages for what goes wrong."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from services.console.form import ForgedForm
from services.console.rendering import render
from services.core.domain.catalogue import UnknownUnit
from services.core.domain.code import InvalidDossierCode
from services.core.domain.intervention import NotParked
from services.core.domain.wording import Bilingual
from services.core.persistence.dossiers import DossierNotFound
from services.core.persistence.faults import is_passing
from services.core.persistence.intervention_views import InterventionNotFound
from services.core.persistence.reconciliation_views import RunNotFound

_RETRY_AFTER_SECONDS: Final = 10


class DatabaseAway(Exception):
    """The database does not answer; said where a query swallows its own failure."""


class NoSuchPlace(Exception):
    """An address with a cursor that is none of ours."""


@dataclass(frozen=True, slots=True)
class Notice:
    """What a page says instead of its own content."""

    status: HTTPStatus
    title: Bilingual
    text: Bilingual


_NO_PAGE: Final = Notice(
    HTTPStatus.NOT_FOUND,
    Bilingual("Không có trang này", "No such page"),
    Bilingual("Địa chỉ không đúng hoặc đã cũ.", "The address is wrong or out of date."),
)
_NO_DOSSIER: Final = Notice(
    HTTPStatus.NOT_FOUND,
    Bilingual("Không có hồ sơ mang mã này", "No dossier has this code"),
    Bilingual(
        "Hãy xem lại mã trên giấy tiếp nhận, dạng H44.101-261121-0001.",
        "Compare it with the receipt; codes look like H44.101-261121-0001.",
    ),
)
_NOT_A_CODE: Final = Notice(
    HTTPStatus.NOT_FOUND,
    Bilingual("Đây không phải mã hồ sơ", "This is not a dossier code"),
    Bilingual(
        "Mã hồ sơ có dạng H44.101-261121-0001. Không nhập số định danh của công dân vào ô này.",
        "Codes look like H44.101-261121-0001. Never enter a citizen's identity number here.",
    ),
)
_NO_UNIT: Final = Notice(
    HTTPStatus.NOT_FOUND,
    Bilingual("Không có đơn vị này", "No such unit"),
    Bilingual(
        "Hãy xem lại mã đơn vị. Nếu chưa có đơn vị nào: lienthong import units TỆP.",
        "Check the unit's code. If there are no units yet: lienthong import units FILE.",
    ),
)
_NOT_PARKED: Final = Notice(
    HTTPStatus.CONFLICT,
    Bilingual("Hồ sơ này không chờ ai", "This dossier waits for nobody"),
    Bilingual(
        "Chưa có gì thay đổi: hồ sơ đã được gửi lại, đã đóng hoặc đã có thay đổi trước đó.",
        "Nothing has changed: it was replayed, closed or changed before.",
    ),
)
_READ_ONLY: Final = Notice(
    HTTPStatus.METHOD_NOT_ALLOWED,
    Bilingual("Trang này chỉ để xem", "These pages are for reading only"),
    Bilingual(
        "Địa chỉ này không nhận thay đổi nào; chưa có gì thay đổi.",
        "This address takes no changes; nothing has changed.",
    ),
)
_FORGED: Final = Notice(
    HTTPStatus.FORBIDDEN,
    Bilingual("Không nhận biểu mẫu này", "This form is not taken"),
    Bilingual(
        "Biểu mẫu đã cũ hoặc không phải từ trang này gửi đến; chưa có gì thay đổi. Mở lại trang và làm lại;"
        " trình duyệt phải nhận cookie.",
        "It is too old or was not sent from this page; nothing has changed. Open the page again and repeat;"
        " the browser has to take cookies.",
    ),
)
_AWAY: Final = Notice(
    HTTPStatus.SERVICE_UNAVAILABLE,
    Bilingual("Cơ sở dữ liệu không trả lời", "The database does not answer"),
    Bilingual(
        "Trang này tự mở lại khi có trả lời. Kiểm tra PostgreSQL có chạy không và xem nhật ký của nó.",
        "This page comes back by itself. See whether PostgreSQL runs, and read its log.",
    ),
)
_BROKEN: Final = Notice(
    HTTPStatus.INTERNAL_SERVER_ERROR,
    Bilingual("Trang này gặp lỗi", "This page has failed"),
    Bilingual(
        "Xem nhật ký của lienthong console, sự kiện request.failed, và báo nhóm phát triển.",
        "Read the log of lienthong console, event request.failed, and tell the developers.",
    ),
)


def install(app: FastAPI) -> None:
    """Let every failure leave as a page."""
    app.add_exception_handler(DossierNotFound, _shown(_NO_DOSSIER))
    app.add_exception_handler(InvalidDossierCode, _shown(_NOT_A_CODE))
    app.add_exception_handler(NotParked, _shown(_NOT_PARKED))
    app.add_exception_handler(InterventionNotFound, _shown(_NO_PAGE))
    app.add_exception_handler(RunNotFound, _shown(_NO_PAGE))
    app.add_exception_handler(UnknownUnit, _shown(_NO_UNIT))
    app.add_exception_handler(NoSuchPlace, _shown(_NO_PAGE))
    app.add_exception_handler(RequestValidationError, _shown(_NO_PAGE))
    app.add_exception_handler(ForgedForm, _shown(_FORGED))
    app.add_exception_handler(HTTPException, _refused_by_framework)
    app.add_exception_handler(Exception, _failed)


def is_away(failure: Exception) -> bool:
    """Tell whether it is the database that is to blame, and may be back in a moment."""
    return isinstance(failure, DatabaseAway) or is_passing(failure)


def show_notice(request: Request, notice: Notice) -> Response:
    """Answer with a page that says what went wrong and what to do."""
    # What was typed into the search box may be a citizen's number, so a refusal does not repeat its address.
    address = None if notice.status is HTTPStatus.SERVICE_UNAVAILABLE else "/"
    response = render(request, "notice.html", status=notice.status, address=address, notice=notice)
    if notice.status is HTTPStatus.SERVICE_UNAVAILABLE:
        response.headers["Retry-After"] = str(_RETRY_AFTER_SECONDS)
    return response


def _shown(notice: Notice) -> Callable[[Request, Exception], Awaitable[Response]]:
    async def show(request: Request, _failure: Exception) -> Response:
        return show_notice(request, notice)

    return show


async def _refused_by_framework(request: Request, refusal: Exception) -> Response:
    if not isinstance(refusal, HTTPException):
        raise refusal
    response = show_notice(
        request, _READ_ONLY if refusal.status_code == HTTPStatus.METHOD_NOT_ALLOWED else _NO_PAGE
    )
    response.headers.update(refusal.headers or {})
    return response


async def _failed(request: Request, failure: Exception) -> Response:
    return show_notice(request, _AWAY if is_away(failure) else _BROKEN)
