"""The national population database over HTTP."""

from services.core.gateways.population.client import PopulationAddress, PopulationClient, Way
from services.core.gateways.population.platform import PlatformAccess

__all__ = ["PlatformAccess", "PopulationAddress", "PopulationClient", "Way"]
