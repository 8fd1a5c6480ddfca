"""All tables; importing this package fills `Base.metadata`."""

from services.core.persistence.models.access import DeskClient, IdempotencyKey
from services.core.persistence.models.catalogue import DecreedDay, PortalProcedure, Procedure, Unit
from services.core.persistence.models.delivery import (
    Delivery,
    DeliveryAttempt,
    PortalGate,
    PortalOperation,
    Tally,
)
from services.core.persistence.models.dossier import Dossier, DossierNumber, ProgressEntry
from services.core.persistence.models.index766 import IndexCount, IndexDossier, IndexPoints, IndexRefresh
from services.core.persistence.models.intervention import Intervention, InterventionDossier
from services.core.persistence.models.meta import Base
from services.core.persistence.models.outage import OutageDossier, PortalOutage, PortalRefusal
from services.core.persistence.models.reconciliation import ReconciliationFinding, ReconciliationRun

__all__ = [
    "Base",
    "DecreedDay",
    "Delivery",
    "DeliveryAttempt",
    "DeskClient",
    "Dossier",
    "DossierNumber",
    "IdempotencyKey",
    "IndexCount",
    "IndexDossier",
    "IndexPoints",
    "IndexRefresh",
    "Intervention",
    "InterventionDossier",
    "OutageDossier",
    "PortalGate",
    "PortalOperation",
    "PortalOutage",
    "PortalProcedure",
    "PortalRefusal",
    "Procedure",
    "ProgressEntry",
    "ReconciliationFinding",
    "ReconciliationRun",
    "Tally",
    "Unit",
]
