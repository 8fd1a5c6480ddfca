"""Letting a call in: the client has to be allowed to do it, and so has the officer behind it."""

from dataclasses import replace

from services.core.domain.access import Caller
from services.core.domain.errors import DomainError
from services.core.domain.officer import Officer
from services.core.domain.policy.action import SCOPES, UNITLESS, Action
from services.core.domain.policy.relation import Relation, narrower, only
from services.core.domain.policy.table import allows
from services.core.domain.role import Role


class RoleLacksAction(DomainError):
    """The officer is known, but this is not their work."""

    code = "role-lacks-action"


class OfficerElsewhere(DomainError):
    """The officer works for units that the client has nothing to do with."""

    code = "officer-elsewhere"


class OfficerTokenNeeded(DomainError):
    """The client may only call for an officer."""

    code = "officer-token-needed"


def admit(client: Caller, officer: Officer | None, action: Action) -> Caller:
    """Give the caller with the reach that client and officer have in common for this action.

    Raises `ScopeMissing`, `RoleLacksAction` or `OfficerElsewhere`.
    """
    client.check(SCOPES[action])
    within: str | None = _reach(Role.INTEGRATION_CLIENT, client.unit_path, action)
    if officer is not None:
        within = narrower(client.unit_path, _reach(officer.role, officer.unit_path, action))
    if within is None:
        raise OfficerElsewhere
    return replace(client, unit_path=within, officer=officer)


def _reach(role: Role, unit_path: str, action: Action) -> str:
    if action in UNITLESS and allows(role, action, Relation.NONE):
        return unit_path
    if not allows(role, action, Relation.OWN):
        raise RoleLacksAction(role=role.value, action=action.value)
    return unit_path if allows(role, action, Relation.CHILD) else only(unit_path)
