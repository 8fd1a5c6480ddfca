"""The national population database over HTTP."""

from services.core.gateways.population.client import PopulationAddress, PopulationClient, Way

__all__ = ["PopulationAddress", "PopulationClient", "Way"]
