"""The mock population database in a tester's hand."""

from collections.abc import Iterator
from itertools import islice

from services.mock_testing.answers import Citizen, LookUpCall, PopulationSummary, Questions
from services.mock_testing.control import Control


class PopulationControl(Control):
    """People and ledger of a mock population database, besides what every mock has."""

    def citizens(self, *, trait: str | None = None, limit: int = 100) -> list[Citizen]:
        """Give people to ask about; the docs list the traits."""
        rows = self.pages("/citizens", trait=trait, limit=min(limit, 1000))
        return [Citizen.model_validate(row) for row in islice(rows, limit)]

    def citizen(self, *, trait: str | None = None) -> Citizen:
        """Give the first such person; raises `LookupError` if there is none."""
        found = self.citizens(trait=trait, limit=1)
        if not found:
            raise LookupError(f"no citizen with the trait {trait}")
        return found[0]

    def put_citizen(self, **known: object) -> Citizen:
        """Add a person, or replace the one with this number; raises `ControlRefused`."""
        return Citizen.model_validate(self.call("POST", "/citizens", known))

    def calls(self) -> Iterator[LookUpCall]:
        """List calls in order of arrival, refused and struck ones too."""
        for row in self.pages("/ledger"):
            yield LookUpCall.model_validate(row)

    def summary(self) -> PopulationSummary:
        return PopulationSummary.model_validate(self.call("GET", "/ledger/summary"))

    def wait(self, *, questions: int, timeout_seconds: float = 30.0) -> Questions:
        """Answer once so many questions were asked, or with `reached` false when the time is up."""
        answer = self.call("GET", "/ledger/wait", questions=questions, timeout=timeout_seconds)
        return Questions.model_validate(answer)
