"""A province's own gateway in front of the portal: one address per service, the log-in done inside it."""

from typing import Final
from urllib.parse import parse_qsl

from starlette.types import Scope

from services.mock_portal.mapi import SERVICES, MapiEndpoint
from services.mock_portal.portal import Portal
from services.mock_portal.request import WireRequest, read_request

GATEWAY_AREA: Final = "/KetNoiMotCuaQuocGia/"
"""Followed by the service's name."""

_SERVICE_NAMES: Final = frozenset(SERVICES)
_PUSHES: Final = "DongBo", "CapNhat"
_UNIT_IN_QUERY: Final = "MaDinhDanhDV"


class GatewayEndpoint(MapiEndpoint):
    """Takes parameters from body and query alike, and answers with the portal's answer inside `message`."""

    def __init__(self, portal: Portal) -> None:
        super().__init__(portal, login=False)

    def _read(self, scope: Scope, raw: bytes) -> WireRequest:
        name = scope["path"].rpartition("/")[2]
        given = {"service": name, **_query_of(scope)}
        request = read_request(scope, raw or b"{}", services=_SERVICE_NAMES, login=False, given=given)
        reads = not name.startswith(_PUSHES)
        request.wrapped = request.wrapped or reads or self._portal.settings.gateway_wraps == "all"
        return request

    def _admit(self, request: WireRequest) -> None:
        if request.refusal is not None:
            raise request.refusal


def _query_of(scope: Scope) -> dict[str, object]:
    query: dict[str, object] = dict(parse_qsl(scope["query_string"].decode("latin-1")))
    query.pop("dstcode", None)
    if _UNIT_IN_QUERY in query:
        query["madonvi"] = query.pop(_UNIT_IN_QUERY)
    return query
