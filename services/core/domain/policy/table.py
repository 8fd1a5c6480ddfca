"""The policy table. What it does not name is forbidden."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from services.core.domain.policy.action import UNITLESS, Action
from services.core.domain.policy.relation import Relation
from services.core.domain.role import Role

Row = Mapping[Action, frozenset[Relation]]

_OWN: Final = frozenset({Relation.OWN})
_BELOW: Final = frozenset({Relation.OWN, Relation.CHILD})
_NO_UNIT: Final = frozenset({Relation.NONE})


def _row(relations: frozenset[Relation], *actions: Action) -> Row:
    return {action: _NO_UNIT if action in UNITLESS else relations for action in actions}


POLICY: Final[Mapping[Role, Row]] = MappingProxyType(
    {
        Role.DESK_OFFICER: _row(
            _OWN,
            Action.DOSSIERS_READ,
            Action.IDENTITY_REVEAL,
            Action.DOSSIERS_FILE,
            Action.DOSSIERS_CHANGE,
            Action.DELIVERIES_READ,
            Action.PARKED_READ,
            Action.PAYMENTS_READ,
            Action.PAYMENTS_REPORT,
            Action.FIGURES_READ,
            Action.PORTAL_READ,
            Action.LOOK_UPS_ASK,
            Action.LOOK_UPS_READ,
            Action.CITIZENS_FIND,
            Action.CITIZENS_READ,
            Action.ONBOARDING_STEPS,
        ),
        Role.UNIT_HEAD: _row(
            _BELOW,
            Action.DOSSIERS_READ,
            Action.IDENTITY_REVEAL,
            Action.DOSSIERS_CHANGE,
            Action.DELIVERIES_READ,
            Action.PARKED_READ,
            Action.PARKED_DECIDE,
            Action.PAYMENTS_READ,
            Action.PAYOUTS_REPORT,
            Action.FIGURES_READ,
            Action.PORTAL_READ,
            Action.LOOK_UPS_READ,
            Action.ONBOARDING_FOLLOW,
            Action.ONBOARDING_PLAN,
            Action.ONBOARDING_FIGURES,
            Action.ONBOARDING_STEPS,
        ),
        Role.PROVINCE_SUPERVISOR: _row(
            _BELOW,
            Action.DOSSIERS_READ,
            Action.DELIVERIES_READ,
            Action.PARKED_READ,
            Action.FIGURES_READ,
            Action.PORTAL_READ,
            Action.ONBOARDING_PLAN,
            Action.ONBOARDING_FIGURES,
            Action.ONBOARDING_STEPS,
        ),
        # Keeps the system going without seeing whose dossiers they are.
        Role.OPERATOR: _row(
            _BELOW,
            Action.DELIVERIES_READ,
            Action.PARKED_READ,
            Action.PARKED_DECIDE,
            Action.FIGURES_READ,
            Action.PORTAL_READ,
            Action.ONBOARDING_FIGURES,
            Action.ONBOARDING_STEPS,
        ),
        Role.AUDITOR: _row(
            _BELOW,
            Action.DOSSIERS_READ,
            Action.DELIVERIES_READ,
            Action.PARKED_READ,
            Action.PAYMENTS_READ,
            Action.FIGURES_READ,
            Action.PORTAL_READ,
            Action.LOOK_UPS_READ,
            Action.ONBOARDING_FIGURES,
            Action.ONBOARDING_STEPS,
        ),
        Role.ONBOARDING_TEAM: _row(
            _OWN,
            Action.ONBOARDING_RECORD,
            Action.ONBOARDING_FOLLOW,
            Action.ONBOARDING_FIGURES,
            Action.ONBOARDING_STEPS,
        ),
        # Its scopes say which of these it was given.
        Role.INTEGRATION_CLIENT: _row(_BELOW, *Action),
    }
)


def allows(role: Role, action: Action, relation: Relation) -> bool:
    """Tell whether the table has a row for it."""
    return relation in POLICY[role].get(action, frozenset())
