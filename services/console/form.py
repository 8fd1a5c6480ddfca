"""Forms that change something: read with a limit, and only if a page of ours in this browser sent them.

The token stands in the form and in a cookie; another site can neither read the one nor set the other.
Browsers also say where a form comes from, which is believed when it is a no.
"""

import secrets
from collections.abc import Mapping
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request
from starlette.responses import Response

_COOKIE: Final = "lienthong_form"
_BYTES_AT_MOST: Final = 16_384
_FIELDS_AT_MOST: Final = 20
_TYPE: Final = "application/x-www-form-urlencoded"


class ForgedForm(Exception):
    """A form that no page of ours gave to this browser, or that is not a form at all."""


def give_token(request: Request) -> str:
    """Give the token of this browser, a new one if it has none; `keep_token` sends it along."""
    return request.cookies.get(_COOKIE) or secrets.token_urlsafe(32)


def keep_token(response: Response, token: str) -> None:
    """Let the browser keep the token until it is closed."""
    response.set_cookie(_COOKIE, token, httponly=True, samesite="strict")


async def read_form(request: Request) -> Mapping[str, str]:
    """Read the fields of a form that we gave out; raises `ForgedForm`."""
    if not _comes_from_here(request):
        raise ForgedForm
    fields = await _fields(request)
    sent, kept = fields.get("token", ""), request.cookies.get(_COOKIE, "")
    if not kept or not secrets.compare_digest(sent.encode(), kept.encode()):
        raise ForgedForm
    return fields


def _comes_from_here(request: Request) -> bool:
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


async def _fields(request: Request) -> Mapping[str, str]:
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != _TYPE:
        raise ForgedForm
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _BYTES_AT_MOST:
            raise ForgedForm
    try:
        text = body.decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_FIELDS_AT_MOST))
    except ValueError as fault:
        raise ForgedForm from fault
