"""The national portal, first generation (portal-interface 1.2)."""

from services.core.gateways.portal.client import PortalClient
from services.core.gateways.portal.exchange import PortalAddress

__all__ = ["PortalAddress", "PortalClient"]
