"""Which route takes which action; one that names none keeps the service from starting."""

from collections.abc import Iterable, Iterator
from typing import Final

from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute

from services.api.access import Gate
from services.core.domain.policy import Action

#: Routes without a caller: probes have none, and at the last one clients prove who they are.
OPEN: Final = frozenset({"/healthz", "/readyz", "/v1/token"})


class RouteWithoutAction(Exception):
    """A route is neither open nor behind exactly one gate."""


def actions_of(routes: Iterable[BaseRoute]) -> dict[tuple[str, str], Action]:
    """Give the action of each method and path behind a gate; raises `RouteWithoutAction`."""
    found: dict[tuple[str, str], Action] = {}
    for route in routes:
        if not isinstance(route, APIRoute) or route.path in OPEN:
            continue
        gates = {gate.action for gate in _gates(route.dependant)}
        if len(gates) != 1:
            raise RouteWithoutAction(f"{route.methods} {route.path}: {sorted(gates) or 'no action'}")
        found |= {(method, route.path): next(iter(gates)) for method in route.methods or ()}
    return found


def _gates(dependant: Dependant) -> Iterator[Gate]:
    for needed in dependant.dependencies:
        if isinstance(needed.call, Gate):
            yield needed.call
        yield from _gates(needed)
