"""Reading JSON strictly: one meaning or none."""

import json
from collections.abc import Callable, Coroutine
from http import HTTPMethod
from typing import Any, Final

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from services.api.refusals import MalformedJson, MediaTypeUnsupported

_WITH_BODY: Final = frozenset({HTTPMethod.POST, HTTPMethod.PUT, HTTPMethod.PATCH})


class StrictRequest(Request):
    """Refuses what Python's reader lets pass: names given twice, NaN, other encodings, endless nesting."""

    async def json(self) -> Any:
        """Read the body once; raises `MalformedJson`."""
        if not hasattr(self, "_json"):
            self._json = read_json(await self.body())
        return self._json


class StrictRoute(APIRoute):
    """Route that takes JSON from those who say that it is JSON."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_strictly(request: Request) -> Response:
            if request.method in _WITH_BODY and media_type(request) != "application/json":
                raise MediaTypeUnsupported(expected="application/json")
            return await handle(StrictRequest(request.scope, request.receive))

        return handle_strictly


def read_json(body: bytes) -> Any:
    """Read one JSON value; raises `MalformedJson`, which repeats nothing of it."""
    try:
        return _READER.decode(body.decode())
    except UnicodeDecodeError as exc:
        raise MalformedJson(fault="encoding") from exc
    except RecursionError as exc:
        raise MalformedJson(fault="depth") from exc
    except ValueError as exc:
        raise MalformedJson(fault="syntax") from exc


def media_type(request: Request) -> str:
    """Give the type that the body is said to have, without parameters."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise MalformedJson(fault="duplicate-name")
    return made


def _refuse_constant(_name: str) -> None:
    raise MalformedJson(fault="number")


_READER: Final = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_refuse_constant)
