"""One portal: everything it knows, holds and was told to do wrong."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from services.mock_portal.adapter.desk import AdapterDesk
from services.mock_portal.answers import ErrorCodeDrift
from services.mock_portal.catalogue import DEFAULT_ORGANISATIONS, SEED, Catalogue, load_procedures
from services.mock_portal.clock import PortalClock
from services.mock_portal.faults import FaultBoard
from services.mock_portal.items import dossier_spec, progress_spec
from services.mock_portal.latency import Latency
from services.mock_portal.ledger import Ledger
from services.mock_portal.question_board import QuestionBoard
from services.mock_portal.sessions import Sessions
from services.mock_portal.settings import PortalSettings
from services.mock_portal.store import Store


class Portal:
    """Used from one event loop only; nothing here waits, so every change is whole."""

    def __init__(self, settings: PortalSettings) -> None:
        """Load the catalogue.

        Raises `OSError` when its file cannot be read, `ValueError` when a row of it is wrong.
        """
        self._procedures = load_procedures(settings.catalogue_path or SEED)
        self.settings = settings
        self.dossier_spec = dossier_spec(
            settings.strictness, require_later_fields=settings.require_later_fields
        )
        self.progress_spec = progress_spec(settings.strictness)
        self.catalogue = self._initial_catalogue()
        self.clock = PortalClock()
        self.sessions = Sessions(timedelta(seconds=settings.session_seconds))
        self.drift = ErrorCodeDrift(seed=settings.seed, enabled=settings.error_code_drift)
        self.latency = Latency(seed=settings.seed)
        self.faults = FaultBoard()
        self.store = Store()
        self.ledger = Ledger()
        self.questions = QuestionBoard()
        self.ratings: dict[str, str] = {}
        """Dossier code to the citizen's rating."""
        self.adapter = AdapterDesk(timedelta(seconds=settings.adapter_token_seconds))
        self._stopping = asyncio.Event()

    def reset(self) -> None:
        """Back to the state after start-up: nothing held, no session, no fault, real time."""
        self.catalogue = self._initial_catalogue()
        self.clock.run_real()
        self.sessions.clear()
        self.drift.restart()
        self.latency.set_range(0, 0)
        self.faults.clear()
        self.store.clear()
        self.ledger.clear()
        self.questions.clear()
        self.ratings.clear()
        self.adapter.clear()

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
        self.store.stop_waits()

    def _initial_catalogue(self) -> Catalogue:
        return Catalogue(self._procedures, DEFAULT_ORGANISATIONS)
