"""What can be done through the API; every route names one."""

from enum import StrEnum
from typing import Final

from services.core.domain.access import Scope


class Action(StrEnum):
    """Public contract like the scopes: add, never rename."""

    DOSSIERS_READ = "dossiers.read"
    IDENTITY_REVEAL = "identity.reveal"  #: the whole number of an applicant, for a reason that is kept
    DOSSIERS_FILE = "dossiers.file"
    DOSSIERS_CHANGE = "dossiers.change"
    DELIVERIES_READ = "deliveries.read"  #: what the portal has of a dossier, and the proof; no personal data
    PARKED_READ = "parked.read"
    PARKED_DECIDE = "parked.decide"
    PAYMENTS_READ = "payments.read"
    PAYMENTS_REPORT = "payments.report"
    PAYOUTS_REPORT = "payouts.report"
    FIGURES_READ = "figures.read"
    PORTAL_READ = "portal.read"  #: outages of the portal, services that are on it
    LOOK_UPS_ASK = "lookups.ask"
    LOOK_UPS_READ = "lookups.read"
    CITIZENS_FIND = "citizens.find"
    CITIZENS_READ = "citizens.read"
    ONBOARDING_RECORD = "onboarding.record"
    ONBOARDING_FOLLOW = "onboarding.follow"  #: standings and attempts of single people
    ONBOARDING_PLAN = "onboarding.plan"  #: counts of the eligible, targets, counts reported by others
    ONBOARDING_FIGURES = "onboarding.figures"
    ONBOARDING_STEPS = "onboarding.steps"


#: Actions on what belongs to no unit: the province, its citizens, the portal, the catalogue of steps.
UNITLESS: Final = frozenset(
    {Action.PORTAL_READ, Action.CITIZENS_FIND, Action.CITIZENS_READ, Action.ONBOARDING_STEPS}
)

#: The scope that a client needs for an action, whoever the officer is.
SCOPES: Final[dict[Action, Scope]] = {
    Action.DOSSIERS_READ: Scope.READ,
    Action.IDENTITY_REVEAL: Scope.READ,
    Action.DOSSIERS_FILE: Scope.WRITE,
    Action.DOSSIERS_CHANGE: Scope.WRITE,
    Action.DELIVERIES_READ: Scope.READ,
    Action.PARKED_READ: Scope.READ,
    Action.PARKED_DECIDE: Scope.OPERATE,
    Action.PAYMENTS_READ: Scope.READ,
    Action.PAYMENTS_REPORT: Scope.PAYMENTS,
    Action.PAYOUTS_REPORT: Scope.PAYMENTS,
    Action.FIGURES_READ: Scope.READ,
    Action.PORTAL_READ: Scope.READ,
    Action.LOOK_UPS_ASK: Scope.LOOK_UP,
    Action.LOOK_UPS_READ: Scope.LOOK_UP,
    Action.CITIZENS_FIND: Scope.CITIZENS,
    Action.CITIZENS_READ: Scope.CITIZENS,
    Action.ONBOARDING_RECORD: Scope.ONBOARDING_WRITE,
    Action.ONBOARDING_FOLLOW: Scope.ONBOARDING_READ,
    Action.ONBOARDING_PLAN: Scope.ONBOARDING_WRITE,
    Action.ONBOARDING_FIGURES: Scope.ONBOARDING_READ,
    Action.ONBOARDING_STEPS: Scope.ONBOARDING_READ,
}
