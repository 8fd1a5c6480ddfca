"""Fixtures that several integration tests share."""

from tests.desk_api import api
from tests.integration.holdings_cases import listing_portal, sides

__all__ = ["api", "listing_portal", "sides"]
