"""The national portal, first generation (portal-interface 1.2)."""

from services.core.gateways.portal.client import PortalClient
from services.core.gateways.portal.evaluation import EvaluationAddress, PortalEvaluation
from services.core.gateways.portal.exchange import PortalAddress
from services.core.gateways.portal.holdings import ListService
from services.core.gateways.portal.report import PortalReport, ReportUnreadable, read_report

__all__ = [
    "EvaluationAddress",
    "ListService",
    "PortalAddress",
    "PortalClient",
    "PortalEvaluation",
    "PortalReport",
    "ReportUnreadable",
    "read_report",
]
