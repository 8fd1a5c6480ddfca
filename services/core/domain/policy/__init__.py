"""Who may do what, as data: role, action, and how the object's unit stands to one's own."""

from services.core.domain.policy.action import SCOPES, UNITLESS, Action
from services.core.domain.policy.admission import OfficerElsewhere, OfficerTokenNeeded, RoleLacksAction, admit
from services.core.domain.policy.relation import (
    Relation,
    covers,
    narrower,
    only,
    reach_of,
    relation_between,
    root_of,
)
from services.core.domain.policy.table import POLICY, allows
from services.core.domain.role import OFFICER_ROLES, ROLE_NAMES, Role

__all__ = [
    "OFFICER_ROLES",
    "POLICY",
    "ROLE_NAMES",
    "SCOPES",
    "UNITLESS",
    "Action",
    "OfficerElsewhere",
    "OfficerTokenNeeded",
    "Relation",
    "Role",
    "RoleLacksAction",
    "admit",
    "allows",
    "covers",
    "narrower",
    "only",
    "reach_of",
    "relation_between",
    "root_of",
]
