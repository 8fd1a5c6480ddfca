"""Asking about a sample of accepted dossiers, beside the delivery."""

import asyncio
import random

import structlog

from services.core.application.sight_accepted import Sighting, sight_accepted

log = structlog.get_logger()


class Sightings:
    """Asks until cancelled; any number of workers may."""

    def __init__(self, sighting: Sighting, *, seconds: float) -> None:
        self._sighting = sighting
        self._seconds = seconds

    async def run(self) -> None:
        """Ask again and again; a round that fails is told, and the delivery goes on."""
        while True:
            try:
                await sight_accepted(self._sighting)
            except Exception as exc:  # noqa: BLE001 - a measurement must not stop all deliveries
                log.warning("sightings.round_failed", error=type(exc).__name__)
            await asyncio.sleep(self._seconds * random.uniform(0.8, 1.2))  # noqa: S311 - spreads workers
