"""From a row of a list of people helped to an event."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from typing import Any, Final
from uuid import UUID, uuid5

from services.cli.imports.form_row import Document, parsed, required, word_in
from services.cli.imports.naming import Naming
from services.cli.imports.onboarding_columns import (
    ASSISTED_WORDS,
    DEVICE_WORDS,
    HELPER_WORDS,
    OUTCOME_WORDS,
    REASON_WORDS,
)
from services.cli.imports.remarks import Remarks
from services.cli.tables.cells import Moment, identity_of, moment_of, sum_of
from services.cli.tables.fault import Weight
from services.cli.tables.folding import fold
from services.cli.tables.table import TableRow
from services.core.domain.deadline import VIETNAM
from services.core.domain.onboarding.event import EventOutcome
from services.core.domain.onboarding.step import Step, SubjectKind

#: Under which ids are made of what names an event, so that the same row has the same id every time.
_SPACE: Final = UUID("c1b0d9e4-6c1e-4e0e-9a51-6d1f6a0d2f5e")
_A_MINUTE: Final = 60


def steps_by_word(steps: Iterable[Step]) -> dict[str, Step]:
    """Index steps by their codes and names, as people type them."""
    return {fold(word): step for step in steps for word in (step.code, step.name_vi, step.name_en)}


@dataclass(frozen=True, slots=True)
class EventReading:
    """How rows are read, and what stands for cells that are empty."""

    naming: Naming
    steps: Mapping[str, Step]
    step: str | None
    outcome: EventOutcome | None

    def document(self, row: TableRow, remarks: Remarks) -> Document:
        """Give what `POST /v1/onboarding/events` takes; raises `CellUnusable`."""
        default = self.steps.get(fold(self.step)) if self.step else None
        step = required(word_in(row, "step", self.steps) or default, "step")
        outcome = required(word_in(row, "outcome", OUTCOME_WORDS) or self.outcome, "outcome")
        occurred_at = _instant(required(parsed(row, "occurred_at", moment_of), "occurred_at"))
        unit, subject = self.naming.unit_of(row), _subject(row, step, remarks)
        minutes, assisted = parsed(row, "minutes", sum_of), word_in(row, "assisted", ASSISTED_WORDS)
        named = (unit, *subject.values(), step.code, outcome, occurred_at, row.text("attempt"))
        return {
            "id": row.text("id") or uuid5(_SPACE, "\x1f".join(str(part) for part in named)),
            "unit_code": unit,
            "subject": subject,
            "step": step.code,
            "outcome": outcome,
            "occurred_at": occurred_at,
            "attempt": row.text("attempt"),
            "reason": word_in(row, "reason", REASON_WORDS),
            "seconds": parsed(row, "seconds", sum_of) if minutes is None else minutes * _A_MINUTE,
            "device": word_in(row, "device", DEVICE_WORDS),
            "provider": _code_word(row.text("provider")),
            "provider_reference": row.text("provider_reference"),
            "hamlet": row.text("hamlet"),
            "assisted": True if assisted is None else assisted,
            "helper_kind": word_in(row, "helper_kind", HELPER_WORDS),
            "team": row.text("team"),
            "helper": row.text("helper"),
        }


def _subject(row: TableRow, step: Step, remarks: Remarks) -> dict[str, Any]:
    """Say whom the step is about: a person by number if there is one, else by the list's reference."""
    subject: dict[str, Any] = {"kind": step.subject}
    if step.subject is SubjectKind.UNIT:
        return subject
    number = None
    if step.subject is SubjectKind.PERSON:
        number = parsed(
            row,
            "identity_number",
            lambda cell: identity_of(
                cell, lambda fault: remarks.add(Weight.WARNING, "identity_number", fault)
            ),
        )
    if number is not None:
        return subject | {"identity_number": number}
    return subject | {"reference": required(row.text("reference"), "reference")}


def _instant(moment: Moment) -> datetime:
    """Take a day without a time at its beginning."""
    return datetime.combine(moment.day, moment.clock or time.min, tzinfo=VIETNAM).astimezone(UTC)


def _code_word(text: str | None) -> str | None:
    """Make a label of a provider's name: `VNPT SmartCA` becomes `vnpt_smartca`."""
    return None if text is None else fold(text).replace(" ", "_")
