"""Every address at which a province's system meets the portal."""

from typing import Final

from starlette.routing import Route

from services.mock_portal.adapter import endpoint as adapter
from services.mock_portal.adapter.endpoint import AdapterEndpoint
from services.mock_portal.evaluation.endpoint import PATHS, EvaluationEndpoint
from services.mock_portal.gateway import GATEWAY_PATH, GatewayEndpoint
from services.mock_portal.mapi import CALL_PATH, LOGIN_PATH, PREFIXES, MapiEndpoint
from services.mock_portal.portal import Portal
from services.mock_portal.wire import WireEndpoint

_ANY_METHOD: Final = ("GET", "POST", "PUT", "PATCH", "DELETE")


def wire_routes(portal: Portal) -> list[Route]:
    return [
        *_mapi_routes(portal),
        _route(GATEWAY_PATH, GatewayEndpoint(portal)),
        *(_route(path, EvaluationEndpoint(portal, path)) for path in PATHS),
        *(
            _route(path, AdapterEndpoint(portal, action), method)
            for action, (method, path) in adapter.PATHS.items()
        ),
        Route(adapter.UNKNOWN_PATH, adapter.report_unknown_path, methods=_ANY_METHOD, name="adapter"),
    ]


def _mapi_routes(portal: Portal) -> list[Route]:
    return [
        _route(prefix + path, MapiEndpoint(portal, login=login))
        for prefix in PREFIXES
        for path, login in ((LOGIN_PATH, True), (CALL_PATH, False))
    ]


def _route(path: str, endpoint: WireEndpoint, method: str = "POST") -> Route:
    return Route(path, endpoint, methods=[method], name=path)
