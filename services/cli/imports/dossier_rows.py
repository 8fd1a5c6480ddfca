"""From a row of a register to a filing, by the same checks as of the API."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from pydantic import ValidationError

from services.api.problems import Said
from services.api.schemas.filing import FilingIn
from services.cli.imports.dossier_history import (
    STEP_NOT_DATED,
    due_on_clock,
    instants,
    is_undated,
    moment_in,
    status_of,
    steps_of,
)
from services.cli.imports.dossier_words import (
    CHANNEL_WORDS,
    FILING_MODE_WORDS,
    KIND_WORDS,
    RESULT_DELIVERY_WORDS,
    STEP_TEXTS,
)
from services.cli.imports.naming import Naming
from services.cli.imports.remarks import Remarks
from services.cli.tables.cells import identity_of, sum_of
from services.cli.tables.fault import CellUnusable, Fault, Weight
from services.cli.tables.folding import fold
from services.cli.tables.table import Table, TableRow
from services.core.domain.dossier import Status
from services.core.domain.errors import DomainError
from services.core.domain.reception import Filing

NOT_SAID: Final = Fault(
    "required",
    Said(
        "Thiếu; hãy thêm cột, hoặc dùng --channel / --filing-mode cho cả tệp.",
        "Missing; add the column, or give --channel / --filing-mode for the whole file.",
    ),
)
UNKNOWN_WORD: Final = Fault(
    "unknown-word",
    Said("Không hiểu giá trị này của cột.", "This value of the column is not known."),
)
REQUIRED: Final = Fault("required", Said("Thiếu giá trị.", "A value is missing."))

#: Parts of the API's form, and the columns from which they come.
_COLUMNS: Final = {
    "/code": "code",
    "/procedure_code": "procedure_code",
    "/unit_code": "unit_code",
    "/channel": "channel",
    "/filing_mode": "filing_mode",
    "/result_delivery": "result_delivery",
    "/applicant/name": "applicant_name",
    "/applicant/kind": "applicant_kind",
    "/applicant/identity_number": "identity_number",
    "/applicant/organisation_number": "organisation_number",
    "/applicant/phone": "phone",
    "/applicant/email": "email",
    "/applicant/address": "address",
    "/applicant": "applicant_name",
    "/summary": "summary",
    "/note": "note",
    "/fees": "fee",
    "/submitted_at": "submitted_at",
    "/due_at": "due_at",
}

#: Columns that may stand in for one that the table does not have.
_STANDS_IN: Final = {
    "code": ("number",),
    "procedure_code": ("procedure_name",),
    "unit_code": ("unit_name",),
    "summary": ("procedure_name",),
}


@dataclass(frozen=True, slots=True)
class Reading:
    """How rows are read, and what stands for cells that are empty.

    `prefix` makes a dossier's number of the register's own; a return stands for the end of the work only
    where `returned_is_finished`.
    """

    naming: Naming
    prefix: str | None
    officer: str
    channel: str | None
    filing_mode: str | None
    returned_is_finished: bool


class DossierRow:
    """A row while it is read: the filing if it can be one, and what there is to say."""

    def __init__(self, table: Table, row: TableRow) -> None:
        self.row = row
        self.remarks = Remarks(table, row.number, places=_COLUMNS, stands_in=_STANDS_IN)
        self.filing: Filing | None = None

    def read(self, reading: Reading) -> "DossierRow":
        """Read the cells; what cannot be used becomes a remark."""
        try:
            document = self._document(reading)
            self.filing = FilingIn.model_validate(document).to_domain()
        except CellUnusable as unusable:
            self.remarks.unusable(unusable)
        except ValidationError as exc:
            self.remarks.invalid(exc)
        except DomainError as refusal:
            self.remarks.refusal(refusal)
        return self

    def _document(self, reading: Reading) -> dict[str, Any]:
        row = self.row
        channel = self._word("channel", CHANNEL_WORDS, reading.channel)
        submitted, due = moment_in(row, "submitted_at"), moment_in(row, "due_at")
        steps = steps_of(
            row, registered=channel == "online", returned_is_finished=reading.returned_is_finished
        )
        if is_undated(status_of(row), steps):
            self.remarks.add(Weight.WARNING, "status", STEP_NOT_DATED)
        for number, step in enumerate(steps):
            self.remarks.place(f"/history/{number}", step.column)
        procedure = reading.naming.procedure_of(row)
        first = submitted or steps[0].moment
        submitted_at, *times = instants([first, *(step.moment for step in steps)])
        return {
            "code": self._code(reading.prefix),
            "procedure_code": procedure,
            "unit_code": reading.naming.unit_of(row),
            "channel": channel,
            "filing_mode": self._word("filing_mode", FILING_MODE_WORDS, reading.filing_mode),
            "result_delivery": self._word("result_delivery", RESULT_DELIVERY_WORDS, "at_desk"),
            "applicant": self._applicant(),
            "summary": self._summary(procedure, reading.naming),
            "submitted_at": submitted_at,
            "due_at": due and due_on_clock(due),
            "note": row.text("note"),
            "fees": self._fees(),
            "history": [
                self._step(step.status, at, reading.officer) for step, at in zip(steps, times, strict=True)
            ],
        }

    def _step(self, status: Status, occurred_at: datetime, otherwise: str) -> dict[str, Any]:
        return {
            "status": int(status),
            "occurred_at": occurred_at,
            "officer": self._officer(status) or otherwise,
            "department": self.row.text("department"),
            "text": STEP_TEXTS[status],
        }

    def _code(self, prefix: str | None) -> str:
        if code := self.row.text("code"):
            return code
        number = self.row.text("number")
        if prefix is None or number is None:
            raise CellUnusable(REQUIRED, "code")
        return f"{prefix}{number}"

    def _summary(self, procedure: str, naming: Naming) -> str:
        """Give what the row says, or the name of the procedure; an unknown one is refused by the rules."""
        row = self.row
        return row.text("summary") or row.text("procedure_name") or naming.titles.get(procedure, procedure)

    def _applicant(self) -> dict[str, Any]:
        row = self.row
        organisation = row.text("organisation_number")
        kind = self._word("applicant_kind", KIND_WORDS, "business" if organisation else "citizen")
        cell = row.cell("identity_number")
        return {
            "kind": kind,
            "name": row.text("applicant_name"),
            "identity_number": None if cell is None else self._cell("identity_number", self._identity),
            "organisation_number": organisation,
            "phone": row.text("phone"),
            "email": row.text("email"),
            "address": row.text("address"),
        }

    def _identity(self, cell: Any) -> str:
        return identity_of(cell, lambda fault: self.remarks.add(Weight.WARNING, "identity_number", fault))

    def _fees(self) -> list[dict[str, Any]]:
        if self.row.cell("fee") is None:
            return []
        amount = self._cell("fee", sum_of)
        return [{"name": "Lệ phí", "amount_vnd": amount}] if amount else []

    def _cell(self, column: str, read: Callable[[Any], Any]) -> Any:
        try:
            return read(self.row.cell(column))
        except CellUnusable as exc:
            raise CellUnusable(exc.fault, column) from exc

    def _word(self, column: str, words: Mapping[str, str], otherwise: str | None) -> str:
        text = self.row.text(column)
        if text is None:
            if otherwise is None:
                raise CellUnusable(NOT_SAID, column)
            return otherwise
        word = words.get(fold(text))
        if word is None:
            raise CellUnusable(UNKNOWN_WORD, column)
        return word

    def _officer(self, status: Status) -> str | None:
        """Give who took it in for the first steps, who worked on it for the others."""
        receiving, working = self.row.text("receiving_officer"), self.row.text("officer")
        is_first = status in (Status.REGISTERED, Status.RECEIVED)
        return (receiving or working) if is_first else (working or receiving)
