"""All tables; importing this package fills `Base.metadata`."""

from services.core.persistence.models.access import (
    ClientKey,
    DeskClient,
    IdempotencyKey,
    Officer,
    UsedAssertion,
)
from services.core.persistence.models.audit import AuditEntry, AuditLink, AuditRoot
from services.core.persistence.models.catalogue import DecreedDay, PortalProcedure, Procedure, Unit
from services.core.persistence.models.citizen import Citizen
from services.core.persistence.models.counts import DossierDay, DossierMonth, DossierTotal
from services.core.persistence.models.delivery import (
    Delivery,
    DeliveryAttempt,
    DeliveryDay,
    PortalGate,
    PortalMinute,
    PortalOperation,
    Sighting,
    Tally,
)
from services.core.persistence.models.disclosure import Disclosure
from services.core.persistence.models.dossier import Dossier, DossierNumber, ProgressEntry
from services.core.persistence.models.index766 import IndexCount, IndexDossier, IndexPoints, IndexRefresh
from services.core.persistence.models.intervention import Intervention, InterventionDossier
from services.core.persistence.models.lookup import (
    LookUp,
    LookUpAccount,
    LookUpAnswer,
    LookUpDay,
    LookUpQuestion,
)
from services.core.persistence.models.meta import Base
from services.core.persistence.models.onboarding import (
    OnboardingAttempt,
    OnboardingEvent,
    OnboardingSpan,
    OnboardingStanding,
    OnboardingStep,
    OnboardingSubject,
    OnboardingTally,
    OnboardingTarget,
    OnboardingTotal,
    PopulationCount,
    ReportedCount,
)
from services.core.persistence.models.outage import OutageDossier, PortalOutage, PortalRefusal
from services.core.persistence.models.payment import (
    Payment,
    PaymentDifference,
    Payout,
    PayoutDay,
    UnitAccount,
)
from services.core.persistence.models.reconciliation import ReconciliationFinding, ReconciliationRun

__all__ = [
    "AuditEntry",
    "AuditLink",
    "AuditRoot",
    "Base",
    "Citizen",
    "ClientKey",
    "DecreedDay",
    "Delivery",
    "DeliveryAttempt",
    "DeliveryDay",
    "DeskClient",
    "Disclosure",
    "Dossier",
    "DossierDay",
    "DossierMonth",
    "DossierNumber",
    "DossierTotal",
    "IdempotencyKey",
    "IndexCount",
    "IndexDossier",
    "IndexPoints",
    "IndexRefresh",
    "Intervention",
    "InterventionDossier",
    "LookUp",
    "LookUpAccount",
    "LookUpAnswer",
    "LookUpDay",
    "LookUpQuestion",
    "Officer",
    "OnboardingAttempt",
    "OnboardingEvent",
    "OnboardingSpan",
    "OnboardingStanding",
    "OnboardingStep",
    "OnboardingSubject",
    "OnboardingTally",
    "OnboardingTarget",
    "OnboardingTotal",
    "OutageDossier",
    "Payment",
    "PaymentDifference",
    "Payout",
    "PayoutDay",
    "PopulationCount",
    "PortalGate",
    "PortalMinute",
    "PortalOperation",
    "PortalOutage",
    "PortalProcedure",
    "PortalRefusal",
    "Procedure",
    "ProgressEntry",
    "ReconciliationFinding",
    "ReconciliationRun",
    "ReportedCount",
    "Sighting",
    "Tally",
    "Unit",
    "UnitAccount",
    "UsedAssertion",
]
