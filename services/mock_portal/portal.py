"""One portal: everything it knows, holds and was told to do wrong."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from services.mock_kit.clock import MockClock
from services.mock_kit.latency import Latency
from services.mock_portal.adapter.desk import AdapterDesk
from services.mock_portal.answers import ErrorCodeDrift
from services.mock_portal.capacity import Capacity
from services.mock_portal.catalogue import DEFAULT_ORGANISATIONS, SEED, Catalogue, load_procedures
from services.mock_portal.changes import Changes
from services.mock_portal.fault_rule import FaultBoard
from services.mock_portal.items import dossier_spec, progress_spec
from services.mock_portal.ledger import Ledger
from services.mock_portal.maintenance import Maintenance
from services.mock_portal.question_board import QuestionBoard
from services.mock_portal.sessions import Sessions
from services.mock_portal.settings import PortalSettings
from services.mock_portal.store import Store
from services.mock_portal.withdrawals import Withdrawals


class Portal:
    """Used from one event loop only; nothing here waits, so every change is whole."""

    def __init__(self, settings: PortalSettings, *, catalogue: Catalogue | None = None) -> None:
        """Load the catalogue, unless it is given, as for the tenants of one process.

        Raises `OSError` when its file cannot be read, `ValueError` when a row of it is wrong.
        """
        self.initial_catalogue = catalogue or load_catalogue(settings)
        self.initial_settings = settings
        self.catalogue = self.initial_catalogue
        self.clock = MockClock()
        self.sessions = Sessions(timedelta(seconds=settings.session_seconds))
        self.adapter = AdapterDesk()
        self.adopt(settings)
        self.latency = Latency(seed=settings.seed)
        self.capacity = Capacity()
        self.maintenance = Maintenance()
        self.faults = FaultBoard()
        self.store = Store()
        self.ledger = Ledger()
        self.questions = QuestionBoard()
        self.ratings: dict[str, str] = {}
        """Dossier code to the citizen's rating."""
        self.list_cut_at: int | None = None
        """LayDanhSachTTHC breaks off after so many rows, as an incomplete answer of the real one does."""
        self.withdrawals = Withdrawals()
        self.changes = Changes()
        self.snapshots: dict[str, bytes] = {}
        self.in_flight = 0
        """Wire calls that are being dealt with at this moment."""
        self._stopping = asyncio.Event()

    def adopt(self, settings: PortalSettings) -> None:
        """Behave by these settings from the next call on."""
        self.settings = settings
        self.dossier_spec = dossier_spec(
            settings.strictness, require_later_fields=settings.require_later_fields
        )
        self.progress_spec = progress_spec(settings.strictness)
        self.drift = ErrorCodeDrift(seed=settings.seed, enabled=settings.error_code_drift)
        self.sessions.life = timedelta(seconds=settings.session_seconds)
        self.adapter.tokens.life = timedelta(seconds=settings.adapter_token_seconds)

    def reset(self) -> None:
        """Back to the state after start-up: nothing held, no session, no fault, real time; snapshots stay."""
        self.adopt(self.initial_settings)
        self.catalogue = self.initial_catalogue
        self.clock.run_real()
        self.sessions.clear()
        self.calm()
        self.faults.clear()
        self.store.clear()
        self.ledger.clear()
        self.questions.clear()
        self.ratings.clear()
        self.adapter.clear()
        self.list_cut_at = None
        self.withdrawals.clear()
        self.changes.announce()

    def calm(self) -> None:
        """End all misbehaviour; what is held and what was received stay."""
        self.latency.set(None)
        self.capacity.set(None)
        self.maintenance.windows.clear()
        self.faults.end_all()

    def take_back_due(self) -> int:
        """Refuse after all what the clock says is to be refused by now, and give the number of calls."""
        if not len(self.withdrawals):
            return 0
        due = self.withdrawals.take_due(self.clock.now())
        for withdrawal in due:
            call = self.ledger.find_call(withdrawal.call_number)
            if call is not None:
                call.withdrawn_at = withdrawal.due_at
                self.store.withdraw(call, withdrawal.codes)
        return len(due)

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
        self.faults.let_go()
        self.changes.stop()


def load_catalogue(settings: PortalSettings) -> Catalogue:
    """Read the catalogue's file, or take the mock's own.

    Raises `OSError` when the file cannot be read, `ValueError` when a row of it is wrong.
    """
    return Catalogue(load_procedures(settings.catalogue_path or SEED), DEFAULT_ORGANISATIONS)
