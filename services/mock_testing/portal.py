"""The mock portal in a tester's hand."""

from collections.abc import Iterator
from datetime import datetime
from urllib.parse import quote

from services.mock_testing.answers import Arrivals, DossierLedger, PortalSummary, Verdict
from services.mock_testing.control import Control


class PortalControl(Control):
    """Ledger and verdicts of a mock portal, besides what every mock has."""

    def ledger_of(self, code: str) -> DossierLedger | None:
        """Show everything received about one dossier, in order of arrival; `None` if nothing was."""
        found = self.find("/ledger", mahoso=code)
        return None if found is None else DossierLedger.model_validate(found)

    def statuses_of(self, code: str) -> list[int]:
        """Give the statuses of the stored progress entries, in order of arrival."""
        ledger = self.ledger_of(code)
        return [] if ledger is None else [int(entry.status) for entry in ledger.progress]

    def summary(self) -> PortalSummary:
        """Count what is stored, doubled and out of order, and the calls by result."""
        return PortalSummary.model_validate(self.call("GET", "/ledger/summary"))

    def codes(self) -> Iterator[str]:
        """List stored dossiers in order of arrival."""
        for row in self.pages("/ledger/codes"):
            yield str(row["code"])

    def wait(self, *, dossiers: int = 0, entries: int = 0, timeout_seconds: float = 30.0) -> Arrivals:
        """Answer once so much is stored, or with `reached` false when the time is up."""
        answer = self.call("GET", "/ledger/wait", dossiers=dossiers, entries=entries, timeout=timeout_seconds)
        return Arrivals.model_validate(answer)

    def verdict_of(self, code: str, *, as_of: datetime | None = None) -> Verdict | None:
        """Judge one dossier, by the portal's clock unless `as_of` is given; `None` if it is not stored."""
        moment = None if as_of is None else as_of.isoformat()
        found = self.find(f"/verdicts/{quote(code, safe='')}", as_of=moment)
        return None if found is None else Verdict.model_validate(found)

    def verdicts(self, *, standing: str | None = None) -> Iterator[Verdict]:
        """Judge every dossier, in order of arrival."""
        for row in self.pages("/verdicts", standing=standing):
            yield Verdict.model_validate(row)
