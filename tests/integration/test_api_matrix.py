"""The authorisation matrix: every route, every role, every relation of units; no cell is left out."""

from collections.abc import AsyncIterator
from typing import Any, Final

import httpx
import pytest

from services.core.domain.policy import POLICY, UNITLESS, Action, Relation, allows
from services.core.domain.role import Role
from services.core.persistence.engine import Sessions
from tests.desk_api import DeskApi, problem, serve
from tests.matrix_probes import LISTS, PROBES, UNITLESS_PROBES, Aim, Route, call, is_absent, said
from tests.matrix_world import ABSENT, UNITS, World, populate
from tests.trust import Trust

#: Not aimed at a unit, but shows only what is reached.
WITHOUT_UNIT: Final = {("GET", "/v1/payment-differences")}


@pytest.fixture
async def world(api: DeskApi, sessions: Sessions) -> AsyncIterator[World]:
    trust = Trust()
    async with serve(api.runtime.sessions, clock=api.clock, bell=api.bell, believed=trust.believed()) as (
        app,
        _,
    ):
        yield await populate(api, app, trust, sessions)


def actions(world: World) -> dict[Route, Action]:
    found: dict[Route, Action] = world.app.state.actions
    return found


async def test_no_route_is_without_a_row_in_the_matrix(world: World) -> None:
    documented = {
        (method.upper(), path)
        for path, methods in world.app.openapi()["paths"].items()
        for method, operation in methods.items()
        if "security" in operation
    }
    unitless = {route for route, action in actions(world).items() if action in UNITLESS}

    assert documented == set(actions(world))
    assert unitless == set(UNITLESS_PROBES)
    assert documented - unitless == set(PROBES) | WITHOUT_UNIT
    assert set(LISTS) >= WITHOUT_UNIT


@pytest.mark.parametrize("role", Role)
async def test_each_cell_is_as_the_policy_says(world: World, role: Role) -> None:
    async with world.caller(role) as http:
        await check_what_has_no_unit(world, role, http)
        await check_lists(world, role, http)
        await check_that_nothing_else_is_shown(world, role, http)
        await check_cells(world, role, http)


async def check_cells(world: World, role: Role, http: httpx.AsyncClient) -> None:
    """Aim each route at each unit."""
    tested = 0
    for route, aim in PROBES.items():
        action = actions(world)[route]
        absent = await call(http, route, aim(ABSENT), ABSENT)
        for relation, thing in world.things.items():
            answer = await call(http, route, aim(thing), thing)
            check(answer, absent, role, action, allowed=allows(role, action, relation))
            tested += 1

    assert tested == len(PROBES) * len(UNITS)


def check(
    answer: httpx.Response, absent: httpx.Response, role: Role, action: Action, *, allowed: bool
) -> None:
    """Check one cell; `absent` is the answer about what is nowhere."""
    where = (role, action, answer.request.method, str(answer.request.url), answer.text)
    assert answer.status_code < 500, where
    if action not in POLICY[role]:
        problem(answer, 403, "role-lacks-action")
    elif allowed:
        assert answer.status_code != 403, where
        assert not is_absent(answer), where
    else:
        assert is_absent(answer), where
    if not allowed:
        assert said(answer) == said(absent), where


async def check_lists(world: World, role: Role, http: httpx.AsyncClient) -> None:
    """Check that lists show what is reached, all of it and nothing else."""
    for route, query in LISTS.items():
        action = actions(world)[route]
        answer = await call(http, route, Aim(query=query), ABSENT)
        if action not in POLICY[role]:
            problem(answer, 403, "role-lacks-action")
            continue
        reached = {relation for relation in UNITS if allows(role, action, relation)}
        assert seen(answer) == reached, (role, route)


async def check_that_nothing_else_is_shown(world: World, role: Role, http: httpx.AsyncClient) -> None:
    """Check that nothing that can be asked shows a unit out of reach."""
    for route, aim in PROBES.items():
        action = actions(world)[route]
        if route[0] != "GET" or action not in POLICY[role]:
            continue
        unit = aim(world.things[Relation.OWN])
        own = await call(http, route, unit, world.things[Relation.OWN])
        everything = await call(http, route, Aim(query=without_unit(unit)), world.things[Relation.OWN])
        for answer in (own, everything):
            reached = {relation for relation in UNITS if allows(role, action, relation)}
            assert seen(answer) <= reached, (role, route, answer.text)


async def check_what_has_no_unit(world: World, role: Role, http: httpx.AsyncClient) -> None:
    """Check that what has no unit is open to the roles that the policy names."""
    for route, aim in UNITLESS_PROBES.items():
        answer = await call(http, route, aim, ABSENT, citizen=world.citizen)
        if allows(role, actions(world)[route], Relation.NONE):
            assert answer.status_code == 200, (role, route, answer.text)
        else:
            problem(answer, 403, "role-lacks-action")


async def test_who_is_on_no_list_has_no_cell_at_all(world: World) -> None:
    async with world.caller(Role.AUDITOR) as http:
        http.headers["X-Officer-Token"] = world.trust.officer_token("somebody")
        for route, aim in PROBES.items():
            thing = world.things[Relation.OWN]
            problem(await call(http, route, aim(thing), thing), 401, "not-authenticated")


def without_unit(aim: Aim) -> dict[str, Any]:
    return {name: value for name, value in (aim.query or {}).items() if name != "unit"}


def seen(answer: httpx.Response) -> set[Relation]:
    """Give the units that an answer names, by their code or by the numbers of their dossiers."""
    return {
        relation
        for relation, code in UNITS.items()
        if f'"{code}"' in answer.text or f'"{code}-' in answer.text
    }
