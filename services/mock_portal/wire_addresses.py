"""Every address at which a province's system meets the portal."""

from collections.abc import Mapping
from typing import Final

from starlette.types import ASGIApp

from services.mock_portal.adapter import endpoint as adapter
from services.mock_portal.adapter.endpoint import AdapterEndpoint
from services.mock_portal.evaluation.endpoint import PATHS, EvaluationEndpoint
from services.mock_portal.gateway import GATEWAY_AREA, GatewayEndpoint
from services.mock_portal.mapi import CALL_PATH, LOGIN_PATH, PREFIXES, MapiEndpoint
from services.mock_portal.portal import Portal

ANY_METHOD: Final = "*"

Endpoints = Mapping[tuple[str, str], ASGIApp]
"""By method and path, or by `ANY_METHOD` and the first part of the path (`/adapter/`)."""


def wire_endpoints(portal: Portal) -> Endpoints:
    mapi: dict[tuple[str, str], ASGIApp] = {
        ("POST", prefix + path): MapiEndpoint(portal, login=login)
        for prefix in PREFIXES
        for path, login in ((LOGIN_PATH, True), (CALL_PATH, False))
    }
    return {
        **mapi,
        (ANY_METHOD, GATEWAY_AREA): GatewayEndpoint(portal),
        **{("POST", path): EvaluationEndpoint(portal, path) for path in PATHS},
        **{place: AdapterEndpoint(portal, action) for action, place in adapter.PATHS.items()},
        (ANY_METHOD, adapter.AREA): adapter.report_unknown_path,
    }


def find_endpoint(endpoints: Endpoints, method: str, path: str) -> ASGIApp | None:
    found = endpoints.get((method, path))
    if found is None:
        area = f"/{path[1:].partition('/')[0]}/"
        found = endpoints.get((ANY_METHOD, area))
    return found
