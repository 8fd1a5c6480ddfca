"""The national portal, first generation (portal-interface 1.2)."""

from services.core.gateways.portal.client import PortalAddress, PortalClient

__all__ = ["PortalAddress", "PortalClient"]
