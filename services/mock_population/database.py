"""One population database: everyone it knows, what it was asked, and what it was told to do wrong."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from services.mock_kit.clock import MockClock
from services.mock_kit.latency import Latency
from services.mock_population.answer_xml import PrefixDrift
from services.mock_population.credentials import Tokens
from services.mock_population.faults import FaultBoard
from services.mock_population.generation import generate
from services.mock_population.ledger import Ledger
from services.mock_population.register import Register
from services.mock_population.settings import PopulationSettings


class Database:
    """Used from one event loop only; nothing here waits, so every change is whole."""

    def __init__(self, settings: PopulationSettings) -> None:
        self.settings = settings
        self._generated = generate(settings.citizens, seed=settings.seed)
        self.register = Register(self._generated)
        self.clock = MockClock()
        self.tokens = Tokens(timedelta(seconds=settings.token_seconds))
        self.prefixes = PrefixDrift(seed=settings.seed, enabled=settings.prefix_drift)
        self.latency = Latency(seed=settings.seed)
        self.faults = FaultBoard()
        self.ledger = Ledger()
        self._stopping = asyncio.Event()

    def reset(self) -> None:
        """Back to the state after start-up: the generated people, no token, no fault, real time."""
        self.register = Register(self._generated)
        self.clock.run_real()
        self.tokens.clear()
        self.prefixes.restart()
        self.latency.set(None)
        self.faults.clear()
        self.ledger.clear()

    async def pause(self, seconds: float) -> None:
        """Sleep on real time, cut short when the server stops."""
        if seconds <= 0:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopping.wait()

    def stop(self) -> None:
        """Let go of every exchange that is held up, so that the server can end."""
        self._stopping.set()
        self.faults.end_all()
        self.ledger.stop_waits()
