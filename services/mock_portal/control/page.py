"""The page for the browser: what arrives, what is answered, and the weather to choose."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response

STATIC: Final = Path(__file__).parents[1] / "static"

_HEADERS: Final = {
    "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-cache",
}


def install(app: FastAPI) -> None:
    """Serve it at `/_control/` of every tenant, with all it needs beside it."""
    app.add_route("/", _to_page, include_in_schema=False)
    app.add_route("/_control", _to_page, include_in_schema=False)
    app.add_route("/_control/", _file("page.html"), include_in_schema=False)
    for name in ("page.css", "page.js"):
        app.add_route(f"/_control/{name}", _file(name), include_in_schema=False)


async def _to_page(request: Request) -> Response:
    return RedirectResponse(f"{request.scope.get('root_path', '')}/_control/")


def _file(name: str) -> Callable[[Request], Awaitable[Response]]:
    async def send(_request: Request) -> Response:
        return FileResponse(STATIC / name, headers=_HEADERS)

    return send
