"""Who may do what, and on which units."""

from itertools import combinations
from pathlib import Path
from uuid import UUID

import pytest
from fastapi import APIRouter
from hypothesis import given
from hypothesis import strategies as st

from services.api.access import DossierReader, Filer
from services.api.actions import RouteWithoutAction, actions_of
from services.api.routers import changes
from services.cli.policy import policy_lines
from services.core.domain.access import Caller, Scope, ScopeMissing
from services.core.domain.officer import Officer
from services.core.domain.policy import (
    OFFICER_ROLES,
    POLICY,
    SCOPES,
    UNITLESS,
    Action,
    OfficerElsewhere,
    Relation,
    Role,
    RoleLacksAction,
    admit,
    allows,
    covers,
    narrower,
    only,
    reach_of,
    relation_between,
    root_of,
)

PATHS = st.lists(st.integers(1, 3), min_size=1, max_size=4).map(
    lambda ids: "/" + "".join(f"{number}/" for number in ids)
)
REACHES = st.one_of(PATHS, PATHS.map(only))
NOBODY = UUID(int=0)


def a_client(path: str = "/1/", *scopes: Scope) -> Caller:
    return Caller(NOBODY, "phần mềm", path, frozenset(scopes or Scope))


def an_officer(role: Role, path: str = "/1/2/") -> Officer:
    return Officer(NOBODY, "Bình", path, role)


@pytest.mark.parametrize(
    ("other", "relation"),
    [
        ("/1/2/", Relation.OWN),
        ("/1/2/3/", Relation.CHILD),
        ("/1/2/3/4/", Relation.CHILD),
        ("/1/", Relation.PARENT),
        ("/1/5/", Relation.SIBLING),
        ("/1/20/", Relation.SIBLING),
        ("/1/5/6/", Relation.FOREIGN),
        ("/9/", Relation.FOREIGN),
        (None, Relation.NONE),
    ],
)
def test_units_stand_to_one_another_as_in_the_tree(other: str | None, relation: Relation) -> None:
    assert relation_between("/1/2/", other) is relation


def test_two_provinces_are_foreign_to_each_other() -> None:
    assert relation_between("/1/", "/2/") is Relation.FOREIGN


@given(PATHS, PATHS)
def test_a_unit_alone_reaches_itself_and_its_subtree_reaches_what_is_below(own: str, other: str) -> None:
    relation = relation_between(own, other)

    assert covers(only(own), other) is (relation is Relation.OWN)
    assert covers(own, other) is (relation in {Relation.OWN, Relation.CHILD})
    assert root_of(only(own)) == root_of(own) == own


@given(REACHES, REACHES, PATHS)
def test_the_narrower_of_two_reaches_is_what_both_reach(first: str, second: str, path: str) -> None:
    both = narrower(first, second)

    assert (both is not None and covers(both, path)) is (covers(first, path) and covers(second, path))


@given(REACHES, PATHS, PATHS)
def test_asking_for_a_unit_never_widens_the_reach(within: str, unit: str, path: str) -> None:
    if covers(within, unit) and covers(reach_of(unit, within), path):
        assert covers(within, path)
        assert covers(unit, path)


def test_the_table_holds_only_what_reaches_can_say() -> None:
    sayable = [{Relation.OWN}, {Relation.OWN, Relation.CHILD}]
    for row in POLICY.values():
        for action, relations in row.items():
            assert relations in ([{Relation.NONE}] if action in UNITLESS else sayable), action


def test_every_role_and_action_is_in_use() -> None:
    assert set(POLICY) == set(Role)
    assert set(SCOPES) == set(Action)
    for action in Action:
        assert any(action in POLICY[role] for role in OFFICER_ROLES), action
    for one, other in combinations(Role, 2):
        assert POLICY[one] != POLICY[other]


def test_those_who_only_look_change_nothing() -> None:
    for role in (Role.AUDITOR, Role.PROVINCE_SUPERVISOR, Role.OPERATOR):
        changed = {Action.DOSSIERS_FILE, Action.DOSSIERS_CHANGE, Action.PAYMENTS_REPORT}
        assert not changed & set(POLICY[role]), role


def test_operators_see_no_citizen() -> None:
    personal = {Action.DOSSIERS_READ, Action.CITIZENS_FIND, Action.CITIZENS_READ, Action.ONBOARDING_FOLLOW}

    assert not personal & set(POLICY[Role.OPERATOR])


@pytest.mark.parametrize("role", sorted(OFFICER_ROLES))
@pytest.mark.parametrize("action", Action)
def test_an_officer_is_admitted_as_the_table_says(role: Role, action: Action) -> None:
    relation = Relation.NONE if action in UNITLESS else Relation.OWN
    if not allows(role, action, relation):
        with pytest.raises(RoleLacksAction):
            admit(a_client(), an_officer(role), action)
        return

    admitted = admit(a_client(), an_officer(role), action)

    below = action in UNITLESS or allows(role, action, Relation.CHILD)
    assert admitted.unit_path == ("/1/2/" if below else "/1/2/.")
    assert admitted.actor == "Bình"


def test_the_client_needs_its_scope_whoever_the_officer_is() -> None:
    with pytest.raises(ScopeMissing):
        admit(a_client("/1/", Scope.READ), an_officer(Role.DESK_OFFICER), Action.DOSSIERS_FILE)


def test_an_officer_above_reaches_no_more_than_the_client() -> None:
    head = an_officer(Role.UNIT_HEAD, "/1/")

    assert admit(a_client("/1/2/"), head, Action.DOSSIERS_READ).unit_path == "/1/2/"


@pytest.mark.parametrize("path", ["/1/", "/1/5/", "/9/"])
def test_an_officer_of_other_units_gets_nowhere_with_this_client(path: str) -> None:
    with pytest.raises(OfficerElsewhere):
        admit(a_client("/1/2/"), an_officer(Role.DESK_OFFICER, path), Action.DOSSIERS_READ)


def test_a_client_alone_reaches_its_subtree() -> None:
    admitted = admit(a_client(), None, Action.DOSSIERS_READ)

    assert (admitted.unit_path, admitted.actor) == ("/1/", "phần mềm")


def test_the_table_in_the_docs_is_the_one_in_force() -> None:
    page = Path("docs/security.md").read_text(encoding="utf-8")
    begin, end = "<!-- lienthong policy -->\n", "\n<!-- end -->"

    assert page[page.index(begin) + len(begin) : page.index(end)] == "\n".join(policy_lines())


def test_a_route_that_names_no_action_keeps_the_service_from_starting() -> None:
    router = APIRouter()
    router.add_api_route("/v1/forgotten", lambda: None)

    with pytest.raises(RouteWithoutAction, match="forgotten"):
        actions_of(router.routes)


def test_a_route_with_two_actions_keeps_the_service_from_starting() -> None:
    router = APIRouter()

    async def torn(one: DossierReader, other: Filer) -> None:
        """Never called."""

    router.add_api_route("/v1/torn", torn)

    with pytest.raises(RouteWithoutAction, match="torn"):
        actions_of(router.routes)


def test_an_action_that_a_route_takes_is_found_behind_its_dependencies() -> None:
    found = actions_of(changes.router.routes)

    assert found["POST", "/v1/dossiers/{dossier}/progress"] is Action.DOSSIERS_CHANGE
